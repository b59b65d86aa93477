import type { NotRecordedFact } from '#shared/fleet/not-recorded.ts';
import type { Capability, Problem } from '#shared/fleet/schema.ts';
import { type AdminCompletion, statusOfValue } from '#shared/nvme/command.ts';
import { identify } from '#shared/nvme/commands/identify.ts';
import { platformFeatures } from '#shared/platform/feature-levels.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { AdminQueue } from '../admin-queue.ts';
import type { HostConnection, NvmeFunction, VirtualMachineOperations } from '../host-connection.ts';
import { hostCommands, identifyTellingCommand, tellingCommand } from '../outputs/structures.ts';
import type { Capture } from './capture.ts';
import type { CapturedDevice } from './captured-device.ts';
import type { RecordedAnswer } from './controller-record.ts';
import { recordedIdentify } from './recorded-answers.ts';
import { recordedSecondaries } from './recorded-secondaries.ts';
import type { CapturedController } from './snapshot.ts';

const fix = 'Open the capture as a simulated twin to rehearse changes';
/** Why nothing can be changed on a captured host; shown by every capability and every refused call. */
export const captureReadOnlyReason = `A capture cannot be changed. ${fix}.`;

/** A captured host as a connection: everything that was recorded can be read, nothing can be changed. */
export function createCaptureConnection(capture: Capture): HostConnection {
  const unavailable: Capability = { available: false, reason: captureReadOnlyReason };
  const refuse = async (): Promise<Result<never>> => readOnly(capture.name);
  // The first one where several claim the same address.
  const byAddress = new Map(capture.controllers.toReversed().map((known) => [known.address, known]));
  const find = (address: string) => byAddress.get(address);
  return {
    id: capture.name,
    describe: async () =>
      succeed({
        name: capture.name,
        kind: 'capture' as const,
        kernel: capture.kernel,
        iommu: capture.controllers.some((known) => known.function?.iommuGroup != null) ? 'present' : '',
        vfioFlags: { stopCopy: false, p2p: false, preCopy: false },
        linkBytesPerSecond: 0,
        linkLatencyMilliseconds: null,
        linkLoss: null,
        platform: {
          qemu: '',
          pageSize: 0,
          iommuPageSizes: [],
          iommuHardwareDirtyTracking: { available: false, reason: 'The capture did not record it.' },
          features: platformFeatures(capture.kernel, ''),
        },
        capabilities: {
          changeControllers: unavailable,
          changePci: unavailable,
          vfioMigration: unavailable,
          virtualMachines: unavailable,
          virtualSubsystems: unavailable,
        },
        problems: [...capture.problems],
      }),
    functions: async () => succeed(capture.controllers.map((controller) => functionOf(capture, controller))),
    adminQueue: (address) => {
      const controller = find(address);
      if (controller === undefined) return noFunction(capture, address);
      const driver = functionOf(capture, controller).driver;
      if (driver === 'vfio-pci')
        return fail('not-supported', `${address} is bound to vfio-pci: its queue belongs to the guest`, {
          object: address,
        });
      return succeed(createRecordedQueue(capture, controller));
    },
    guestQueue: notSeen,
    guestRegisters: notSeen,
    guestConfigSpace: notSeen,
    pci: {
      setVfCount: refuse,
      setDriversAutoprobe: refuse,
      functionLevelReset: refuse,
      controllerReset: refuse,
      subsystemReset: refuse,
      setDriver: refuse,
    },
    vfioDevice: () => readOnly(capture.name),
    virtualMachines: recordedVirtualMachines(capture, refuse),
    close: async () => {},
  };
}

/** The admin queue of a recorded controller: it answers Identify and refuses everything else. */
function createRecordedQueue(capture: Capture, controller: CapturedController): AdminQueue {
  return {
    submit: async (command) => {
      if (command.opcode !== identify.opcode) return readOnly(controller.device?.name ?? controller.address);
      const { cns, nsid, cntid } = identify.decode(command);
      const answer = recordedIdentify(capture, controller, {
        cns,
        nsid,
        cntid,
      });
      if (answer === null) return notRecorded(capture, controller, cns);
      return succeed(completionOf(answer));
    },
    refusalOf: () => null,
  };
}

function completionOf(answer: RecordedAnswer): AdminCompletion {
  if (answer.kind === 'value') return { sct: 0, sc: 0, dnr: false, dw0: 0, data: answer.value };
  return { ...statusOfValue(answer.status), dw0: 0 };
}

