import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import {
  getFeatures as getDefinition,
  featureIdentifiers as ids,
  interruptVectorConfiguration,
  numberOfQueuesAllocated,
  numberOfQueuesWished,
  featureSelectors as select,
  setFeatures as setDefinition,
  temperatureThreshold,
} from '#shared/nvme/commands/features.ts';
import { bitsOf } from '#shared/nvme/dword-codec.ts';
import { completionOf, type StatusName } from '#shared/nvme/status.ts';
import { shownResources } from '../../controller/exposed-answers.ts';
import { shownTemplate } from '../../controller/shown-identity.ts';
import { reportTemperature, thresholdOf } from '../../controller/temperature.ts';
import { isPrimary, type SimulatedController } from '../../state/controller.ts';
import { isValid } from '../identify/identify-namespaces.ts';
import {
  capabilitiesOf,
  featureSlot,
  hasFeature,
  isChangeable,
  isNamespaceSpecific,
  temperatureSensors,
  thresholdSelector,
} from './feature-table.ts';
import { getQueueFeature, setQueueFeature } from './queue-feature.ts';
import { getTimestamp, setTimestamp } from './timestamp-feature.ts';

const powerStatesOffset = 263;
const allNamespaces = 0xffffffff;
/** TMPSEL that names all sensors, in Set Features only. */
const allSensors = 0xf;

/** Get Features (NVMe Base 2.1, 5.1.11). What is saved is the default here, because nothing is saveable. */
export function getFeatures(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { fid, sel: which, cdw11: value } = getDefinition.decode(command);
  if (!hasFeature(controller, fid) || which > select.supportedCapabilities.value)
    return completionOf('invalidField');
  if (which === select.supportedCapabilities.value)
    return completionOf('success', { dw0: capabilitiesOf(controller, fid) });
  const isCurrent = which === select.current.value;
  const stored = (slot: number) => (isCurrent ? controller.live.features.get(slot) : undefined);
  switch (fid) {
    case ids.controllerDataQueue.value:
      return isPrimary(controller)
        ? getQueueFeature(controller, command, isCurrent ? 'current' : 'default')
        : completionOf('invalidField');
    case ids.numberOfQueues.value:
      return completionOf('success', { dw0: numberOfQueues(controller) });
    case ids.hostIdentifier.value:
      return hostIdentifier(controller, command, isCurrent);
    case ids.timestamp.value:
      return getTimestamp(controller, command, isCurrent);
    case ids.temperatureThreshold.value: {
      const { sensor, isUnder, isDefined } = thresholdFields(value);
      if (!isDefined || sensor > temperatureSensors(controller)) return completionOf('invalidField');
      const threshold = thresholdOf(controller, sensor, isUnder, isCurrent ? 'current' : 'default');
      const { tmpsel, thsel } = temperatureThreshold.decode(value);
      return completionOf('success', {
        dw0: temperatureThreshold.encode({ tmpth: threshold, tmpsel, thsel }),
      });
    }
    case ids.interruptVectorConfiguration.value: {
      const { iv: vector } = interruptVectorConfiguration.decode(value);
      if (vector >= shownResources(controller).interruptVectors) return completionOf('invalidField');
      // The vector of the admin queue never coalesces.
      const standard = interruptVectorConfiguration.encode({ iv: vector, cd: vector === 0 });
      return completionOf('success', { dw0: stored(featureSlot(fid, vector)) ?? standard });
    }
    case ids.errorRecovery.value: {
      const refused = refusedNamespace(controller, command.nsid >>> 0);
      return refused
        ? completionOf(refused)
        : completionOf('success', { dw0: stored(featureSlot(fid, command.nsid >>> 0)) ?? 0 });
    }
    default: {
      const standard = fid === ids.volatileWriteCache.value ? 1 : 0;
      return completionOf('success', { dw0: stored(fid) ?? standard });
    }
  }
}

