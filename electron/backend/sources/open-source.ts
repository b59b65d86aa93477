import path from 'node:path';
import type { FleetSource, Problem } from '#shared/fleet/schema.ts';
import { parseFleetFile, parseFleetValue } from '#shared/fleet-file/parse.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import { fail, type Result, succeed, unreachable } from '#shared/result.ts';
import { captureReadOnlyReason, createCaptureConnection } from '../hosts/capture/capture-connection.ts';
import type { Reading } from '../hosts/capture/storage/open-storage.ts';
import { buildTwin } from '../hosts/capture/twin/twin.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { titlesOf } from '../hosts/outputs/open-outputs.ts';
import type { PlacedFinding } from '../hosts/outputs/recognise-text.ts';
import { builtInFleets, findBuiltInFleet } from '../hosts/simulated/built-in/built-in-fleets.ts';
import type { MetFault } from '../hosts/simulated/faults/fault-plan.ts';
import { joinParts } from '../hosts/simulated/file/state-parts.ts';
import { buildSimulatedFleet } from '../hosts/simulated/simulated-fleet.ts';
import type { QueueTracer } from '../hosts/traced-admin-queue.ts';
import { inTurns } from '../in-turns.ts';
import type { Clock } from '../ports.ts';
import { FaultHistory } from '../simulation/fault-history.ts';
import { SimulatedClock } from '../simulation/simulated-clock.ts';
import type { Simulation } from '../simulation/simulation.ts';
import type { CurrentSource } from '../store/store.ts';
import type { FleetState } from './fleet-state.ts';
import { type RecordedHost, readOutputFiles, readPastedOutputs, readSource } from './read-recorded.ts';
import { traceConnection } from './trace-connection.ts';

/** An open source: hosts to talk to, and how people call it. */
export interface OpenedSource {
  /** The request with the path made absolute; opening it again opens the same. */
  readonly request: OpenRequest;
  readonly source: FleetSource;
  readonly connections: readonly HostConnection[];
  /** The time of these hosts: the machine's, or that of the simulation. */
  readonly clock: Clock;
  /** What only a simulated fleet has; null for anything real or recorded. */
  readonly simulation: Simulation | null;
  /** Null for a capture. */
  readonly state: FleetState | null;
  /** What could not be read or had to be assumed. */
  readonly problems: readonly Problem[];
  /** What a recorded host was put together of, where that was outputs of tools. */
  readonly findings?: readonly PlacedFinding[];
}

export interface OpenSourceDependencies extends Reading {
  /** The machine's. */
  readonly clock: Clock;
  readonly trace: QueueTracer;
}

/** Opens what a person chose. */
export async function openSource(
  request: OpenRequest,
  deps: OpenSourceDependencies,
): Promise<Result<OpenedSource>> {
  switch (request.kind) {
    case 'built-in':
      return openBuiltIn(request, deps);
    case 'path': {
      const absolute = { ...request, path: path.resolve(request.path) };
      const content = await readSource(absolute.path, request.snapshot, deps);
      if (!content.ok) return content;
      return content.value.kind === 'fleet-file'
        ? openFleetFile(absolute, content.value.text, deps)
        : openRecorded(absolute, content.value, deps);
    }
    case 'paths': {
      const absolute = { ...request, paths: request.paths.map((one) => path.resolve(one)) };
      const recorded = await readOutputFiles(absolute.paths, deps);
      return recorded.ok ? openRecorded(absolute, recorded.value, deps) : recorded;
    }
    case 'text': {
      const recorded = await readPastedOutputs(request.text);
      return recorded.ok ? openRecorded(request, recorded.value, deps) : recorded;
    }
    default:
      return unreachable(request);
  }
}

