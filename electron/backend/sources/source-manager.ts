import path from 'node:path';
import { countWords } from '#shared/count-words.ts';
import type { FleetSource, Problem } from '#shared/fleet/schema.ts';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import { type BerthError, fail, type Result, succeed, unreachable } from '#shared/result.ts';
import type { ClockMode } from '#shared/simulation/clock-state.ts';
import type { FleetWriter } from '../fleet/fleet-writer.ts';
import { builtInFleets } from '../hosts/simulated/built-in/built-in-fleets.ts';
import { inTurns } from '../in-turns.ts';
import type { Clock, Log } from '../ports.ts';
import type { RunnerSource } from '../procedures/runner-dependencies.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { type Store, sourceKey } from '../store/store.ts';
import { readyToKeep } from './fleet-state.ts';
import { type OpenedSource, type OpenSourceDependencies, openSource, restoreSource } from './open-source.ts';
import { openWhileOpening } from './opening.ts';
import type { PastedTexts } from './pasted-texts.ts';

export interface SourceManager {
  /** The open source as the procedure runner needs it. */
  current(): RunnerSource;
  /** What only a simulated fleet has; null when something real or recorded is open. */
  simulation(): Simulation | null;
  /**
   * Writes the state of a simulated fleet to disk, as it is when the answer comes; with `mode` in place of that of its clock.
   * Nothing comes between the writing and whoever waits for the answer.
   */
  keep(mode?: ClockMode): Promise<Result<void>>;
  /** What is being opened just now, in words; null: nothing. Until it is open no procedure may start. */
  opening(): string | null;
  /** Opens what was open when the program ended last, or the first built-in fleet. Never fails wholly. */
  openLast(): Promise<void>;
  /**
   * Opens something else; on failure what is open stays open. Refused as `busy` while a procedure runs or another
   * source is being opened: question and answer are one turn, so that nothing can start in between.
   */
  open(request: OpenRequest): Promise<Result<{ source: FleetSource; problems: Problem[] }>>;
  /**
   * A copy of the simulated fleet as it is now, or the twin of the capture that is open, to try something on: nothing of
   * it is traced, kept or told, and the open one does not know of it.
   */
  copy(): Promise<Result<OpenedSource>>;
  /** Removes what was pasted and is no longer open. */
  forgetPasted(): Promise<void>;
  /** Keeps the simulated state and closes the hosts. */
  close(): Promise<void>;
}

export interface SourceManagerDependencies extends OpenSourceDependencies {
  readonly writer: FleetWriter;
  readonly store: Store;
  readonly pasted: PastedTexts;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when another source has been opened, before anybody hears of it. */
  readonly onOpen?: (simulation: Simulation | null) => void;
  /** Titles of procedures that run on what is open. */
  readonly running: () => readonly string[];
  readonly notify: (notice: BerthError & { readonly severity: 'info' | 'warning' | 'error' }) => void;
}

