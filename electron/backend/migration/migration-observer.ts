import { virtualMachineIdOf } from '#shared/fleet/ids.ts';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { findPrimary, functionAddress } from '#shared/fleet/selectors.ts';
import type { Compatibility } from '#shared/migration/checks/check.ts';
import type { ComparedStage } from '#shared/migration/evidence/evidence.ts';
import { withStage } from '#shared/migration/evidence/seal.ts';
import type { PreCopyFacts } from '#shared/migration/pre-copy/round.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { lookUpMigration } from '#shared/migration/subject.ts';
import { type ReadyDevice, readyMigration } from '#shared/procedure/plan/migrate/migration-steps.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import type { Step } from '#shared/procedure/step.ts';
import { valueSetBy } from '#shared/procedure/step-values.ts';
import type { ProofStage } from '#shared/procedure/steps/proof.ts';
import { fail, succeed } from '#shared/result.ts';
import type { GuestAnswers } from '../guest-view/guest-answers.ts';
import type { ProvedStage, RunObserver, StepEvent } from '../procedures/run/run-observer.ts';
import type { RunnerDependencies } from '../procedures/runner-dependencies.ts';
import { createDowntimeMeter } from './downtime-meter.ts';
import { EvidenceRecorder, sha256OfText } from './evidence/evidence-recorder.ts';
import { blankFacts, initialFacts } from './initial-facts.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { answerLines, compareAnswers, type ProofLine, proofLine } from './proof/migration-proof.ts';
import { proveDestination, whoIs } from './proof/prove-destination.ts';
import { machineProof, releaseProof, wayBackProof } from './proof/source-proof.ts';
import { sha256 } from './read-back-state.ts';
import {
  createMigrationReader,
  type FunctionPlace,
  type MigrationReader,
  type MigrationReaderDependencies,
} from './read-devices.ts';

type DeviceFacts = MigrationFacts['devices'][number];
type Kept = NonNullable<MigrationFacts['kept']>;

/**
 * Watches the runs that are migrations; every other plan has no observer. It measures the downtime from the end of the
 * guest's pause to the end of its resume at the destination, follows the VFIO states of both sides, keeps how the guest's
 * devices stood when it stopped, proves at each stage that the destination has the same, and what is left at the source.
 */
export function createMigrationObserver(
  dependencies: MigrationReaderDependencies,
): RunnerDependencies['observerFor'] {
  return (plan, compatibility) =>
    plan.intent.kind === 'migrate'
      ? new MigrationObserver(dependencies, plan.intent.request, compatibility)
      : null;
}

class MigrationObserver implements RunObserver {
  readonly #recorder: EvidenceRecorder;
  readonly #reader: MigrationReader;
  readonly #request: MigrationRequest;
  readonly #compatibility: Compatibility | null;
  readonly #downtime = createDowntimeMeter();
  /** What each guest read before the move, by source controller; empty after a restart. */
  readonly #before = new Map<string, GuestAnswers>();
  /** What takes part, as it was before the first step; null when a restarted program can no longer tell. */
  #devices: readonly ReadyDevice[] | null = null;
  readonly #addresses = new Map<string, string>();
  #memory: MemoryLog = createMemoryLog(0);
  #facts: MigrationFacts;

  constructor(
    dependencies: MigrationReaderDependencies,
    request: MigrationRequest,
    compatibility: Compatibility | null,
  ) {
    this.#recorder = new EvidenceRecorder(() => dependencies.timeout().clock);
    this.#reader = createMigrationReader(dependencies, this.#recorder);
    this.#request = request;
    this.#compatibility = compatibility;
    this.#facts = blankFacts(request);
  }

