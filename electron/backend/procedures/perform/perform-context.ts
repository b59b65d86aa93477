import type { Fleet } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';
import type { SwitchOverDecision } from '#shared/migration/pre-copy/options.ts';
import type { PreCopyFacts } from '#shared/migration/pre-copy/round.ts';
import type { StepKind, StepOf } from '#shared/procedure/step.ts';
import type { ProofStage } from '#shared/procedure/steps/proof.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { ArrivedMemory, HostConnection, MemoryProgress } from '../../hosts/host-connection.ts';
import type { Clock } from '../../ports.ts';

/** What a step is carried out with. */
export interface PerformContext {
  /** The fleet as last read. */
  readonly fleet: Fleet;
  readonly connections: readonly HostConnection[];
  readonly signal: AbortSignal;
  /** Bytes of guest memory that a step has sent of what it sends; 0 when it begins. */
  readonly onMemorySent: MemoryProgress;
  /** The same of user data, while its guest stands still. */
  readonly onUserDataSent: (sentBytes: number, ofBytes: number) => void;
  /**
   * Told that an answer did not come in time, together with the answer itself: it settles when nothing of the step can
   * happen any more.
   */
  readonly onUnanswered: (answer: Promise<Result<StepOutcome>>) => void;
  /** What a step needs that copies while the guest goes on. */
  readonly preCopy: PreCopyContext;
  /** Compares the destination with what was saved, and says what was compared; left out: nothing was saved in this run. */
  readonly prove?: (stage: ProofStage) => Promise<Result<string>>;
  /** The clock of the fleet: timeouts and reports of time go by it. */
  readonly clock: Clock;
  /** How long one admin command may take, milliseconds. */
  readonly timeoutMilliseconds: number;
}

/** Facts that a step leaves behind for the migration's report. */
export interface StepOutcome {
  readonly memory?: ArrivedMemory;
  /** What came of the user data of each namespace that was copied. */
  readonly userData?: readonly ArrivedUserData[];
  /** The controller state as it was read at the source and accepted by the destination. */
  readonly state?: { readonly sourceId: string; readonly bytes: Uint8Array };
  /** What came of it, in words; left out: what the reading says of its effect. */
  readonly words?: string;
}

/** The user data of one namespace as its destination has it. */
export interface ArrivedUserData {
  /** Source secondary. */
  readonly sourceId: string;
  readonly nsid: number;
  readonly destinationNsid: number;
  /** Bytes of the namespace, and those that this step sent of it. */
  readonly bytes: number;
  readonly sentBytes: number;
  /** Digest of what the source holds, and of what the destination does, 16 hexadecimal digits. */
  readonly checksum: string;
  readonly arrived: string;
}

/** The two sides of a step that copies while the guest goes on: what people decide, and what they are told. */
export interface PreCopyContext {
  /** What was done of it before, by an attempt that was cut short; null: nothing. */
  readonly before: PreCopyFacts | null;
  /**
   * How long one step of this run takes, with its read-back and its lines in the journal, milliseconds; null: too few have
   * ended. Each step while the guest stands still costs that.
   */
  readonly stepMilliseconds: number | null;
  /** Given when the program ends: the copying is left to the journal. */
  readonly stop: AbortSignal;
  /** What a person has decided since it was asked last; null: nothing. */
  takeDecision(): SwitchOverDecision | null;
  /** Told how it goes on; `isRound`: a round has ended, which is journalled. */
  onProgress(facts: PreCopyFacts, isRound: boolean): void;
}

/** Carries out steps of one kind. */
export type Perform<Kind extends StepKind> = (
  step: StepOf<Kind>,
  context: PerformContext,
) => Promise<Result<StepOutcome>>;

export type Performers<Kinds extends StepKind> = { readonly [Kind in Kinds]: Perform<Kind> };

/** Does something with the function of a controller, by its address on its host. */
export async function onFunction(
  { fleet, connections }: PerformContext,
  controllerId: string,
  work: (host: HostConnection, address: string) => Promise<Result<unknown>>,
): Promise<Result<StepOutcome>> {
  const controller = fleet.controllers[controllerId];
  const host = connections.find((candidate) => candidate.id === controller?.hostId);
  const address = controller === undefined ? null : functionAddress(controller);
  if (host === undefined || address === null) return unreachableObject(controllerId);
  return withoutFacts(await work(host, address));
}

export async function onHost(
  { connections }: PerformContext,
  hostId: string,
  work: (host: HostConnection) => Promise<Result<unknown>>,
): Promise<Result<StepOutcome>> {
  const host = connections.find((candidate) => candidate.id === hostId);
  return host === undefined ? unreachableObject(hostId) : withoutFacts(await work(host));
}

function withoutFacts(result: Result<unknown>): Result<StepOutcome> {
  return result.ok ? succeed({}) : result;
}

export function unreachableObject<T = never>(id: string): Result<T> {
  return fail('not-found', `${id} cannot be reached: its host or its function no longer exists.`, {
    object: id,
    fix: 'Read the fleet again.',
  });
}
