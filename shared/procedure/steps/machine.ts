import { z } from 'zod';
import { virtualMachineIdOf } from '../../fleet/ids.ts';
import { controllerChangeBlockers } from '../../fleet/rules/change-blockers.ts';
import { guestBlockers } from '../../fleet/rules/secondary-use.ts';
import type { Controller, Fleet, VirtualMachine } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary, hostTitle } from '../../fleet/selectors.ts';
import { tableWith, tableWithout } from '../../tables.ts';
import { withoutEarlyState } from '../../vfio/device-state.ts';
import { isVfioDriver } from '../../vfio/drivers.ts';
import { defineStep, type StepEffect } from '../step-definition.ts';
import { onSecondary } from './conditions.ts';
import { id } from './fields.ts';
import { withMachine, withSecondary } from './predictions.ts';
import { shellQuoted } from './shell.ts';
import { machineParts, machineTitle, titleOf } from './titles.ts';
import type { VfioSetState } from './vfio/vfio.ts';

/** Virtual machines. The command lines are those of libvirt and, where it has none, of the QEMU monitor behind it. */

const attachSchema = z.object({
  kind: z.literal('vm-attach-device'),
  virtualMachineId: id,
  controllerId: id,
});
const detachSchema = z.object({
  kind: z.literal('vm-detach-device'),
  virtualMachineId: id,
  controllerId: id,
});
const createSchema = z.object({
  kind: z.literal('vm-create-incoming'),
  hostId: id,
  name: z.string().min(1),
  vcpus: z.number().int().positive(),
  memoryBytes: z.number().int().positive(),
  /** The guest has an IOMMU of its own; left out: none. */
  viommu: z.boolean().optional(),
});
const pauseSchema = z.object({ kind: z.literal('vm-pause'), virtualMachineId: id });
const resumeSchema = z.object({ kind: z.literal('vm-resume'), virtualMachineId: id });
const sendSchema = z.object({
  kind: z.literal('vm-send-memory'),
  virtualMachineId: id,
  destinationHostId: id,
  /** Most of it was copied while the guest went on: only the rest is left. Left out: all of it is. */
  rest: z.literal(true).optional(),
});
const destroySchema = z.object({ kind: z.literal('vm-destroy'), virtualMachineId: id });

type Attach = z.infer<typeof attachSchema>;
type Detach = z.infer<typeof detachSchema>;
type Pause = z.infer<typeof pauseSchema>;
type Resume = z.infer<typeof resumeSchema>;
type Destroy = z.infer<typeof destroySchema>;

const attach = defineStep({
  schema: attachSchema,
  targets: (step) => ({ controllers: [step.controllerId], machines: [step.virtualMachineId] }),
  words: (step, fleet) =>
    `Hand ${titleOf(fleet, step.controllerId)} to ${machineTitle(fleet, step.virtualMachineId)}`,
  command: null,
  commandLines: (step, { fleet }) => [
    monitorLine(
      step,
      `device_add vfio-pci,id=${deviceIdOf(fleet, step.controllerId)},${placeOf(fleet, step.controllerId)},enable-migration=on`,
    ),
  ],
  blockers: (step, fleet) =>
    onSecondary(fleet, step.controllerId, (secondary) => [
      ...missingMachine(fleet, step.virtualMachineId),
      ...controllerChangeBlockers(fleet, secondary, 'virtualMachines'),
      ...(isVfioDriver(secondary.driver)
        ? []
        : [`${controllerTitle(secondary)} is not shown through VFIO (bound to vfio-pci, or visible).`]),
      ...guestBlockers(fleet, secondary),
    ]),
  predict: (step, fleet) => handedOver(fleet, step, true),
  effect: (step, fleet) => ownerEffect(fleet, step, true),
  inverse: (step): Detach[] => [{ ...step, kind: 'vm-detach-device' }],
  sets: (step) => [{ object: step.controllerId, aspect: 'virtual machine', value: step.virtualMachineId }],
  scope: () => null,
});