  begin(fleet: Fleet, kept: MigrationFacts | null): MigrationFacts {
    this.#facts = kept ?? initialFacts(fleet, this.#request, this.#compatibility);
    this.#devices =
      keptDevices(fleet, this.#kept().takingPart) ??
      readyMigration(lookUpMigration(fleet, this.#request))?.devices ??
      null;
    if (kept === null) this.#keep({ takingPart: this.#devices?.map(takesPart) });
    this.#learn(fleet);
    this.#memory = createMemoryLog(this.#facts.memoryBytes);
    const { memory } = this.#kept();
    if (memory !== null) this.#memory.arrived(memory);
    return this.#facts;
  }

  async beforeStep({ index, fleet }: StepEvent): Promise<void> {
    this.#learn(fleet);
    if (index > 0) return;
    const guestBefore: Kept['guestBefore'] = {};
    for (const device of this.#devices ?? []) {
      const { source } = device;
      const answers = await this.#reader.guestAnswers(this.#place(source));
      if (answers === null) continue;
      this.#before.set(source.id, answers);
      guestBefore[source.id] = answerLines(answers, device.virtual === null);
    }
    this.#keep({ guestBefore });
  }

  memorySent(bytes: number, microseconds: number): MigrationFacts {
    // The chart of a guest that went on has its rounds.
    const { preCopy } = this.#facts;
    if (preCopy !== undefined) return this.#update({ memorySentBytes: preCopy.totalSentBytes + bytes });
    this.#memory.sent(bytes, microseconds);
    return this.#update(this.#memory.facts());
  }

  userDataSent(sentBytes: number, ofBytes: number): MigrationFacts {
    return this.#update({ userDataSending: { sentBytes, ofBytes } });
  }

  preCopied(preCopy: PreCopyFacts): MigrationFacts {
    return this.#update({
      preCopy,
      memorySentBytes: preCopy.totalSentBytes,
      bytesPerSecond: preCopy.rounds.at(-1)?.bytesPerSecond ?? this.#facts.bytesPerSecond,
    });
  }

  async afterStep({
    planned,
    fleet,
    microseconds,
    outcome,
  }: Parameters<RunObserver['afterStep']>[0]): Promise<MigrationFacts> {
    this.#learn(fleet);
    const { step } = planned;
    this.#downtime.mark(step, microseconds);
    const stateOf = (machineId: string) => valueSetBy(step, machineId, 'state');
    if (stateOf(this.#request.virtualMachineId) === 'paused') this.#downtime.start(microseconds);
    if (outcome.memory !== undefined) {
      const { bytes, sentBytes, checksum, arrived } = outcome.memory;
      this.memorySent(sentBytes, microseconds);
      // What is there was sent, also by a round whose end a killed program did not see.
      this.#update({ memorySentBytes: Math.max(this.#facts.memorySentBytes, bytes) });
      this.#memory.arrived(outcome.memory);
      this.#keep({ memory: { bytes, checksum, arrived } });
    }
    if (outcome.userData !== undefined) this.#update({ userData: [...outcome.userData] });
    if (outcome.state !== undefined) {
      const { sourceId, bytes } = outcome.state;
      this.#note(sourceId, { stateBytes: bytes.length, sourceStateSha256: sha256(bytes) });
    }
    if (stateOf(this.#request.virtualMachineId) === 'paused') await this.#keepDevices();
    const { destinationHostId, virtualMachineName } = this.#facts;
    const resumed = stateOf(virtualMachineIdOf(destinationHostId, virtualMachineName)) === 'running';
    if (resumed) this.#downtime.stop(microseconds);
    this.#followStates();
    if (this.#downtime.phases.length > 0)
      this.#update({
        downtimeMilliseconds: this.#downtime.total,
        downtimePhases: [...this.#downtime.phases],
      });
    return this.#facts;
  }

  afterUndoing(step: Step, microseconds: number): void {
    if (valueSetBy(step, this.#request.virtualMachineId, 'state') !== 'running') return;
    this.#downtime.stop(microseconds);
    if (this.#downtime.total !== null) this.#update({ stoodStillMilliseconds: this.#downtime.total });
  }

  afterDoing(
    step: Step,
    { pauseBegan, now }: { readonly pauseBegan: number | null; readonly now: number },
  ): MigrationFacts {
    const { downtimeMilliseconds, stoodStillMilliseconds, standstillAtMostMilliseconds } = this.#facts;
    const isKnown =
      downtimeMilliseconds !== null ||
      stoodStillMilliseconds !== undefined ||
      standstillAtMostMilliseconds !== undefined;
    const { destinationHostId, virtualMachineName } = this.#facts;
    const runs = [
      this.#request.virtualMachineId,
      virtualMachineIdOf(destinationHostId, virtualMachineName),
    ].some((id) => valueSetBy(step, id, 'state') === 'running');
    if (isKnown || !runs || pauseBegan === null) return this.#facts;
    // Both are whole milliseconds that had begun.
    return this.#update({ standstillAtMostMilliseconds: Math.max(0, now - pauseBegan) + 1 });
  }

  async rolledBack(): Promise<MigrationFacts> {
    this.#followStates();
    this.#recorder.begin();
    const lines = await this.#proveWayBack();
    this.#seal('rolled-back', lines);
    const proof = this.#facts.proof.filter(({ stage }) => stage !== 'rolled-back');
    return this.#update({
      proof: [...proof, ...lines.map((line) => ({ ...line, stage: 'rolled-back' as const }))],
    });
  }

  /** The guest is at its source as it was, and nothing of it at its destination, as both say now. */
  async #proveWayBack(): Promise<ProofLine[]> {
    const source = this.#reader.connection(this.#facts.sourceHostId);
    const destination = this.#reader.connection(this.#facts.destinationHostId);
    if (source === undefined || destination === undefined) return [];
    const lines = await wayBackProof(this.#reader, this.#facts);
    for (const device of this.#devices ?? []) {
      const place = this.#place(device.source);
      const own = [proofLine('VFIO state', 'RUNNING', this.#reader.vfioState(place) ?? 'could not be read')];
      const before = this.#kept().guestBefore[device.source.id];
      const now = before === undefined ? null : await this.#reader.guestAnswers(place);
      if (before !== undefined && now !== null)
        own.push(
          ...compareAnswers(before, now, {
            bytes: this.#before.get(device.source.id)?.controller,
            ownIdentifier: device.virtual === null,
          }),
        );
      lines.push(...own.map((line) => ({ ...line, what: `${whoIs(device)}: ${line.what}` })));
    }
    return lines;
  }

  async end(): Promise<MigrationFacts> {
    this.#followStates();
    await this.#proveSource();
    return this.#facts;
  }

  #update(change: Partial<MigrationFacts>): MigrationFacts {
    this.#facts = { ...this.#facts, ...change };
    return this.#facts;
  }

  #kept(): Kept {
    return this.#facts.kept ?? { guestBefore: {}, memory: null };
  }

  /** Goes into the journal with the facts of the step. */
  #keep(change: Partial<Kept>): void {
    this.#update({ kept: { ...this.#kept(), ...change } });
  }

  #note(sourceId: string, change: Partial<DeviceFacts>): void {
    const devices = this.#facts.devices.map((device) =>
      device.sourceId === sourceId ? { ...device, ...change } : device,
    );
    this.#update({ devices });
  }

  /** What was compared just now, with all that was read for it. */
  #seal(stage: ComparedStage, lines: readonly ProofLine[]): void {
    const content = this.#recorder.take(stage, lines);
    this.#update({ evidence: withStage(this.#facts.evidence, content, sha256OfText) });
  }

  #followStates(): void {
    for (const { source, destination } of this.#devices ?? [])
      this.#note(source.id, {
        sourceState: this.#reader.vfioState(this.#place(source)),
        destinationState: this.#reader.vfioState(this.#place(destination)),
      });
  }

