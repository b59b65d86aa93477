import { Redo2, Search, Undo2 } from 'lucide-react';
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
      <CommandButton id="undo" icon={<Undo2 size={14} aria-hidden />} />
      <CommandButton id="redo" icon={<Redo2 size={14} aria-hidden />} iconOnly />
      <NoticeBell />
      <CommandButton id="migrate" primary />
    </header>
  );
}

/** A command of the table as a button; without a handler it is unavailable. */
function CommandButton({
  id,
  icon,
  iconOnly = false,
  primary = false,
}: {
  readonly id: CommandId;
  readonly icon?: React.ReactNode;
  readonly iconOnly?: boolean;
  readonly primary?: boolean;
}) {
  const handler = useCommandRegistry((state) => state.handlers[id]);
  const { keys } = commandOf(id);
  const label = handler?.label ?? commandOf(id).label;
  return (
    <Button
      kind={primary ? 'primary' : 'normal'}
      title={`${label} (${keys})`}
      icon={iconOnly}
      aria-label={label}
      className={styles.command}
      unavailable={handler === undefined ? true : (handler.unavailable ?? false)}
      onClick={() => runCommand(id)}
    >
      {icon}
      {iconOnly ? null : <span className={styles.commandText}>{label}</span>}
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
