import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import type { PlannableDifference } from '#shared/rehearsal/intent-of-difference.ts';
import { largestScript, type Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { visibleText } from '#shared/visible-text.ts';
import type { Emit } from '../event-hub.ts';
import { createFleetWriter, type FleetWriter } from '../fleet/fleet-writer.ts';
import type { SourceManager } from '../sources/source-manager.ts';
import type { TerminalPlace } from '../terminal/terminals.ts';
import type { GoOn, RehearsalRun } from './rehearsal-run.ts';

/** At most so often the page is told. */
const pushMilliseconds = 100;

export interface RehearsalsDependencies {
  readonly sources: Pick<SourceManager, 'copy'>;
  readonly writer: Pick<FleetWriter, 'fleet' | 'revision'>;
  readonly emit: Emit;
}

interface RehearsedScript {
  readonly name: string;
  readonly text: string;
  readonly hostId: string;
  readonly nvme: NvmeCliRelease;
}

/** The rehearsal of the window: one at a time, on a copy of the fleet that is open. */
export interface Rehearsals {
  /** Makes a copy and gets ready; one that was there before ends. */
  start(script: RehearsedScript): Promise<Result<Rehearsal>>;
  goOn(id: number, goOn: GoOn): Result<void>;
  stop(id: number): Result<void>;
  /** What differs on its copy, as a change of the fleet that is open. */
  change(id: number): Result<PlannableDifference>;
  /** Where a terminal on its copy types. */
  terminalPlace(id: number): Result<TerminalPlace>;
  /** Its newest state, for a report. */
  state(id: number): Result<Rehearsal>;
  /** Another source is open, or the program ends. */
  close(): void;
}

interface Current {
  readonly id: number;
  readonly run: RehearsalRun;
  readonly ended: AbortController;
}

export function createRehearsals({ sources, writer, emit }: RehearsalsDependencies): Rehearsals {
  let current: Current | null = null;
  let lastId = 0;

  const close = () => {
    current?.run.stop();
    current?.ended.abort();
    current = null;
  };
  const find = (id: number): Result<Current> =>
    current?.id === id
      ? succeed(current)
      : fail('not-found', 'This rehearsal is over.', { fix: 'Start it again on a fresh copy.' });

  return {
    async start({ name, text, hostId, nvme }) {
      if (text.length > largestScript || text.includes('\0'))
        return fail(
          'invalid-request',
          `${name} is not a shell script of at most ${largestScript / 1024} KiB.`,
          {
            object: name,
            fix: 'Choose a text file with the lines of a shell script.',
          },
        );
      // Loaded with the first rehearsal: the shell, and all that is known of errors, come with it.
      const { RehearsalRun } = await import('./rehearsal-run.ts');
      const { revision, fleet } = writer;
      const opened = await sources.copy();
      if (!opened.ok) return opened;
      const { simulation, connections, source, clock } = opened.value;
      if (simulation === null)
        return fail('not-supported', `${fleet.source.label} cannot be simulated.`, { object: source.label });
      simulation.clock.setMode('as-fast-as-possible');
      // The twin of a capture has one host, whatever it is called.
      const host = simulation.hosts.find(({ id }) => id === hostId) ?? simulation.hosts[0];
      if (host === undefined)
        return fail('not-found', `There is no host ${hostId}.`, {
          object: hostId,
          fix: 'Choose a host of the fleet that is open.',
        });
      const copy = createFleetWriter(() => undefined, source);
      await copy.open(connections, source, clock);
      close();
      lastId += 1;
      const id = lastId;
      let timer: ReturnType<typeof setTimeout> | null = null;
      const push = () => {
        timer = null;
        if (current?.id === id) emit('rehearsal:changed', current.run.state());
      };
      const run = new RehearsalRun({
        ...{ id, text, host, nvme, simulation, writer: copy },
        name: visibleText(name),
        copyOf: { name: fleet.source.name, revision, twin: !fleet.source.simulated },
        onChange: () => {
          timer ??= setTimeout(push, pushMilliseconds);
        },
      });
      const ended = new AbortController();
      ended.signal.addEventListener('abort', () => {
        if (timer !== null) clearTimeout(timer);
        for (const connection of connections) void connection.close();
      });
      current = { id, run, ended };
      return succeed(run.state());
    },
    goOn(id, goOn) {
      const found = find(id);
      return found.ok ? found.value.run.goOn(goOn) : found;
    },
    stop(id) {
      const found = find(id);
      if (!found.ok) return found;
      found.value.run.stop();
      return succeed(undefined);
    },
    change(id) {
      const found = find(id);
      return found.ok ? succeed(found.value.run.change()) : found;
    },
    terminalPlace(id) {
      const found = find(id);
      if (!found.ok) return found;
      const { run, ended } = found.value;
      const { host, nvme } = run.world;
      return succeed({
        ...{ key: `rehearsal ${id}`, note: 'copy', nvme, ended: ended.signal },
        hostName: run.state().host.name,
        console: run.typist(),
        giveUp: () => host.cancelPending(),
        around: (work) => run.typed(work),
      });
    },
    state(id) {
      const found = find(id);
      return found.ok ? succeed(found.value.run.state()) : found;
    },
    close,
  };
}
