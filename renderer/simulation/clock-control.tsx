import { ChevronDown, StepForward } from 'lucide-react';
import { commandOf } from '#shared/commands/command-table.ts';
import type { ClockMode } from '#shared/simulation/clock-state.ts';
import { clockModeTexts, simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import { useClock } from '../fleet-mirror/clock-store.ts';
import { Button } from '../ui/controls/button.tsx';
import { Menu, type MenuEntry } from '../ui/overlays/menu.tsx';
import { setClockMode, stepClock } from './clock-actions.ts';
import styles from './simulation.module.css';
import { showAdvance, showFaults } from './simulation-dialogs.tsx';
import { useSimulatedTime } from './use-simulated-time.ts';

/** In the order of the table, which is that of the menu. */
const modes = Object.keys(clockModeTexts) as ClockMode[];

/** The simulated time, and a menu of how it passes. Shown for simulated fleets only. */
export function ClockControl() {
  const clock = useClock((state) => state.clock);
  const time = useSimulatedTime();
  if (clock === null || time === null) return null;
  const { mode, next } = clock;
  const { short, words } = clockModeTexts[mode];
  // While time passes by itself its thousandths are only a flicker.
  const shown = simulatedTimeWords(time).slice(0, mode === 'real-time' || mode === 'ten-times' ? 8 : 12);
  // A person who steps wants to know to where.
  const awaited =
    next === null ? 'Nothing is waiting.' : `Next: ${next.what}, at ${simulatedTimeWords(next.at)}.`;
  return (
    <span className={styles.clockGroup}>
      <Menu
        trigger={
          <button
            type="button"
            className={`${styles.clock} ${mode === 'paused' ? styles.paused : ''}`}
            aria-label={`Simulated clock, ${clockModeTexts[mode].label}`}
            title={`Simulated time since the fleet began. ${words} ${awaited}`}
          >
            <span>{shown}</span>
            <span aria-hidden>·</span>
            <b>{short}</b>
            <ChevronDown size={12} aria-hidden />
          </button>
        }
        entries={clockEntries(mode)}
      />
      {mode === 'paused' ? (
        <Button
          kind="quiet"
          size="small"
          icon
          aria-label={commandOf('clock-step').label}
          title={`${commandOf('clock-step').label} (${commandOf('clock-step').keys}). ${awaited}`}
          onClick={() => void stepClock()}
        >
          <StepForward size={15} aria-hidden />
        </Button>
      ) : null}
    </span>
  );
}

/** The four ways in which time passes, then the single step and what else the simulation offers. */
function clockEntries(current: ClockMode): readonly MenuEntry[] {
  const pause = commandOf('clock-pause').keys ?? undefined;
  return [
    ...modes.map((mode): MenuEntry => {
      const isCurrent = mode === current;
      return {
        id: mode,
        label: clockModeTexts[mode].label,
        note: isCurrent ? 'now' : undefined,
        keys: mode === 'paused' ? pause : undefined,
        onSelect: () => void setClockMode(mode),
      };
    }),
    {
      id: 'step',
      label: 'Single step',
      keys: commandOf('clock-step').keys ?? undefined,
      onSelect: () => void stepClock(),
    },
    { kind: 'separator', id: 'line' },
    {
      id: 'advance',
      label: commandOf('clock-advance').label,
      onSelect: showAdvance,
    },
    {
      id: 'faults',
      label: commandOf('faults').label,
      keys: commandOf('faults').keys ?? undefined,
      onSelect: () => showFaults(null),
    },
  ];
}
