import {
  ArrowLeftRight,
  Boxes,
  FileText,
  History,
  type LucideIcon,
  Network,
  Settings,
  SquareTerminal,
} from 'lucide-react';
import { type CommandId, commandOf } from '#shared/commands/command-table.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { goTo, type ScreenId, useNavigation } from '../navigation.ts';
import styles from './frame.module.css';

const entries: readonly { screen: ScreenId; command: CommandId; icon: LucideIcon }[] = [
  { screen: 'topology', command: 'go-topology', icon: Network },
  { screen: 'virtual-subsystems', command: 'go-virtual-subsystems', icon: Boxes },
  { screen: 'migrations', command: 'go-migrations', icon: ArrowLeftRight },
  { screen: 'commands', command: 'go-commands', icon: SquareTerminal },
  { screen: 'reports', command: 'go-reports', icon: FileText },
  { screen: 'history', command: 'go-history', icon: History },
  { screen: 'settings', command: 'go-settings', icon: Settings },
];

/** The screens, at the left. */
export function Rail() {
  const screen = useNavigation((state) => state.screen);
  const migrating = useRuns(
    (state) => Object.values(state.runs).filter((run) => isActive(run) && run.migration !== null).length,
  );
  return (
    <nav className={styles.rail} aria-label="Screens">
      {entries.map(({ screen: target, command, icon: Icon }) => {
        const { label, keys } = commandOf(command);
        // Migrations under way, on the way to them.
        const badge = target === 'migrations' && migrating > 0 ? migrating : null;
        return (
          <button
            key={target}
            type="button"
            className={`${styles.railButton} ${target === 'settings' ? styles.railEnd : ''}`}
            aria-label={badge === null ? label : `${label}, ${badge} running`}
            aria-current={screen === target ? 'page' : undefined}
            title={keys === null ? label : `${label} (${keys})`}
            onClick={() => goTo(target)}
          >
            <Icon size={19} strokeWidth={1.8} aria-hidden />
            {badge === null ? null : <span className={styles.badge}>{badge}</span>}
          </button>
        );
      })}
    </nav>
  );
}
