import { Search, Undo2 } from 'lucide-react';
import { type CommandId, commandOf } from '#shared/commands/command-table.ts';
import { runCommand, useCommandRegistry } from '../commands/command-registry.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useNavigation } from '../navigation.ts';
import { ClockControl } from '../simulation/clock-control.tsx';
import { Kbd, Pill } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import { NoticeBell } from '../ui/overlays/notice-bell.tsx';
import styles from './frame.module.css';

/** Which backend, the simulation's clock, search, undo and Migrate. */
export function TopBar() {
  return (
    <header className={styles.top}>
      <div className={styles.logo} aria-hidden>
        B
      </div>
      <h1 className={styles.name}>Berth</h1>
      <SourcePill />
      <button
        type="button"
        className={styles.search}
        title={`${commandOf('palette').label} (${commandOf('palette').keys})`}
        onClick={() => useNavigation.setState({ palette: true })}
      >
        <Search size={14} aria-hidden />
        <span className={styles.searchText}>Search controllers, NQNs, VMs, commands…</span>
        <Kbd>Ctrl K</Kbd>
      </button>
      <CommandButton id="undo" label="Undo" icon={<Undo2 size={14} aria-hidden />} />
      <NoticeBell />
      <CommandButton id="migrate" label="Migrate…" primary />
    </header>
  );
}

/** A command of the table as a button; without a handler it is unavailable. */
function CommandButton({
  id,
  label,
  icon,
  primary = false,
}: {
  readonly id: CommandId;
  readonly label: string;
  readonly icon?: React.ReactNode;
  readonly primary?: boolean;
}) {
  const handler = useCommandRegistry((state) => state.handlers[id]);
  const { keys } = commandOf(id);
  return (
    <Button
      kind={primary ? 'primary' : 'normal'}
      title={`${commandOf(id).label} (${keys})`}
      unavailable={handler === undefined ? true : (handler.unavailable ?? false)}
      onClick={() => runCommand(id)}
    >
      {icon}
      {label}
    </Button>
  );
}

/** What is open, and whether it is real: never hidden, because people act on it. */
function SourcePill() {
  const source = useFleetMirror((state) => state.fleet?.source);
  if (source === undefined) return null;
  const title =
    source.readOnly ??
    (source.simulated
      ? 'Nothing here is real hardware; every change stays inside the simulation.'
      : source.name);
  return (
    <>
      <Pill dot={source.simulated ? 'online' : source.readOnly === null ? 'accent' : 'warning'} title={title}>
        {source.label}
      </Pill>
      <ClockControl />
    </>
  );
}