  /** The guest stands still, its devices do not yet: how it has set them up is what they must be at the destination. */
  async #keepDevices(): Promise<void> {
    const devices: NonNullable<Kept['devices']> = {};
    for (const { source, sourcePrimary } of this.#devices ?? [])
      devices[source.id] = {
        registers: this.#reader.registers(this.#place(source)),
        queues: await this.#reader.queues(source, sourcePrimary),
      };
    this.#keep({ devices });
  }

  async prove(stage: ProofStage): Promise<ProvedStage> {
    const devices = this.#devices;
    if (devices === null)
      return {
        facts: this.#facts,
        result: fail('conflict', 'What takes part in this migration is no longer in the fleet.', {
          object: this.#facts.virtualMachineName,
          fix: 'Compare source and destination by hand before anything is given up.',
        }),
      };
    this.#recorder.begin();
    const { lines, unproven, digests } = await proveDestination(this.#reader, stage, {
      ...{ devices, facts: this.#facts, memory: this.#memory.received(), before: this.#before },
      place: ({ destination }) => this.#place(destination),
    });
    this.#seal(stage, lines);
    for (const [sourceId, destinationStateSha256] of digests)
      this.#note(sourceId, { destinationStateSha256 });
    this.#followStates();
    this.#update({
      proof: [...this.#facts.proof.filter((line) => line.stage !== stage), ...lines],
      unproven: [...new Set([...(this.#facts.unproven ?? []), ...unproven])],
    });
    const different = lines.filter(({ equal }) => !equal);
    if (different.length === 0)
      return { facts: this.#facts, result: succeed(`All ${lines.length} comparisons are equal`) };
    const { virtualMachineName } = this.#facts;
    const count = `${different.length} of ${lines.length} comparisons differ`;
    return {
      facts: this.#facts,
      result: fail(
        'effect-missing',
        `${virtualMachineName} at the destination is not what was saved: ${count}.`,
        {
          object: virtualMachineName,
          fix: 'See the proof for both sides, and check the controllers of the destination before the next attempt.',
          details: different.map(({ what, source, destination }) => `${what}: ${source}, now ${destination}`),
        },
      ),
    };
  }

  async #proveSource(): Promise<void> {
    const source = this.#reader.connection(this.#facts.sourceHostId);
    const destination = this.#reader.connection(this.#facts.destinationHostId);
    if (source === undefined || destination === undefined) return;
    this.#recorder.begin();
    const lines = await machineProof(this.#reader, this.#facts);
    const released = this.#request.options.releaseSource ? (this.#devices ?? []) : [];
    for (const device of released) {
      const { source: given, sourcePrimary } = device;
      const controlling = this.#reader.primary({
        hostId: given.hostId,
        address: sourcePrimary.pciAddress,
      });
      if (controlling !== null) lines.push(await releaseProof(whoIs(device), controlling, given.cntlid));
    }
    this.#seal('source-released', lines);
    const last = lines.map((line) => ({ ...line, stage: 'source-released' as const }));
    this.#update({ proof: [...this.#facts.proof, ...last] });
  }

  /** Where the functions are: one that is provisioned gets its place only when it is shown. */
  #learn(fleet: Fleet): void {
    for (const { source, destination } of this.#devices ?? [])
      for (const { id } of [source, destination]) {
        const controller = fleet.controllers[id];
        const address = controller === undefined ? null : functionAddress(controller);
        if (address !== null) this.#addresses.set(id, address);
      }
  }

  #place({ id, hostId }: SecondaryController): FunctionPlace {
    return { hostId, address: this.#addresses.get(id) ?? null };
  }
}

type TakesPart = NonNullable<Kept['takingPart']>[number];

function takesPart({ source, destination, virtual, destinationNamespaces }: ReadyDevice): TakesPart {
  return { source, destination, virtual, destinationNamespaces: [...destinationNamespaces] };
}

/** The devices as they were before the first step, for a program that was started anew; null where nothing was kept. */
function keptDevices(fleet: Fleet, kept: readonly TakesPart[] | undefined): ReadyDevice[] | null {
  if (kept === undefined) return null;
  const devices = kept.flatMap((device): ReadyDevice[] => {
    const sourcePrimary = findPrimary(fleet, device.source.primaryId);
    const destinationPrimary = findPrimary(fleet, device.destination.primaryId);
    return sourcePrimary === undefined || destinationPrimary === undefined
      ? []
      : [{ ...device, sourcePrimary, destinationPrimary }];
  });
  return devices.length === kept.length ? devices : null;
}