export function createSourceManager(deps: SourceManagerDependencies): SourceManager {
  let current: OpenedSource | null = null;
  let opening: string | null = null;
  let underWay: Promise<unknown> = Promise.resolve();
  const nothingOpen: RunnerSource = {
    ...{ key: '', connections: [], clock: deps.clock },
    state: null,
  };

  const keep = async (opened: OpenedSource, mode?: ClockMode): Promise<Result<void>> => {
    const { request, source, state, simulation } = opened;
    await readyToKeep(state, sourceKey(request), deps.store);
    // Another one that was opened meanwhile is kept.
    if (current !== opened) return succeed(undefined);
    const clock =
      mode === undefined || simulation === null ? undefined : { ...simulation.clock.toFile(), mode };
    return deps.store.setCurrentSource({ request, source, simulatedState: state?.parts(clock) ?? null });
  };

  /** `kept`: what is opened is what the store already holds. */
  const install = async (opened: OpenedSource, kept = false): Promise<void> => {
    // Before the writer, which may be in the middle of reading one that waits for a paused clock.
    for (const connection of current?.connections ?? []) await connection.close();
    await deps.writer.open(opened.connections, opened.source, opened.clock);
    current = opened;
    deps.onOpen?.(opened.simulation);
    const saved = kept ? succeed(undefined) : await keep(opened);
    await inTurns(deps.store.tidyState());
    // The store tells the person.
    if (!saved.ok && deps.store.readOnlyReason === null)
      deps.log.error('the open source could not be noted', saved.error);
  };

  /** What was pasted is kept as a file first, so that it can be opened again. */
  const openKept = async (request: OpenRequest): Promise<Result<OpenedSource>> => {
    if (request.kind !== 'text') return openSource(request, deps);
    const { text, ...how } = request;
    const file = await deps.pasted.keep(text);
    return file.ok ? openSource({ ...how, kind: 'path', path: file.value }, deps) : file;
  };

  return {
    simulation: () => current?.simulation ?? null,
    keep: async (mode) => (current === null ? succeed(undefined) : keep(current, mode)),
    opening: () => opening,
    current: () =>
      current === null
        ? nothingOpen
        : {
            key: sourceKey(current.request),
            connections: current.connections,
            clock: current.clock,
            state: current.state,
          },
    async openLast() {
      const first = builtInFleets[0]?.name ?? '';
      const last = await inTurns(deps.store.currentSource());
      const attempts: (() => Result<OpenedSource> | Promise<Result<OpenedSource>>)[] = [];
      const restore = last === null || last.simulatedState === null ? null : () => restoreSource(last, deps);
      if (restore !== null) attempts.push(restore);
      else if (last !== null) attempts.push(() => openSource(last.request, deps));
      attempts.push(() => openSource({ kind: 'built-in', name: first }, deps));
      for (const attempt of attempts) {
        const opened = await attempt();
        deps.kept?.forget();
        if (opened.ok) return install(opened.value, attempt === restore);
        // Opening another one replaces what is kept.
        if (attempt === restore) deps.store.setCurrentSourceAside(opened.error.message);
        deps.log.warn('what was open last cannot be opened', opened.error);
        deps.notify({ ...opened.error, severity: 'warning' });
      }
    },
    async open(request) {
      const obstacle = openWhileRunning(deps.running()) ?? openWhileOpening(opening);
      if (obstacle !== null) return obstacle;
      opening = openingWords(request);
      const attempt = openKept(request)
        .then(async (found) => {
          if (found.ok) await install(found.value);
          return found;
        })
        .finally(() => {
          opening = null;
          // The fleet has its own by now, and what is opened next is another one.
          deps.kept?.forget();
        });
      underWay = attempt.catch(() => undefined);
      const opened = await attempt;
      if (!opened.ok) return opened;
      const { request: absolute, source, problems } = opened.value;
      if (absolute.kind === 'path' || absolute.kind === 'paths') {
        const openedAt = deps.clock.now();
        const noted = deps.store.rememberSource({ request: absolute, title: source.label, openedAt });
        if (!noted.ok) deps.log.warn('the list of recent sources could not be written', noted.error);
      }
      return succeed({ source, problems: [...problems] });
    },
    async copy() {
      if (current === null) return fail('not-found', 'No fleet is open.', { fix: 'Open one first.' });
      const untraced: OpenSourceDependencies = { clock: deps.clock, trace: (queue) => queue };
      const { request, source, state } = current;
      if (state === null)
        return openSource(request.kind === 'built-in' ? request : { ...request, as: 'twin' }, untraced);
      await state.prepare();
      return restoreSource({ request, source, simulatedState: state.parts() }, untraced);
    },
    forgetPasted() {
      const request = current?.request;
      return deps.pasted.forget(request?.kind === 'path' ? request.path : null);
    },
    async close() {
      // What is being opened would be written into a store that is closed.
      await underWay;
      deps.kept?.forget();
      if (current === null) return;
      const saved = await keep(current);
      if (!saved.ok && deps.store.readOnlyReason === null)
        deps.log.error('the state of the fleet could not be kept', saved.error);
      for (const connection of current.connections) await connection.close();
      current = null;
    },
  };
}

/** What is being opened, as people call it. */
function openingWords(request: OpenRequest): string {
  switch (request.kind) {
    case 'built-in':
      return request.name;
    case 'path':
      return path.basename(request.path);
    case 'paths':
      return countWords(request.paths.length, 'file');
    case 'text':
      return 'The pasted text';
    default:
      return unreachable(request);
  }
}

/** Why another source cannot be opened while procedures run. */
function openWhileRunning(titles: readonly string[]): Result<never> | null {
  const [first] = titles;
  if (first === undefined) return null;
  return fail('busy', `“${first}” is running on the fleet that is open.`, {
    object: first,
    fix: 'Wait until it has ended, or abort it; then open the other one.',
  });
}
