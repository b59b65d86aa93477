import { lazy, Suspense, useState } from 'react';
import { useRehearsal } from '../rehearsal/rehearsal-store.ts';
import { LoadingState } from '../ui/content/states.tsx';
import { SegmentedControl } from '../ui/controls/segmented-control.tsx';
import styles from './trace.module.css';
import { TracePanel } from './trace-panel.tsx';

const RehearsalPanel = lazy(async () => ({
  default: (await import('../rehearsal/rehearsal-panel.tsx')).RehearsalPanel,
}));

const segments = [
  { value: 'commands', label: 'Commands' },
  { value: 'rehearsal', label: 'Rehearse a script' },
] as const;

/** The dock's content as a screen of its own, and the rehearsal of a script. */
export function CommandsScreen() {
  const isRehearsal = useRehearsal((state) => state.isShown);
  const [bar, setBar] = useState<HTMLElement | null>(null);
  return (
    <section className={`${styles.screen} ${styles.stacked}`} aria-labelledby="commands-title">
      <h1 id="commands-title" className="visually-hidden">
        Commands
      </h1>
      <div className={styles.choice}>
        <SegmentedControl
          label="What the screen shows"
          value={isRehearsal ? 'rehearsal' : 'commands'}
          segments={segments}
          onChange={(value) => useRehearsal.setState({ isShown: value === 'rehearsal' })}
        />
        <div ref={setBar} className={styles.choiceAside} />
      </div>
      {isRehearsal ? (
        <Suspense fallback={<LoadingState>Opening the rehearsal…</LoadingState>}>
          <RehearsalPanel bar={bar} />
        </Suspense>
      ) : (
        <TracePanel />
      )}
    </section>
  );
}
