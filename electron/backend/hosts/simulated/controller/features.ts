import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { featureFields } from '#shared/nvme/command-fields.ts';
import { featureIdentifiers as ids } from '#shared/nvme/command-values.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { getQueueFeature, setQueueFeature } from '../tracking/queue-feature.ts';
import { isPrimary, type SimulatedController } from './controller.ts';
import { isFeatureHidden } from './exposed-answers.ts';
import { isHidden, shownTemplate } from './shown-identity.ts';

const select = { current: 0, defaultValue: 1, saved: 2, capabilities: 3 } as const;
/** Supported capabilities, bit 2: the value can be changed. */
const changeable = 4;
const powerStatesOffset = 263;
const nvmetQueues = 127;
/** Bits of Identify Controller without which a feature is not there: ONCS bit 6 and VWC bit 0. */
const featureBits: Readonly<Partial<Record<number, { readonly offset: number; readonly bit: number }>>> = {
  [ids.timestamp.value]: { offset: 520, bit: 6 },
  [ids.volatileWriteCache.value]: { offset: 525, bit: 0 },
};

const defaults: Readonly<Partial<Record<number, number>>> = {
  [ids.temperatureThreshold.value]: 0x0157,
  [ids.volatileWriteCache.value]: 1,
};

/** Get Features (NVMe Base 2.1, 5.1.11). */
export function getFeatures(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { fid, select: which, value } = featureFields(command);
  if (!isKnown(controller, fid) || which > select.capabilities) return completionOf('invalidField');
  if (which === select.capabilities) return completionOf('success', { dw0: changeable });
  if (fid === ids.controllerDataQueue.value && isPrimary(controller))
    return getQueueFeature(controller, command, which === select.current ? 'current' : 'default');
  if (fid === ids.interruptVectorConfiguration.value && value >= controller.interruptVectors)
    return completionOf('invalidField');
  if (fid === ids.numberOfQueues.value) return completionOf('success', { dw0: numberOfQueues(controller) });
  if (fid === ids.hostIdentifier.value) return hostIdentifier(controller, command, which);
  if (fid === ids.timestamp.value)
    return { ...completionOf('success'), data: new Uint8Array(Math.min(8, command.readLength)) };
  const stored = which === select.current ? controller.live.features.get(fid) : undefined;
  return completionOf('success', { dw0: stored ?? defaults[fid] ?? (fid === 9 ? value & 0xffff : 0) });
}

/** Set Features (NVMe Base 2.1, 5.1.25). Nothing is saveable. */
export function setFeatures(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { fid, save, value } = featureFields(command);
  if (!isKnown(controller, fid)) return completionOf('invalidField');
  if (save) return completionOf('featureNotSaveable');
  if (fid === ids.controllerDataQueue.value && isPrimary(controller))
    return setQueueFeature(controller, command);
  const { live } = controller;
  switch (fid) {
    case ids.numberOfQueues.value:
      // FFFFh queues cannot be asked for, and nothing may change once queues exist.
      if ((value & 0xffff) === 0xffff || value >>> 16 === 0xffff) return completionOf('invalidField');
      if (live.submissionQueues.size + live.completionQueues.size > 0)
        return completionOf('commandSequenceError');
      return completionOf('success', { dw0: numberOfQueues(controller) });
    case ids.hostIdentifier.value: {
      const length = value & 1 ? 16 : 8;
      if (command.data?.length !== length) return completionOf('invalidField');
      live.hostIdentifier = new Uint8Array(16);
      live.hostIdentifier.set(command.data);
      return completionOf('success');
    }
    case ids.powerManagement.value:
      if ((value & 0x1f) > (shownTemplate(controller)[powerStatesOffset] ?? 0))
        return completionOf('invalidField');
      break;
    case ids.interruptVectorConfiguration.value:
      if ((value & 0xffff) >= controller.interruptVectors) return completionOf('invalidField');
      break;
    case ids.timestamp.value:
      return completionOf(command.data?.length === 8 ? 'success' : 'invalidField');
    case ids.temperatureThreshold.value:
      // TMPSEL 0 is the only sensor; THSEL 1 (under temperature) is stored nowhere.
      if (((value >>> 16) & 0xf) !== 0 || ((value >>> 20) & 3) > 1) return completionOf('invalidField');
      if (((value >>> 20) & 3) === 1) return completionOf('success');
      break;
    default:
      break;
  }
  live.features.set(fid, value);
  return completionOf('success');
}

/** I/O submission and completion queues that it has, each 0's based (5.1.25.1.7). */
function numberOfQueues(controller: SimulatedController): number {
  const count =
    controller.subsystem.profile.name === 'linux-nvmet'
      ? nvmetQueues
      : Math.max(0, controller.ioQueuePairs - 1);
  return count * 0x10000 + count;
}

function hostIdentifier(
  controller: SimulatedController,
  command: AdminCommand,
  which: number,
): AdminCompletion {
  const length = command.cdw11 & 1 ? 16 : 8;
  if (command.readLength < length) return completionOf('invalidField');
  const stored = which === select.current ? controller.live.hostIdentifier : new Uint8Array(16);
  return { ...completionOf('success'), data: stored.slice(0, length) };
}

function isKnown(controller: SimulatedController, fid: number): boolean {
  const needed = featureBits[fid];
  if (needed !== undefined && isHidden(controller, needed.offset, needed.bit)) return false;
  if (isFeatureHidden(controller, fid)) return false;
  // Only a controlling function has Controller Data Queues.
  if (fid === ids.controllerDataQueue.value && !isPrimary(controller)) return false;
  return controller.subsystem.profile.features.includes(fid);
}
