import type { Fleet } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';
import type { Compatibility } from '#shared/migration/checks/check.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { lookUpMigration } from '#shared/migration/subject.ts';
import {
  type ReadyDevice,
  type ReadyMigration,
  readyMigration,
} from '#shared/procedure/plan/migrate/migration-steps.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import { valueSetBy } from '#shared/procedure/step-values.ts';
import { type GuestAnswers, readGuestAnswers } from '../guest-view/guest-answers.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { type AnswerTimeout, type AskedController, controllerToAsk } from '../nvme/ask-controller.ts';
import type { Log } from '../ports.ts';
import type { RunObserver, StepEvent } from '../procedures/run-observer.ts';
import type { RunnerDependencies } from '../procedures/runner-dependencies.ts';
import { createDowntimeMeter } from './downtime-meter.ts';
import { blankFacts, initialFacts } from './initial-facts.ts';
import { createMemoryLog, type MemoryLog } from './memory-log.ts';
import { answerLines, compareAnswers, type ProofLine, proofLine } from './migration-proof.ts';
import { readBackState, sha256 } from './read-back-state.ts';
import { machineProof, releaseProof } from './source-proof.ts';

export interface MigrationObserverDependencies {
  readonly connection: (hostId: string) => HostConnection | undefined;
  readonly log: Log;
  /** How long one controller may take for one answer, by the clock of the fleet that is open. */
  readonly timeout: () => AnswerTimeout;
}

type DeviceFacts = MigrationFacts['devices'][number];
type Kept = NonNullable<MigrationFacts['kept']>;

/**
 * Watches the runs that are migrations; every other plan has no observer. It measures the downtime from the end of the
 * guest's pause to the end of its resume at the destination, follows the VFIO states of both sides, reads back the state
 * that the destination accepted, and proves what the guest sees and what is left at the source.
 */
export function createMigrationObserver(
  dependencies: MigrationObserverDependencies,
): RunnerDependencies['observerFor'] {
  return (plan, compatibility) =>
    plan.intent.kind === 'migrate'
      ? new MigrationObserver(dependencies, plan.intent.request, compatibility)
      : null;
}

class MigrationObserver implements RunObserver {
  readonly #dependencies: MigrationObserverDependencies;
  readonly #request: MigrationRequest;
  readonly #compatibility: Compatibility | null;
  readonly #downtime = createDowntimeMeter();
  /** What each guest read before the move, by source controller; empty after a restart. */
  readonly #before = new Map<string, GuestAnswers>();
  /** Who takes part, as it was before the first step; null when a restarted program can no longer tell. */
  #migration: ReadyMigration | null = null;
  readonly #addresses = new Map<string, string>();
  #memory: MemoryLog = createMemoryLog(0);
  #facts: MigrationFacts;

  constructor(
    dependencies: MigrationObserverDependencies,
    request: MigrationRequest,
    compatibility: Compatibility | null,
  ) {
    this.#dependencies = dependencies;
    this.#request = request;
    this.#compatibility = compatibility;
    this.#facts = blankFacts(request);
  }

  begin(fleet: Fleet, kept: MigrationFacts | null): MigrationFacts {
    this.#migration = readyMigration(lookUpMigration(fleet, this.#request)) ?? null;
    this.#learn(fleet);
    this.#facts = kept ?? initialFacts(fleet, this.#request, this.#compatibility);
    this.#memory = createMemoryLog(this.#facts.memoryBytes);
    const { memory } = this.#kept();
    if (memory !== null) this.#memory.arrived(memory);
    return this.#facts;
  }

  async beforeStep({ index, fleet }: StepEvent): Promise<void> {
    this.#learn(fleet);
    if (index > 0) return;
    const guestBefore: Kept['guestBefore'] = {};
    for (const device of this.#migration?.devices ?? []) {
      const { source } = device;
      const answers = await this.#askGuest(source.hostId, this.#address(source.id));
      if (answers === null) continue;
      this.#before.set(source.id, answers);
      guestBefore[source.id] = answerLines(answers, device.virtual === null);
    }
    this.#keep({ guestBefore });
  }