function functionOf(capture: Capture, controller: CapturedController): NvmeFunction {
  const { device, function: captured, address } = controller;
  const problems: Problem[] = [];
  if (captured !== null && !captured.dumped)
    problems.push({
      source: `${capture.snapshot}/sysfs-pci.tsv`,
      field: address,
      message:
        'The sysfs dump does not contain this function, so it is unknown whether a driver is bound to it',
      fix: 'Record all functions of the host',
    });
  // Without the sysfs dump, a device that lists secondary controllers still is a physical function.
  const listed = captured === null ? (recordedSecondaries(controller)?.length ?? 0) : 0;
  const notRecorded = notRecordedOf(controller);
  return {
    address,
    transport: device?.transport ?? captured?.transport ?? 'pcie',
    deviceName: device?.name ?? (captured === null ? address : null),
    // The driver alone makes a controller device, through which everything else was asked.
    driver: captured?.driver ?? (device === null && controller.record === null ? null : 'nvme'),
    iommuGroup: captured?.iommuGroup ?? null,
    ...(captured?.deviceId == null ? {} : { deviceId: captured.deviceId & 0xffff }),
    sriov: captured?.sriov ?? (listed > 0 ? { totalVfs: listed, numVfs: 0, driversAutoprobe: true } : null),
    virtualFunction: captured?.virtualFunction ?? null,
    vfioDriver: null,
    vfioOffer: { flags: null, reason: 'The capture contains nothing about VFIO.' },
    ...(device === null ? {} : { noted: notedOf(device) }),
    notRecorded,
    problems,
  };
}

function notedOf({ cntlid, subsystemNqn, serial, model, firmware }: CapturedDevice) {
  return { cntlid, subsystemNqn, serial, model, firmware };
}

/** What the capture leaves open about a function; it shows nothing of it as absent. */
function notRecordedOf({
  function: captured,
  device,
  record,
  address,
}: CapturedController): readonly NotRecordedFact[] {
  const name = device?.name ?? (captured === null ? address : null);
  const facts: NotRecordedFact[] = [];
  if (record?.identify == null && device?.cntlid == null) {
    // That of a virtual function stands in the list of its primary controller.
    if (name !== null) facts.push({ fact: 'cntlid', tellBy: tellingCommand(name, 'id-ctrl', null) });
    else if (captured?.virtualFunction == null)
      facts.push({ fact: 'cntlid', tellBy: hostCommands.identifiers });
  }
  const isPci = (device?.transport ?? 'pcie') === 'pcie';
  const unknown = (fact: 'driver' | 'sriov') => isPci && (captured?.unknown.has(fact) ?? true);
  if (unknown('driver') && device === null && record === null)
    facts.push({ fact: 'driver', tellBy: hostCommands.pci });
  if (unknown('sriov')) facts.push({ fact: 'sriov', tellBy: hostCommands.pci });
  return facts;
}

function notSeen<T>(address: string): Result<T> {
  return fail('not-supported', 'A capture does not contain what a guest sees', { object: address, fix });
}

function readOnly<T>(object: string): Result<T> {
  return fail('read-only', `${object} belongs to a capture, which cannot be changed`, { object, fix });
}

function notRecorded<T>(capture: Capture, controller: CapturedController, cns: number): Result<T> {
  const object = controller.device?.name ?? controller.address;
  const structure = `Identify CNS ${cns.toString(16).padStart(2, '0')}h`;
  const tellBy = identifyTellingCommand(controller.device?.name ?? 'nvmeN', cns);
  return fail('not-recorded', `${capture.name} did not record ${structure} of ${object}`, {
    object,
    field: structure,
    fix: tellBy === null ? 'Record the capture again' : `Run on the host: ${tellBy}`,
  });
}

function noFunction<T>(capture: Capture, address: string): Result<T> {
  return fail('not-found', `${capture.name} has no NVMe function ${address}`, { object: address });
}

function recordedVirtualMachines(
  { machines }: Capture,
  refuse: () => Promise<Result<never>>,
): VirtualMachineOperations {
  return {
    list: async () => succeed(machines),
    attachDevice: refuse,
    detachDevice: refuse,
    pause: refuse,
    resume: refuse,
    createIncoming: refuse,
    trackMemory: refuse,
    sendRound: refuse,
    throttle: refuse,
    sendMemory: refuse,
    receiveMemory: refuse,
    destroy: refuse,
  };
}