const detach = defineStep({
  schema: detachSchema,
  targets: (step) => ({ controllers: [step.controllerId], machines: [step.virtualMachineId] }),
  words: (step, fleet) =>
    `Take ${titleOf(fleet, step.controllerId)} from ${machineTitle(fleet, step.virtualMachineId)}`,
  command: null,
  commandLines: (step, { fleet }) => [
    monitorLine(step, `device_del ${deviceIdOf(fleet, step.controllerId)}`),
  ],
  blockers: (step, fleet) =>
    onSecondary(fleet, step.controllerId, (secondary) =>
      secondary.virtualMachineId === step.virtualMachineId
        ? controllerChangeBlockers(fleet, secondary, 'virtualMachines')
        : [`${controllerTitle(secondary)} is not in that virtual machine.`],
    ),
  predict: (step, fleet) => handedOver(fleet, step, false),
  effect: (step, fleet) => ownerEffect(fleet, step, false),
  inverse: (step): Attach[] => [{ ...step, kind: 'vm-attach-device' }],
  sets: (step) => [{ object: step.controllerId, aspect: 'virtual machine', value: null }],
  scope: () => null,
});

const createIncoming = defineStep({
  schema: createSchema,
  targets: ({ hostId }) => ({ hosts: [hostId] }),
  words: ({ hostId, name }, fleet) =>
    `Create ${name} on ${hostTitle(fleet, hostId)}, waiting for the incoming guest`,
  command: null,
  commandLines: ({ name, vcpus, memoryBytes }) => [
    `qemu-system-x86_64 -name ${shellQuoted(name)} -smp ${vcpus} -m ${Math.ceil(memoryBytes / 2 ** 20)}M -incoming defer`,
  ],
  blockers: ({ hostId, name }, fleet) =>
    fleet.virtualMachines[virtualMachineIdOf(hostId, name)] === undefined
      ? []
      : [`A virtual machine named ${name} already exists there.`],
  predict({ hostId, name, vcpus, memoryBytes, viommu = false }, fleet) {
    const created: VirtualMachine = {
      ...{ id: virtualMachineIdOf(hostId, name), hostId, name, vcpus, memoryBytes, state: 'incoming' },
      ...{ viommu, dirtyBytesPerSecond: null, deviceIds: [], memoryArrived: false },
      ...{ tracksMemory: false, throttlePercent: 0 },
    };
    return { ...fleet, virtualMachines: tableWith(fleet.virtualMachines, { [created.id]: created }) };
  },
  effect: ({ hostId, name }, fleet) => stateEffect(fleet, virtualMachineIdOf(hostId, name), 'incoming'),
  inverse: ({ hostId, name }): Destroy[] => [
    { kind: 'vm-destroy', virtualMachineId: virtualMachineIdOf(hostId, name) },
  ],
  sets: ({ hostId, name }) => {
    const object = virtualMachineIdOf(hostId, name);
    return [
      { object, aspect: 'existence', value: true },
      { object, aspect: 'state', value: 'incoming' },
    ];
  },
  scope: () => null,
});

const pause = defineStep({
  schema: pauseSchema,
  targets: ({ virtualMachineId }) => ({ machines: [virtualMachineId] }),
  words: ({ virtualMachineId }, fleet) => `Stop the guest ${machineTitle(fleet, virtualMachineId)}`,
  command: null,
  commandLines: ({ virtualMachineId }) => [virshLine('suspend', virtualMachineId)],
  blockers: ({ virtualMachineId }, fleet) => missingMachine(fleet, virtualMachineId),
  predict: ({ virtualMachineId }, fleet) => inState(fleet, virtualMachineId, 'paused'),
  effect: ({ virtualMachineId }, fleet) => stateEffect(fleet, virtualMachineId, 'paused'),
  inverse({ virtualMachineId }, fleet): (VfioSetState | Resume)[] {
    // The guest must find its devices as it left them; one that failed half-way to STOP has no done step to undo.
    const devices = fleet.virtualMachines[virtualMachineId]?.deviceIds ?? [];
    return [
      ...devices.flatMap((controllerId): VfioSetState[] => {
        const state = findSecondary(fleet, controllerId)?.vfioState ?? null;
        return state === null
          ? []
          : [{ kind: 'vfio-set-state', controllerId, state: withoutEarlyState(state) }];
      }),
      { kind: 'vm-resume', virtualMachineId },
    ];
  },
  sets: ({ virtualMachineId }) => [{ object: virtualMachineId, aspect: 'state', value: 'paused' }],
  scope: () => null,
});

