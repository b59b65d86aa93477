import { z } from 'zod';
import type { Fleet } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary, hostTitle } from '../../fleet/selectors.ts';
import { copiedBytes, copiedDeviceSchema } from '../../migration/user-data/copied-namespaces.ts';
import {
  createControllerDataQueue,
  deleteControllerDataQueue,
} from '../../nvme/commands/migration/controller-data-queue.ts';
import { logUserDataChanges, trackActions } from '../../nvme/commands/migration/track-send.ts';
import { commandLine } from '../../nvme/commands/table.ts';
import { userDataMigrationEntryLength } from '../../nvme/layouts/tracking/user-data-migration-entry.ts';
import { defineStep } from '../step-definition.ts';
import { onSecondary } from './conditions.ts';
import { id } from './fields.ts';
import { missingMachine } from './machine.ts';
import { withController } from './predictions.ts';
import { devicePath } from './shell.ts';
import { fullTitleOf, machineTitle } from './titles.ts';

/**
 * User data that moves with its guest (NVMe Base 2.1, 8.1.12): a log of what the guest changes, in a Controller Data Queue of
 * the controlling function, and what is left when it stands still.
 */

const logSchema = z.object({
  kind: z.literal('user-data-log'),
  /** The source secondary. */
  controllerId: id,
  /** Entries of its queue. */
  slots: z.number().int().min(2).max(0x10_0000),
  logging: z.boolean(),
});
const sendSchema = z.object({
  kind: z.literal('user-data-send'),
  virtualMachineId: id,
  destinationHostId: id,
  devices: z.array(copiedDeviceSchema).min(1).max(64),
  /** Most of it was copied while the guest went on: only the rest is left. Left out: all of it is. */
  rest: z.literal(true).optional(),
  downtimeBudgetMilliseconds: z.number().int().min(1),
});

type Log = z.infer<typeof logSchema>;

const log = defineStep({
  schema: logSchema,
  targets: ({ controllerId }) => ({ controllers: [controllerId] }),
  words: ({ controllerId, slots, logging }, fleet) =>
    logging
      ? `Log which user data ${fullTitleOf(fleet, controllerId)} changes, in a queue of ${slots} entries`
      : `Stop the log of user data that ${fullTitleOf(fleet, controllerId)} changes, and delete its queue`,
  command: null,
  commandLines: ({ controllerId, slots, logging }, { fleet, nvmeCli }) => {
    const secondary = findSecondary(fleet, controllerId);
    const device = devicePath(secondary && findPrimary(fleet, secondary.primaryId));
    const cntlid = secondary?.cntlid ?? 0;
    const size = (slots * userDataMigrationEntryLength) / 4;
    const action = trackActions[logging ? 'start' : 'stop'].value;
    const track = logUserDataChanges.encode({ action, cdqid: someQueue });
    const commands = logging
      ? [createControllerDataQueue.encode({ qt: 0, cntlid, pc: true, size }), track]
      : [track, deleteControllerDataQueue.encode({ cdqid: someQueue })];
    return commands.map((command) => commandLine(command, device, {}, nvmeCli));
  },
  blockers: ({ controllerId, logging }, fleet) =>
    onSecondary(fleet, controllerId, (secondary, primary) => {
      const { userDataTracking } = primary;
      if (!logging) return [];
      if (!userDataTracking.available) return [userDataTracking.reason];
      if (secondary.userDataQueue === true)
        return [
          `${controllerTitle(secondary)} already has a user data migration queue, which another program reads.`,
        ];
      return secondary.online ? [] : [`${controllerTitle(secondary)} is offline, so it changes nothing.`];
    }),
  predict({ controllerId, logging }, fleet) {
    const secondary = findSecondary(fleet, controllerId);
    if (secondary === undefined) return fleet;
    const { userDataQueue: _, ...others } = secondary;
    return withController(fleet, logging ? { ...others, userDataQueue: true } : others);
  },
  effect({ controllerId, logging }, fleet) {
    const logs = findSecondary(fleet, controllerId)?.userDataQueue === true;
    return { holds: logs === logging, readBack: logs ? 'Its queue is there' : 'It has no queue' };
  },
  inverse: (step): Log[] => [{ ...step, logging: !step.logging }],
  sets: ({ controllerId, logging }) => [{ object: controllerId, aspect: 'user data queue', value: logging }],
  scope: () => null,
  // The queue, and the log in it.
  hasParts: true,
});

/** The device says the identifier of a queue only when it makes it; it makes the first one as 1. */
const someQueue = 1;

const send = defineStep({
  schema: sendSchema,
  targets: ({ virtualMachineId, destinationHostId, devices }) => ({
    machines: [virtualMachineId],
    hosts: [destinationHostId],
    controllers: devices.flatMap(({ sourceId, destinationId }) => [sourceId, destinationId]),
  }),
  words: ({ virtualMachineId, destinationHostId, rest }, fleet) =>
    `Copy ${rest ? 'what is left of the user data' : 'the user data'} of ${machineTitle(fleet, virtualMachineId)} to ${hostTitle(fleet, destinationHostId)}, and compare both sides`,
  command: null,
  commandLines: ({ destinationHostId, devices, rest }, { fleet }) =>
    devices.flatMap(({ sourceId, destinationId, namespaces }) =>
      namespaces.map(({ source, destination, blockSize }) => {
        const to = blockDevice(fleet, destinationId, destination);
        const from = blockDevice(fleet, sourceId, source);
        const host = hostTitle(fleet, destinationHostId);
        return rest
          ? `# each range of the log: dd if=${from} bs=${blockSize} skip=SLBA count=BLOCKS | ssh ${host} dd of=${to} bs=${blockSize} seek=SLBA conv=notrunc`
          : `dd if=${from} bs=${blockSize} | ssh ${host} dd of=${to} bs=${blockSize}`;
      }),
    ),
  blockers: ({ virtualMachineId }, fleet) => missingMachine(fleet, virtualMachineId),
  // The model knows nothing of what namespaces hold.
  predict: (_, fleet) => fleet,
  effect: ({ devices }) => ({
    holds: true,
    readBack: `Source and destination agree on ${copiedBytes(devices)} bytes of user data`,
  }),
  // The source keeps everything; what is at the destination belongs to nobody yet.
  inverse: (): never[] => [],
  sets: () => [],
  scope: () => null,
  downtime: () => 'user data',
});

export const userDataSteps = { 'user-data-log': log, 'user-data-send': send };

/** As Linux names a namespace of a controller. */
function blockDevice(fleet: Fleet, secondaryId: string, nsid: number): string {
  const secondary = findSecondary(fleet, secondaryId);
  return `${devicePath(secondary && findPrimary(fleet, secondary.primaryId))}n${nsid}`;
}