/** A recorded host as it was, or its simulated twin. */
async function openRecorded(
  request: Exclude<OpenRequest, { kind: 'built-in' }>,
  { capture, outputs }: RecordedHost,
  deps: OpenSourceDependencies,
): Promise<Result<OpenedSource>> {
  const { name, snapshot, problems } = capture;
  const place = outputs === null ? `${name} · ${snapshot}` : `${name} · ${titlesOf(outputs)}`;
  if (request.as === 'twin') {
    const twin = await inTurns(buildTwin(capture));
    if (!twin.ok) return twin;
    const label = `Simulated twin of ${place}`;
    const notes = [...problems, ...twin.value.notes];
    return simulate({ request, file: twin.value.file, name, label, notes }, deps);
  }
  return succeed({
    request,
    source: {
      kind: 'capture',
      name,
      label: outputs === null ? `Capture ${place}` : place,
      simulated: false,
      readOnly: captureReadOnlyReason,
      seed: null,
    },
    connections: [traceConnection(createCaptureConnection(capture), deps.trace)],
    clock: deps.clock,
    simulation: null,
    state: null,
    problems: [...problems],
    ...(outputs === null ? {} : { findings: outputs.findings }),
  });
}

async function openBuiltIn(
  request: Extract<OpenRequest, { kind: 'built-in' }>,
  deps: OpenSourceDependencies,
): Promise<Result<OpenedSource>> {
  const fleet = findBuiltInFleet(request.name);
  if (fleet === undefined)
    return fail('not-found', `There is no built-in fleet ${request.name}.`, {
      object: request.name,
      fix: `Choose one of: ${builtInFleets.map((known) => known.name).join(', ')}`,
    });
  const file = fleet.build();
  const label = `Simulated fleet · seed ${file.seed}`;
  return simulate({ request, file, name: fleet.name, label, notes: [] }, deps);
}

async function openFleetFile(
  request: Extract<OpenRequest, { kind: 'path' }>,
  text: string,
  deps: OpenSourceDependencies,
): Promise<Result<OpenedSource>> {
  const name = path.basename(request.path);
  const file = await inTurns(parseFleetFile(text, name));
  if (!file.ok) return file;
  const label = `Simulated fleet · ${name} · seed ${file.value.seed}`;
  return simulate({ request, file: file.value, name: file.value.name, label, notes: [] }, deps);
}

function simulate(
  what: {
    readonly request: OpenRequest;
    readonly file: FleetFile;
    readonly name: string;
    readonly label: string;
    readonly notes: readonly Problem[];
  },
  deps: OpenSourceDependencies,
): Promise<Result<OpenedSource>> {
  const { request, file, name, label, notes } = what;
  const source = {
    name,
    label,
    kind: 'simulated',
    simulated: true,
    readOnly: null,
    seed: file.seed,
  } as const;
  return simulatedSource(request, source, file, deps, notes);
}

/** Continues a simulated fleet from the state that was kept; what it was made from need not exist any more. */
export async function restoreSource(
  { request, source, simulatedState }: CurrentSource,
  deps: OpenSourceDependencies,
): Promise<Result<OpenedSource>> {
  const what = `the saved state of ${source.name}`;
  const state = simulatedState === null ? undefined : await inTurns(joinParts(simulatedState));
  const file = await inTurns(parseFleetValue(state, what, { once: true }));
  return file.ok ? simulatedSource(request, source, file.value, deps, []) : file;
}

async function simulatedSource(
  request: OpenRequest,
  source: FleetSource,
  file: FleetFile,
  deps: OpenSourceDependencies,
  notes: readonly Problem[],
): Promise<Result<OpenedSource>> {
  const clock = new SimulatedClock(deps.clock, file.clock);
  const faultHistory = new FaultHistory(clock);
  const onFault = (met: MetFault) => faultHistory.met(met);
  const fleet = await inTurns(buildSimulatedFleet(file, { clock, trace: deps.trace, onFault }));
  if (!fleet.ok) return fleet;
  const { hosts, subsystems, state } = fleet.value;
  return succeed({
    ...{ request, source, connections: hosts, clock, problems: [...notes] },
    simulation: { hosts, subsystems, clock, faultHistory },
    state: { parts: (kept = clock.toFile()) => state.parts(kept), prepare: () => inTurns(state.prepare()) },
  });
}
