import type { PrimaryController, SecondaryController } from '#shared/fleet/schema.ts';
import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import { decodeFields } from '#shared/nvme/layout.ts';
import {
  controllerStateHeaderLength,
  decodeControllerState,
  decodeControllerStateExtent,
} from '#shared/nvme/layouts/controller-state/controller-state.ts';
import {
  completionQueueAttributes,
  type NvmeControllerState,
} from '#shared/nvme/layouts/controller-state/controller-state-queues.ts';
import { decodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { controllerPropertyFields } from '#shared/nvme/layouts/registers/controller-properties.ts';
import type { ReadyDevice } from '#shared/procedure/plan/migrate/migration-steps.ts';
import type { VfioState } from '#shared/vfio/device-state.ts';
import { type GuestAnswers, readGuestAnswers } from '../guest-view/guest-answers.ts';
import type { HostConnection, HostVirtualMachine } from '../hosts/host-connection.ts';
import {
  type AnswerTimeout,
  type AskedController,
  askController,
  controllerToAsk,
} from '../nvme/ask-controller.ts';
import type { Log } from '../ports.ts';
import type { EvidenceRecorder } from './evidence/evidence-recorder.ts';
import { readBackState, sha256 } from './read-back-state.ts';

export interface MigrationReaderDependencies {
  readonly connection: (hostId: string) => HostConnection | undefined;
  readonly log: Log;
  /** How long one controller may take for one answer, by the clock of the fleet that is open. */
  readonly timeout: () => AnswerTimeout;
}

/** A function on a host; the address is null while the host shows none. */
export interface FunctionPlace {
  readonly hostId: string;
  readonly address: string | null;
}

/** Reads what a proof compares. Everything answers null where it cannot be read; nothing is changed. */
export type MigrationReader = ReturnType<typeof createMigrationReader>;

/**
 * Properties (NVMe Base 2.1, 3.1.4) that say how the guest set its controller up, and whether it is alive. CAP, VS and
 * the rest belong to the hardware, which the checks of the migration compare.
 */
const comparedProperties = ['cc', 'csts', 'aqa', 'asq', 'acq', 'intms'] as const;

export function createMigrationReader(
  { connection, log, timeout }: MigrationReaderDependencies,
  recorder: EvidenceRecorder,
) {
  const primary = ({ hostId, address }: FunctionPlace): AskedController | null => {
    const queue = address === null ? undefined : connection(hostId)?.adminQueue(address);
    if (queue?.ok !== true || address === null) return null;
    const recorded = recorder.queue(queue.value, { hostId, address, asGuest: false });
    return controllerToAsk(recorded, `${hostId}/${address}`, timeout());
  };
  const machines = async (hostId: string): Promise<readonly HostVirtualMachine[] | null> => {
    const listed = await connection(hostId)?.virtualMachines.list();
    if (listed?.ok !== true) return null;
    const words = listed.value.map(({ name, state }) => `${name} ${state}`).sort();
    recorder.host(hostId, 'virtual machines', words.join(', '));
    return listed.value;
  };
  const vfioDevice = ({ hostId, address }: FunctionPlace) => {
    const device = address === null ? undefined : connection(hostId)?.vfioDevice(address);
    return device?.ok === true ? device.value : null;
  };
  const primaryOf = ({ destination, destinationPrimary }: ReadyDevice) =>
    primary({ hostId: destination.hostId, address: destinationPrimary.pciAddress });

  /** A state that only its driver can read is read through VFIO: STOP to STOP_COPY and back changes nothing. */
  const readOpaqueState = async (place: FunctionPlace): Promise<Uint8Array | null> => {
    const device = vfioDevice(place);
    if (device === null || device.state() !== 'STOP') return null;
    const reached = await device.setState('STOP_COPY');
    const state = reached.ok ? await device.readState() : reached;
    const back = await device.setState('STOP');
    if (!state.ok || !back.ok) return null;
    recorder.host(place.hostId, `device state of ${place.address}, SHA-256`, sha256(state.value));
    return state.value;
  };

  return {
    connection,
    primary,
    vfioState(place: FunctionPlace): VfioState | null {
      const state = vfioDevice(place)?.state() ?? null;
      if (state !== null) recorder.host(place.hostId, `VFIO state of ${place.address}`, state);
      return state;
    },

    /** The whole state of a destination that stands still, of as many bytes as were saved. */
    async loadedState(device: ReadyDevice, place: FunctionPlace, bytes: number): Promise<Uint8Array | null> {
      const { destination, destinationPrimary } = device;
      if (destinationPrimary.migrationInterface !== 'standard') return readOpaqueState(place);
      const controlling = primaryOf(device);
      const vendorPart = (destinationPrimary.stateFormats?.uuids.length ?? 0) > 0;
      return controlling === null
        ? null
        : readBackState(controlling, { cntlid: destination.cntlid, bytes, vendorPart });
    },

    /** The I/O queues of a secondary in words, whether it runs or not; null where only its driver can read them. */
    async queues(
      { cntlid, hostId }: SecondaryController,
      { migrationInterface, pciAddress }: PrimaryController,
    ): Promise<string | null> {
      const controlling = primary({ hostId, address: pciAddress });
      if (migrationInterface !== 'standard' || controlling === null) return null;
      const target = { cntlid, vendorPart: false };
      const header = await readBackState(controlling, { ...target, bytes: controllerStateHeaderLength });
      const extent = header === null ? null : decodeControllerStateExtent(header);
      if (extent?.ok !== true) return null;
      const state = await readBackState(controlling, { ...target, bytes: extent.value.totalLength });
      return state === null ? null : queueWords(state);
    },

    /** `CC 460001h, CSTS 1h, …`: the properties as the guest finds them; null where the host cannot read them. */
    registers({ hostId, address }: FunctionPlace): string | null {
      const bytes = address === null ? undefined : connection(hostId)?.guestRegisters(address);
      const fields =
        bytes?.ok === true
          ? decodeFields('Controller properties', controllerPropertyFields, bytes.value)
          : null;
      if (fields?.ok !== true || bytes?.ok !== true) return null;
      recorder.host(hostId, `controller properties of ${address}, SHA-256`, sha256(bytes.value));
      return comparedProperties
        .map((key) => `${key.toUpperCase()} ${fields.value[key].toString(16).toUpperCase()}h`)
        .join(', ');
    },

    /** Which of the guest's namespaces the controlling function says to be attached to the destination. */
    async attachments(device: ReadyDevice): Promise<readonly number[] | null> {
      const controlling = primaryOf(device);
      if (controlling === null) return null;
      const attached: number[] = [];
      for (const nsid of device.destinationNamespaces) {
        const { cntlid } = device.destination;
        const list = await askController(controlling, {
          // The list starts at this controller.
          command: identifyCommand(identifyStructures.attachedControllers, { nsid, cntid: cntlid }),
          what: `Controllers Attached to Namespace ${nsid}`,
          decode: decodeControllerList,
        });
        if (!list.ok) return null;
        if (list.value.identifiers.includes(cntlid)) attached.push(nsid);
      }
      return attached;
    },

    /** What a guest reads through the admin queue of its own controller; null where none answers. */
    async guestAnswers({ hostId, address }: FunctionPlace): Promise<GuestAnswers | null> {
      const queue = address === null ? undefined : connection(hostId)?.guestQueue(address);
      if (queue?.ok !== true || address === null) return null;
      const recorded = recorder.queue(queue.value, { hostId, address, asGuest: true });
      const asked = controllerToAsk(recorded, `${hostId}/${address}`, timeout());
      const answers = await readGuestAnswers(asked);
      if (answers.ok) return answers.value;
      log.warn(answers.error.message, answers.error);
      return null;
    },

    /** The virtual machine as its hypervisor says; null where it does not have it, or does not answer. */
    async machine(hostId: string, name: string): Promise<HostVirtualMachine | null> {
      return (await machines(hostId))?.find((machine) => machine.name === name) ?? null;
    },

    /** The state of a virtual machine on a host in a word; `absent` where the host does not have it. */
    async machineState(hostId: string, name: string): Promise<string> {
      const listed = await machines(hostId);
      if (listed === null) return 'unknown: its host does not list its virtual machines';
      return listed.find((machine) => machine.name === name)?.state ?? 'absent';
    },
  };
}

/**
 * The I/O queues of a Controller State, equal for two states exactly when their queues are the same, but for what moves
 * while a guest works: heads, tails and the phase tag. Null for a state without the NVMe-defined part.
 */
export function queueWords(state: Uint8Array): string | null {
  const decoded = decodeControllerState(state);
  if (!decoded.ok || decoded.value.nvme === undefined) return null;
  const { submissionQueues, completionQueues } = decoded.value.nvme;
  const digest = sha256(new TextEncoder().encode(lastingParts(decoded.value.nvme)));
  return `${submissionQueues.length} submission and ${completionQueues.length} completion queues, SHA-256 ${digest}`;
}

function lastingParts({ submissionQueues, completionQueues }: NvmeControllerState): string {
  return JSON.stringify([
    submissionQueues.map(({ qid, cqid, qsize, prp1, attributes }) => [
      ...[qid, cqid, qsize, attributes],
      prp1.toString(16),
    ]),
    completionQueues.map(({ qid, qsize, prp1, attributes }) => {
      const { pc, ien, iv } = completionQueueAttributes.decode(attributes);
      return [qid, qsize, pc, ien, iv, prp1.toString(16)];
    }),
  ]);
}