/** Set Features (NVMe Base 2.1, 5.1.25). Nothing is saveable. */
export function setFeatures(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { fid, sv, cdw11: value } = setDefinition.decode(command);
  if (!hasFeature(controller, fid)) return completionOf('invalidField');
  if (sv) return completionOf('featureNotSaveable');
  const refused = refusedScope(controller, fid, command.nsid >>> 0);
  if (refused) return completionOf(refused);
  if (!isChangeable(controller, fid)) return completionOf('featureNotChangeable');
  const { features } = controller.live;
  switch (fid) {
    case ids.controllerDataQueue.value:
      return isPrimary(controller) ? setQueueFeature(controller, command) : completionOf('invalidField');
    case ids.numberOfQueues.value:
      return setNumberOfQueues(controller, value);
    case ids.hostIdentifier.value:
      return setHostIdentifier(controller, command, value);
    case ids.timestamp.value:
      return setTimestamp(controller, command);
    case ids.temperatureThreshold.value:
      return setThreshold(controller, value);
    case ids.powerManagement.value:
      if (bitsOf(value, 4, 0) > (shownTemplate(controller)[powerStatesOffset] ?? 0))
        return completionOf('invalidField');
      features.set(fid, value);
      return completionOf('success');
    case ids.interruptVectorConfiguration.value: {
      const { iv: vector } = interruptVectorConfiguration.decode(value);
      if (vector >= shownResources(controller).interruptVectors) return completionOf('invalidField');
      features.set(featureSlot(fid, vector), value);
      return completionOf('success');
    }
    case ids.errorRecovery.value:
      for (const nsid of namespacesMeant(controller, command.nsid >>> 0))
        features.set(featureSlot(fid, nsid), value);
      return completionOf('success');
    default:
      features.set(fid, value);
      // What was beyond its threshold before the host wanted to know is told now.
      if (fid === ids.asynchronousEventConfiguration.value) reportTemperature(controller);
      return completionOf('success');
  }
}

function setNumberOfQueues(controller: SimulatedController, value: number): AdminCompletion {
  const { submissionQueues, completionQueues } = controller.live;
  const { nsqr, ncqr } = numberOfQueuesWished.decode(value);
  // FFFFh queues cannot be asked for, and nothing may change once queues exist.
  if (nsqr === 0xffff || ncqr === 0xffff) return completionOf('invalidField');
  if (submissionQueues.size + completionQueues.size > 0) return completionOf('commandSequenceError');
  return completionOf('success', { dw0: numberOfQueues(controller) });
}

/** I/O submission and completion queues that it has, each 0's based (5.1.25.1.7). */
function numberOfQueues(controller: SimulatedController): number {
  const count =
    controller.subsystem.profile.announcedQueues ?? Math.max(0, shownResources(controller).ioQueuePairs - 1);
  return numberOfQueuesAllocated.encode({ nsqa: count, ncqa: count });
}

function setHostIdentifier(
  controller: SimulatedController,
  command: AdminCommand,
  value: number,
): AdminCompletion {
  if (command.data?.length !== (value & 1 ? 16 : 8)) return completionOf('invalidField');
  controller.live.hostIdentifier = new Uint8Array(16);
  controller.live.hostIdentifier.set(command.data);
  return completionOf('success');
}

function hostIdentifier(
  controller: SimulatedController,
  command: AdminCommand,
  isCurrent: boolean,
): AdminCompletion {
  const length = command.cdw11 & 1 ? 16 : 8;
  if (command.readLength < length) return completionOf('invalidField');
  const stored = isCurrent ? controller.live.hostIdentifier : new Uint8Array(16);
  return { ...completionOf('success'), data: stored.slice(0, length) };
}

/** Which threshold CDW11 means: THSEL above 1 is reserved. */
function thresholdFields(value: number) {
  const { tmpth: kelvin, tmpsel: sensor, thsel } = temperatureThreshold.decode(value);
  return { kelvin, sensor, isUnder: thsel === 1, isDefined: thsel <= 1 };
}

function setThreshold(controller: SimulatedController, value: number): AdminCompletion {
  const { kelvin, sensor, isUnder, isDefined } = thresholdFields(value);
  const most = temperatureSensors(controller);
  const sensors = sensor === allSensors ? Array.from({ length: most }, (_, index) => index + 1) : [sensor];
  if (!isDefined || sensors.length === 0 || sensors.some((each) => each > most))
    return completionOf('invalidField');
  const fid = ids.temperatureThreshold.value;
  for (const each of sensors)
    controller.live.features.set(featureSlot(fid, thresholdSelector(each, isUnder)), kelvin);
  reportTemperature(controller);
  return completionOf('success');
}

// What belongs to a namespace needs one, and what belongs to the controller takes none.
function refusedScope(controller: SimulatedController, fid: number, nsid: number): StatusName | undefined {
  if (isNamespaceSpecific(fid))
    return nsid === allNamespaces ? undefined : refusedNamespace(controller, nsid);
  if (nsid === 0 || nsid === allNamespaces) return undefined;
  return isValid(controller, nsid) ? 'featureNotNamespaceSpecific' : 'invalidNamespace';
}

function refusedNamespace(controller: SimulatedController, nsid: number): StatusName | undefined {
  if (!isValid(controller, nsid)) return 'invalidNamespace';
  const isAttached = controller.subsystem.namespaces.get(nsid)?.attachedTo.has(controller.cntlid);
  return isAttached ? undefined : 'invalidField';
}

function namespacesMeant(controller: SimulatedController, nsid: number): readonly number[] {
  return nsid === allNamespaces ? controller.subsystem.attachedTo(controller.cntlid) : [nsid];
}
