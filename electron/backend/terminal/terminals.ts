import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { stepHostIds } from '#shared/procedure/step-hosts.ts';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import type { ConsoleHost } from '../console/console-host.ts';
import { createSimulatedConsole } from '../console/simulated-console.ts';
import type { Emit } from '../event-hub.ts';
import type { FleetWriter } from '../fleet/fleet-writer.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { Log } from '../ports.ts';
import type { ProcedureRunner } from '../procedures/runner.ts';
import { hostsThatReach, subsystemsOfHost } from '../simulation/sharing-hosts.ts';
import type { Simulation } from '../simulation/simulation.ts';
import type { SessionWorld, TerminalSession, TerminalSize } from './terminal-session.ts';
import { watchConsole } from './watched-console.ts';

/** While a line goes on and changes things, the fleet is read again so often, in milliseconds. */
const rereadMilliseconds = 1000;

/** Shells that are open at once: a host each, and some more. */
const mostSessions = 32;

export interface TerminalsDependencies {
  readonly simulation: () => Simulation | null;
  readonly writer: Pick<FleetWriter, 'fleet' | 'reread'>;
  readonly runner: () => Pick<ProcedureRunner, 'running'>;
  /** What is being opened in place of the source just now, in words; null: nothing. */
  readonly opening: () => string | null;
  readonly keep: () => Promise<Result<void>>;
  /** The copy of a rehearsal. */
  readonly copy: (rehearsalId: number) => Result<TerminalPlace>;
  readonly emit: Emit;
  readonly log: Log;
}

/** Where a terminal types. */
export interface TerminalPlace
  extends Pick<SessionWorld, 'hostName' | 'note' | 'nvme' | 'giveUp' | 'around'> {
  /** Of two terminals at one place the older one ends. */
  readonly key: string;
  readonly console: ConsoleHost;
  /** The place is gone, and its terminal with it. */
  readonly ended?: AbortSignal;
}

/** What a terminal is asked for. */
export interface TerminalWish extends TerminalSize {
  readonly hostId: string;
  readonly nvme?: NvmeCliRelease | undefined;
  /** On the copy of this rehearsal; left out: on the host of the fleet that is open. */
  readonly rehearsalId?: number | undefined;
}

/** The shells of the window on the hosts of the simulated fleet that is open, and on the copy of a rehearsal. */
export interface Terminals {
  /** A shell on a host; one that was open there before ends. */
  open(wish: TerminalWish): Promise<Result<{ readonly sessionId: number }>>;
  session(sessionId: number): Result<TerminalSession>;
  /** Why no procedure may start on these hosts: a line changes one of them. */
  occupied(hostIds: ReadonlySet<string>): Result<never> | null;
  /** Another source is open, or the program ends. */
  closeAll(): void;
}

interface Open {
  readonly key: string;
  readonly session: TerminalSession;
}