  memorySent(bytes: number, microseconds: number): MigrationFacts {
    this.#memory.sent(bytes, microseconds);
    return this.#update(this.#memory.facts());
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
      this.#memory.sent(outcome.memory.bytes, microseconds);
      this.#memory.arrived(outcome.memory);
      this.#keep({ memory: { ...outcome.memory } });
    }
    if (outcome.state !== undefined) {
      const { sourceId, bytes } = outcome.state;
      this.#note(sourceId, { stateBytes: bytes.length, sourceStateSha256: sha256(bytes) });
    }
    for (const { destination } of this.#migration?.devices ?? [])
      if (valueSetBy(step, destination.id, 'VFIO state') === 'STOP') await this.#readBack(destination.id);
    const resumed = stateOf(this.#migration?.destinationMachineId ?? '') === 'running';
    if (resumed) this.#downtime.stop(microseconds);
    this.#followStates();
    if (resumed) await this.#proveGuest();
    if (this.#downtime.phases.length > 0)
      this.#update({
        downtimeMilliseconds: this.#downtime.total,
        downtimePhases: [...this.#downtime.phases],
      });
    return outcome.memory === undefined ? this.#facts : this.#update(this.#memory.facts());
  }

  async rolledBack(): Promise<MigrationFacts> {
    this.#followStates();
    return this.#facts;
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

  #prove(...lines: readonly ProofLine[]): void {
    this.#update({ proof: [...this.#facts.proof, ...lines] });
  }

  #followStates(): void {
    for (const { source, destination } of this.#migration?.devices ?? [])
      this.#note(source.id, {
        sourceState: this.#stateOf(source.hostId, this.#address(source.id)),
        destinationState: this.#stateOf(destination.hostId, this.#address(destination.id)),
      });
  }

  #stateOf(hostId: string, address: string | null): DeviceFacts['sourceState'] {
    if (address === null) return null;
    const device = this.#dependencies.connection(hostId)?.vfioDevice(address);
    return device?.ok === true ? device.value.state() : null;
  }

  /** The destination left RESUMING: what it accepted is read again while it is still suspended. */
  async #readBack(controllerId: string): Promise<void> {
    const device = this.#migration?.devices.find(({ destination }) => destination.id === controllerId);
    const facts = this.#facts.devices.find((candidate) => candidate.destinationId === controllerId);
    if (device === undefined || facts === undefined || facts.stateBytes === 0) return;
    const { destination, destinationPrimary } = device;
    const state =
      destinationPrimary.migrationInterface === 'standard'
        ? await this.#readStandardState(device, facts.stateBytes)
        : await this.#readOpaqueState(destination.hostId, this.#address(destination.id));
    if (state !== null) this.#note(facts.sourceId, { destinationStateSha256: sha256(state) });
  }

  async #readStandardState({ destination, destinationPrimary }: ReadyDevice, bytes: number) {
    const controlling = this.#primary(destination.hostId, destinationPrimary.pciAddress);
    if (controlling === null) return null;
    const vendorPart = (destinationPrimary.stateFormats?.uuids.length ?? 0) > 0;
    return readBackState(controlling, { cntlid: destination.cntlid, bytes, vendorPart });
  }

  /** A state that only its driver can read is read through VFIO: STOP to STOP_COPY and back changes nothing. */
  async #readOpaqueState(hostId: string, address: string | null): Promise<Uint8Array | null> {
    const device = address === null ? undefined : this.#dependencies.connection(hostId)?.vfioDevice(address);
    if (device?.ok !== true || device.value.state() !== 'STOP') return null;
    const reached = await device.value.setState('STOP_COPY');
    const state = reached.ok ? await device.value.readState() : reached;
    const back = await device.value.setState('STOP');
    return state.ok && back.ok ? state.value : null;
  }

  async #proveGuest(): Promise<void> {
    if (this.#migration === null) return;
    const { memoryBytes, virtualMachineName } = this.#facts;
    const { bytes, checksum } = this.#memory.received();
    this.#prove(
      proofLine(
        `${virtualMachineName}: memory${checksum === '' ? '' : `, checksum ${checksum}`}`,
        `${memoryBytes} bytes`,
        `${bytes} bytes`,
      ),
    );
    for (const device of this.#migration.devices) await this.#proveDevice(device);
  }

  async #proveDevice(device: ReadyDevice): Promise<void> {
    const who = whoIs(device);
    const facts = this.#facts.devices.find((candidate) => candidate.sourceId === device.source.id);
    this.#prove(
      proofLine(
        `${who}: controller state, SHA-256`,
        facts?.sourceStateSha256 || 'not read',
        facts?.destinationStateSha256 || 'could not be read back',
      ),
    );
    const before = this.#kept().guestBefore[device.source.id];
    const after = await this.#askGuest(device.destination.hostId, this.#address(device.destination.id));
    if (before !== undefined && after !== null) {
      const bytes = this.#before.get(device.source.id)?.controller;
      const ownIdentifier = device.virtual === null;
      this.#prove(...compareAnswers(who, before, after, { bytes, ownIdentifier }));
      return;
    }
    this.#prove({
      what: `${who}: what the guest reads`,
      source: before === undefined ? 'could not be read' : 'read',
      destination: after === null ? 'could not be read' : 'read',
      equal: false,
    });
  }

  async #proveSource(): Promise<void> {
    const source = this.#dependencies.connection(this.#facts.sourceHostId);
    const destination = this.#dependencies.connection(this.#facts.destinationHostId);
    if (source === undefined || destination === undefined) return;
    this.#prove(...(await machineProof(this.#facts.virtualMachineName, source, destination)));
    if (!this.#request.options.releaseSource) return;
    for (const device of this.#migration?.devices ?? []) {
      const { source: released, sourcePrimary } = device;
      const controlling = this.#primary(released.hostId, sourcePrimary.pciAddress);
      if (controlling !== null) this.#prove(await releaseProof(whoIs(device), controlling, released.cntlid));
    }
  }

  /** Where the functions are: one that is provisioned gets its place only when it is shown. */
  #learn(fleet: Fleet): void {
    for (const { source, destination } of this.#migration?.devices ?? [])
      for (const { id } of [source, destination]) {
        const controller = fleet.controllers[id];
        const address = controller === undefined ? null : functionAddress(controller);
        if (address !== null) this.#addresses.set(id, address);
      }
  }

  #address(controllerId: string): string | null {
    return this.#addresses.get(controllerId) ?? null;
  }

  #primary(hostId: string, address: string | null): AskedController | null {
    if (address === null) return null;
    const { connection, timeout } = this.#dependencies;
    const queue = connection(hostId)?.adminQueue(address);
    return queue?.ok === true ? controllerToAsk(queue.value, `${hostId}/${address}`, timeout()) : null;
  }

  async #askGuest(hostId: string, address: string | null): Promise<GuestAnswers | null> {
    if (address === null) return null;
    const { connection, log, timeout } = this.#dependencies;
    const queue = connection(hostId)?.guestQueue(address);
    if (queue?.ok !== true) return null;
    const answers = await readGuestAnswers(controllerToAsk(queue.value, `${hostId}/${address}`, timeout()));
    if (answers.ok) return answers.value;
    log.warn(answers.error.message, answers.error);
    return null;
  }
}

/** `virtual id 20`: what the two sides have in common; without a virtual subsystem, the identifiers of both. */
function whoIs({ virtual, source, destination }: ReadyDevice): string {
  return virtual === null
    ? `CNTLID ${source.cntlid}, now ${destination.cntlid}`
    : `virtual id ${virtual.controllerId}`;
}
