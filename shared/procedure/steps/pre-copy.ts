import { z } from 'zod';
import { hostTitle } from '../../fleet/selectors.ts';
import { preCopyOptionsSchema } from '../../migration/pre-copy/options.ts';
import { copiedDeviceSchema } from '../../migration/user-data/copied-namespaces.ts';
import { defineStep } from '../step-definition.ts';
import { id } from './fields.ts';
import { missingMachine, monitorLine } from './machine.ts';
import { withMachine } from './predictions.ts';
import type { FunctionLevelReset } from './resets.ts';
import { machineTitle } from './titles.ts';
import type { VfioSetState } from './vfio/vfio.ts';

/** Copying a guest's memory and its devices' early state while it goes on. */

const trackSchema = z.object({
  kind: z.literal('vm-track-memory'),
  virtualMachineId: id,
  tracking: z.boolean(),
});
const preCopySchema = z.object({
  kind: z.literal('vm-pre-copy'),
  virtualMachineId: id,
  destinationHostId: id,
  /** Devices that have early state (VFIO PRE_COPY); the others only stop. */
  earlyState: z.array(z.object({ sourceId: id, destinationId: id })),
  /** Devices of which user data is copied too; left out: none. */
  userData: z.array(copiedDeviceSchema).max(64).optional(),
  /** VQ resources of every device: the forecast of the downtime needs them. */
  queues: z.array(z.number().int().min(0)),
  downtimeBudgetMilliseconds: z.number().int().min(1),
  options: preCopyOptionsSchema,
});

type Track = z.infer<typeof trackSchema>;

const track = defineStep({
  schema: trackSchema,
  targets: ({ virtualMachineId }) => ({ machines: [virtualMachineId] }),
  words: ({ virtualMachineId, tracking }, fleet) =>
    tracking
      ? `Note which memory ${machineTitle(fleet, virtualMachineId)} and its devices write to`
      : `Stop noting which memory ${machineTitle(fleet, virtualMachineId)} writes to`,
  command: null,
  // QEMU does both by itself when a migration begins and ends.
  commandLines: () => [],
  blockers: ({ virtualMachineId }, fleet) => missingMachine(fleet, virtualMachineId),
  predict: ({ virtualMachineId, tracking }, fleet) =>
    withMachine(fleet, virtualMachineId, { tracksMemory: tracking, throttlePercent: 0 }),
  effect({ virtualMachineId, tracking }, fleet) {
    const machine = fleet.virtualMachines[virtualMachineId];
    // What is gone has no log any more.
    const tracks = machine?.tracksMemory ?? false;
    const throttlePercent = machine?.throttlePercent ?? 0;
    const isSlowed = !tracks && throttlePercent > 0;
    const noted = tracks ? 'What it writes is noted' : 'Nothing of what it writes is noted';
    return {
      // A guest that is not migrated has all of its time.
      holds: tracks === tracking && !isSlowed,
      readBack: isSlowed
        ? `${noted}, but its processors do not get ${throttlePercent} % of their time`
        : noted,
    };
  },
  inverse: ({ virtualMachineId, tracking }): Track[] => [
    { kind: 'vm-track-memory', virtualMachineId, tracking: !tracking },
  ],
  sets: ({ virtualMachineId, tracking }) => [
    { object: virtualMachineId, aspect: 'memory tracking', value: tracking },
  ],
  scope: () => null,
  // The processors' log and one for each device.
  hasParts: true,
});

const preCopy = defineStep({
  schema: preCopySchema,
  targets: ({ virtualMachineId, destinationHostId, earlyState }) => ({
    machines: [virtualMachineId],
    hosts: [destinationHostId],
    controllers: earlyState.flatMap(({ sourceId, destinationId }) => [sourceId, destinationId]),
  }),
  words: ({ virtualMachineId, destinationHostId, userData }, fleet) =>
    `Copy the memory${userData === undefined ? '' : ' and the user data'} of ${machineTitle(fleet, virtualMachineId)} to ${hostTitle(fleet, destinationHostId)} while the guest goes on`,
  command: null,
  commandLines: (step, { fleet }) => [
    monitorLine(step, `migrate_set_parameter downtime-limit ${step.downtimeBudgetMilliseconds}`),
    monitorLine(step, 'migrate_set_capability pause-before-switchover on'),
    monitorLine(step, `migrate -d tcp:${hostTitle(fleet, step.destinationHostId)}:4444`),
  ],
  blockers: ({ virtualMachineId }, fleet) => missingMachine(fleet, virtualMachineId),
  // The model knows nothing of what is in the memory.
  predict: (_, fleet) => fleet,
  effect: () => ({ holds: true, readBack: 'What is left is short enough' }),
  // The source keeps everything; the destination is removed by the inverse of its creation.
  inverse: (): (VfioSetState | FunctionLevelReset)[] => [],
  sets: () => [],
  scope: () => null,
  // Early state that was read once cannot be read again, and part of it may not have arrived: both sides begin anew.
  beforeRepeat: ({ earlyState }) =>
    earlyState.flatMap(({ sourceId, destinationId }): (VfioSetState | FunctionLevelReset)[] => [
      { kind: 'vfio-set-state', controllerId: sourceId, state: 'RUNNING' },
      { kind: 'vfio-set-state', controllerId: sourceId, state: 'PRE_COPY' },
      { kind: 'function-level-reset', controllerId: destinationId },
      { kind: 'vfio-set-state', controllerId: destinationId, state: 'RESUMING' },
    ]),
});

export const preCopySteps = { 'vm-track-memory': track, 'vm-pre-copy': preCopy };