export function createTerminals(deps: TerminalsDependencies): Terminals {
  const { writer, emit } = deps;
  const open = new Map<number, Open>();
  /** The line that changes a host, from its first change to its end. */
  const changing = new Map<string, string>();
  let lastId = 0;

  /** Why a line may not change a host now. */
  const obstacle = (hostId: string): BerthError | null => {
    const opening = deps.opening();
    if (opening !== null) return { code: 'busy', message: `${opening} is being opened.` };
    const { fleet } = writer;
    const run = deps
      .runner()
      .running()
      .find(({ plan }) => plan.steps.some(({ step }) => stepHostIds(step, fleet).includes(hostId)));
    if (run === undefined) return null;
    return {
      code: 'busy',
      message: `“${run.plan.title}” is running on ${hostTitle(fleet, hostId)}.`,
      fix: 'Wait until it has ended, or abort it.',
    };
  };

  /** Runs a line, reads again what it changed, while it goes on and behind it, and keeps the state. */
  const runLine = async <T>(line: Line, simulation: Simulation, run: () => Promise<T>): Promise<T> => {
    const reread = async () => {
      line.isDirty = false;
      await writer.reread(touchedHosts(line.host, simulation));
    };
    let reading: Promise<void> = Promise.resolve();
    const timer = setInterval(() => {
      if (line.isDirty) reading = reading.then(reread);
    }, rereadMilliseconds);
    try {
      return await run();
    } finally {
      clearInterval(timer);
      await reading;
      if (line.hasChanged) {
        await reread();
        const kept = await deps.keep();
        if (!kept.ok) deps.log.warn('the state behind a line of a terminal could not be kept', kept.error);
      }
      changing.delete(line.host.id);
    }
  };

  const placeOn = ({ hostId, nvme }: TerminalWish): Result<TerminalPlace> => {
    const simulation = deps.simulation();
    if (simulation === null) return cannotRun(writer.fleet);
    const host = simulation.hosts.find(({ id }) => id === hostId);
    if (host === undefined)
      return fail('not-found', `There is no host ${hostId}.`, {
        object: hostId,
        fix: 'Choose a host of the fleet that is open.',
      });
    let line: Line = newLine(host);
    let lineText = '';
    const console = watchConsole(createSimulatedConsole(host, { clock: simulation.clock }), {
      before: async () => {
        const found = obstacle(host.id);
        if (found !== null) return { kind: 'refuse', error: found };
        changing.set(host.id, lineText);
        return { kind: 'make' };
      },
      after: (_, refusal) => {
        line.isDirty = true;
        line.hasChanged ||= refusal === null;
      },
    });
    return succeed({
      ...{ key: `host ${host.id}`, console, hostName: hostTitle(writer.fleet, host.id) },
      ...(nvme === undefined ? {} : { nvme }),
      // A procedure's own commands are not given up: it holds the host while it runs.
      giveUp: () => {
        if (obstacle(host.id) === null) host.cancelPending();
      },
      around: (run, text) => {
        line = newLine(host);
        lineText = text;
        return runLine(line, simulation, run);
      },
    });
  };

  const start = async (place: TerminalPlace, size: TerminalSize): Promise<number> => {
    lastId += 1;
    const sessionId = lastId;
    const { key, console: host, ended, ...rest } = place;
    // Loaded with the first shell: all programs and commands of a simulated host come with it.
    const { openSession } = await import('./terminal-session.ts');
    const session = await openSession({
      ...{ ...rest, host, size },
      send: (data) => emit('terminal:output', { sessionId, data }),
    });
    open.set(sessionId, { key, session });
    if (ended?.aborted) session.close();
    ended?.addEventListener('abort', () => session.close(), { once: true });
    void session.ended.then(() => {
      open.delete(sessionId);
      emit('terminal:ended', { sessionId });
    });
    return sessionId;
  };

  return {
    async open(wish) {
      const { hostId, columns, rows, rehearsalId } = wish;
      const place = rehearsalId === undefined ? placeOn(wish) : deps.copy(rehearsalId);
      if (!place.ok) return place;
      for (const { key, session } of open.values()) if (key === place.value.key) session.close();
      if (open.size >= mostSessions)
        return fail('busy', `${mostSessions} terminals are open.`, {
          object: hostId,
          fix: 'End the shell of another host with exit.',
        });
      return succeed({ sessionId: await start(place.value, { columns, rows }) });
    },
    session(sessionId) {
      const found = open.get(sessionId);
      return found === undefined
        ? fail('not-found', 'This terminal has ended.', { fix: 'Start a new shell.' })
        : succeed(found.session);
    },
    occupied(hostIds) {
      const hostId = [...hostIds].find((id) => changing.has(id));
      if (hostId === undefined) return null;
      const object = hostTitle(writer.fleet, hostId);
      const line = changing.get(hostId) ?? '';
      return fail('busy', `A line of the terminal of ${object} is running: ${shortLine(line)}`, {
        object,
        fix: 'Wait until it has ended, or stop it with Ctrl C in the terminal.',
      });
    },
    closeAll() {
      for (const { session } of open.values()) session.close();
    },
  };
}

interface Line {
  readonly host: SimulatedHost;
  /** It did something since the fleet was read last. */
  isDirty: boolean;
  hasChanged: boolean;
}

function newLine(host: SimulatedHost): Line {
  return { host, isDirty: false, hasChanged: false };
}

/** The host, and those that may see something of what happens to its drives. */
function touchedHosts(host: SimulatedHost, { hosts }: Simulation): string[] {
  return [...new Set([host.id, ...hostsThatReach(subsystemsOfHost(host), hosts)])];
}

function cannotRun({ source }: Fleet): Result<never> {
  return fail('not-supported', `${source.label} is not simulated, so no command can run on its hosts.`, {
    object: source.label,
    fix: 'Open the capture as a simulated twin.',
  });
}

/** For a message. */
function shortLine(line: string): string {
  const [first = ''] = line.split('\n');
  return first.length > 80 ? `${first.slice(0, 79)}…` : first;
}