const resume = defineStep({
  schema: resumeSchema,
  targets: ({ virtualMachineId }) => ({ machines: [virtualMachineId] }),
  words: ({ virtualMachineId }, fleet) => `Resume the guest ${machineTitle(fleet, virtualMachineId)}`,
  command: null,
  commandLines: ({ virtualMachineId }) => [virshLine('resume', virtualMachineId)],
  blockers: ({ virtualMachineId }, fleet) => missingMachine(fleet, virtualMachineId),
  predict: ({ virtualMachineId }, fleet) => inState(fleet, virtualMachineId, 'running'),
  effect: ({ virtualMachineId }, fleet) => stateEffect(fleet, virtualMachineId, 'running'),
  inverse: ({ virtualMachineId }): Pause[] => [{ kind: 'vm-pause', virtualMachineId }],
  sets: ({ virtualMachineId }) => [{ object: virtualMachineId, aspect: 'state', value: 'running' }],
  scope: () => null,
  mayRepeat({ virtualMachineId }, fleet) {
    const state = fleet.virtualMachines[virtualMachineId]?.state;
    return state === 'paused' || state === 'incoming';
  },
});

const sendMemory = defineStep({
  schema: sendSchema,
  targets: (step) => ({ machines: [step.virtualMachineId], hosts: [step.destinationHostId] }),
  words: (step, fleet) =>
    `Copy ${step.rest ? 'what is left of the memory' : 'the memory'} of ${machineTitle(fleet, step.virtualMachineId)} to ${hostTitle(fleet, step.destinationHostId)}`,
  command: null,
  commandLines: (step, { fleet }) => [
    step.rest
      ? monitorLine(step, 'migrate_continue pre-switchover')
      : monitorLine(step, `migrate tcp:${hostTitle(fleet, step.destinationHostId)}:4444`),
  ],
  blockers: ({ virtualMachineId }, fleet) => missingMachine(fleet, virtualMachineId),
  // The model knows that it is there, and nothing of what is in it.
  predict: ({ virtualMachineId, destinationHostId }, fleet) =>
    withMachine(fleet, virtualMachineIdOf(destinationHostId, machineParts(virtualMachineId).name), {
      memoryArrived: true,
    }),
  effect: () => ({ holds: true, readBack: 'Source and destination agree on the checksum' }),
  // The source keeps everything; the receiving side is destroyed by the inverses of other steps.
  inverse: (): never[] => [],
  sets: () => [],
  scope: () => null,
  downtime: () => 'memory',
});

const destroy = defineStep({
  schema: destroySchema,
  targets: ({ virtualMachineId }) => ({ machines: [virtualMachineId] }),
  words: ({ virtualMachineId }, fleet) => `Remove the stopped ${machineTitle(fleet, virtualMachineId)}`,
  command: null,
  commandLines: ({ virtualMachineId }) => [virshLine('destroy', virtualMachineId)],
  blockers: ({ virtualMachineId }, fleet) => missingMachine(fleet, virtualMachineId),
  predict({ virtualMachineId }, fleet) {
    const devices = fleet.virtualMachines[virtualMachineId]?.deviceIds ?? [];
    const freed = devices.reduce(
      (next, device) => withSecondary(next, device, { virtualMachineId: null }),
      fleet,
    );
    return { ...freed, virtualMachines: tableWithout(freed.virtualMachines, virtualMachineId) };
  },
  effect({ virtualMachineId }, fleet) {
    const gone = fleet.virtualMachines[virtualMachineId] === undefined;
    return { holds: gone, readBack: gone ? 'It is gone' : 'It is still there' };
  },
  inverse: (): never[] | null => null,
  sets: ({ virtualMachineId }) => [{ object: virtualMachineId, aspect: 'existence', value: false }],
  scope: () => null,
});

export const machineSteps = {
  'vm-attach-device': attach,
  'vm-detach-device': detach,
  'vm-create-incoming': createIncoming,
  'vm-pause': pause,
  'vm-resume': resume,
  'vm-send-memory': sendMemory,
  'vm-destroy': destroy,
};

export function missingMachine(fleet: Fleet, virtualMachineId: string): string[] {
  return fleet.virtualMachines[virtualMachineId] === undefined
    ? [`The virtual machine ${virtualMachineId} no longer exists.`]
    : [];
}

/** Only of one that waits for its memory is it said whether that is there. */
function inState(fleet: Fleet, id: string, state: 'running' | 'paused'): Fleet {
  const machine = fleet.virtualMachines[id];
  if (machine === undefined) return fleet;
  const { memoryArrived: _, ...known } = machine;
  const next: VirtualMachine = { ...known, state };
  return { ...fleet, virtualMachines: tableWith(fleet.virtualMachines, { [id]: next }) };
}

function handedOver(fleet: Fleet, step: Attach | Detach, attached: boolean): Fleet {
  const { virtualMachineId, controllerId } = step;
  const before = fleet.virtualMachines[virtualMachineId]?.deviceIds ?? [];
  const others = before.filter((device) => device !== controllerId);
  const next = withMachine(fleet, virtualMachineId, {
    deviceIds: attached ? [...others, controllerId] : others,
  });
  return withSecondary(next, controllerId, { virtualMachineId: attached ? virtualMachineId : null });
}

function ownerEffect(fleet: Fleet, step: Attach | Detach, wanted: boolean): StepEffect {
  const machine = fleet.virtualMachines[step.virtualMachineId];
  const has = machine?.deviceIds.includes(step.controllerId) ?? false;
  return {
    // A virtual machine that is gone has nothing any more.
    holds: has === wanted,
    readBack: `${machine?.name ?? 'The virtual machine'} ${has ? 'has' : 'does not have'} it`,
  };
}

function stateEffect(fleet: Fleet, virtualMachineId: string, state: VirtualMachine['state']): StepEffect {
  const machine = fleet.virtualMachines[virtualMachineId];
  return {
    holds: machine?.state === state,
    readBack: machine === undefined ? 'It does not exist' : `It is ${machine.state}`,
  };
}

function virshLine(command: string, virtualMachineId: string): string {
  return `virsh ${command} ${shellQuoted(machineParts(virtualMachineId).name)}`;
}

export function monitorLine(
  { virtualMachineId }: { readonly virtualMachineId: string },
  command: string,
): string {
  return `${virshLine('qemu-monitor-command', virtualMachineId)} --hmp '${command}'`;
}

/** How QEMU's vfio-pci names the function: by PCI address, or by the folder of a provisioned one. */
function placeOf(fleet: Fleet, controllerId: string): string {
  const controller = fleet.controllers[controllerId];
  if (controller === undefined) return '';
  if (controller.role !== 'secondary' || controller.functionKind === 'vf')
    return `host=${controller.pciAddress ?? ''}`;
  const parent = findPrimary(fleet, controller.primaryId)?.pciAddress ?? '';
  return `sysfsdev=/sys/bus/pci/devices/${controller.assignableDevice ?? `${parent}/UUID`}`;
}

/**
 * The name under which QEMU's monitor has the device, so that it can be taken away again. A letter first, then letters,
 * digits, `-`, `.` and `_` (QEMU, qapi naming of ids).
 */
function deviceIdOf(fleet: Fleet, controllerId: string): string {
  const controller: Controller | undefined = fleet.controllers[controllerId];
  const name = controller?.pciAddress ?? `cntlid-${controller?.cntlid ?? 0}`;
  return `nvme-${name.replace(/[^A-Za-z0-9._-]/g, '-')}`;
}
