import {
  getControllerDataQueueFeature,
  getFeatures,
  featureIdentifiers as ids,
  interruptVectorConfiguration,
  setControllerDataQueueFeature,
  setFeatures,
  temperatureThreshold,
} from '#shared/nvme/commands/features.ts';
import { namedValueTitle } from '#shared/nvme/commands/named-value.ts';
import type { Refusal } from '../../refusal.ts';
import { hasFeature, temperatureSensors } from '../commands/features/feature-table.ts';
import { shownResources } from '../controller/exposed-answers.ts';
import { shownTemplate } from '../controller/shown-identity.ts';
import { isPrimary } from '../state/controller.ts';
import { namespaceUnknown } from './namespace-refusals.ts';
import { change, controllerName, hex, listed, type RefusedCommand } from './refused-command.ts';

const powerStatesOffset = 263;

/** Why Get Features or Set Features was refused. */
export function featureRefusal(refused: RefusedCommand): Refusal | null {
  const { controller, command, status, host } = refused;
  const who = controllerName(host, controller);
  const isSet = command.opcode === setFeatures.opcode;
  const { fid, cdw11 } = isSet ? setFeatures.decode(command) : getFeatures.decode(command);
  const title = namedValueTitle(ids, fid);
  const feature = `feature ${hex(fid)}${title === undefined ? '' : ` (${title})`}`;
  switch (status) {
    case 'invalidNamespace':
      return namespaceUnknown(refused);
    case 'featureNotSaveable':
      return change(`${who} saves no value of ${feature}; --save was given`, 'Leave --save out');
    case 'featureNotChangeable':
      return change(
        `${who} keeps ${feature} as it is`,
        'Leave it; nvme get-feature --sel=3 says what can be changed',
      );
    case 'featureNotNamespaceSpecific':
      return change(
        `${feature} of ${who} is not that of a namespace, and namespace ${command.nsid >>> 0} was named`,
        'Leave --namespace-id out',
      );
    case 'commandSequenceError': {
      const { submissionQueues, completionQueues } = controller.live;
      return change(
        `${who} has ${submissionQueues.size} I/O submission and ${completionQueues.size} completion queues, and their number is set before the first`,
        'Leave it to the driver, which asks right after a reset (nvme reset)',
      );
    }
    case 'invalidControllerDataQueue':
      return noDataQueue(refused, isSet);
    default:
  }
  if (!hasFeature(controller, fid))
    return change(
      `${who} does not have ${feature}`,
      'Do without it; nvme get-feature --sel=3 reports on those that it has',
    );
  const sel = isSet ? 0 : getFeatures.decode(command).sel;
  if (sel > 3) return change(`SEL ${sel} is reserved; ${who} knows 0 to 3`, 'Give --sel=0 to 3');
  switch (fid) {
    case ids.temperatureThreshold.value: {
      const { tmpsel, thsel } = temperatureThreshold.decode(cdw11);
      return change(
        `${who} has temperature sensors 0 to ${temperatureSensors(controller)}; TMPSEL ${tmpsel}, THSEL ${thsel} was asked for`,
        'Give a sensor that it has in bits 19:16, and 0 (over) or 1 (under) in bits 21:20',
      );
    }
    case ids.powerManagement.value:
      return change(
        `${who} has power states 0 to ${shownTemplate(controller)[powerStatesOffset] ?? 0} (NPSS); ${cdw11 & 0x1f} was asked for`,
        'Give a power state that nvme id-ctrl lists',
      );
    case ids.interruptVectorConfiguration.value: {
      const { iv } = interruptVectorConfiguration.decode(cdw11);
      return change(
        `${who} has ${shownResources(controller).interruptVectors} interrupt vectors; vector ${iv} was named`,
        'Give a smaller vector, or assign it more VI',
      );
    }
    case ids.errorRecovery.value:
      return namespaceUnknown(refused);
    case ids.numberOfQueues.value:
      return change(`FFFFh queues were asked of ${who}`, 'Give a number below FFFFh, 0 being one queue');
    case ids.hostIdentifier.value:
      return change(
        `The host identifier of ${who} has ${cdw11 & 1 ? 16 : 8} bytes (EXHID is ${cdw11 & 1}), and ${command.data?.length ?? command.readLength} came`,
        'Give as many bytes as EXHID says: 8 or 16',
      );
    case ids.timestamp.value:
      return change(
        `A timestamp for ${who} has 8 bytes, and ${command.data?.length ?? 0} came`,
        'Give 8 bytes: milliseconds since 1970 in the first 6',
      );
    case ids.controllerDataQueue.value:
      return dataQueueValue(refused, isSet);
    default:
      return null;
  }
}

function noDataQueue({ controller, command, host }: RefusedCommand, isSet: boolean): Refusal {
  const form = isSet ? setControllerDataQueueFeature : getControllerDataQueueFeature;
  const { cdqid } = form.decode(command);
  const known = isPrimary(controller) ? [...controller.part.tracking.queues.keys()] : [];
  return change(
    `${controllerName(host, controller)} has no data queue ${cdqid}; its queues: ${listed(known)}`,
    'Give the identifier that create-cdq answered',
  );
}

function dataQueueValue({ controller, command, host }: RefusedCommand, isSet: boolean): Refusal | null {
  const who = controllerName(host, controller);
  if (!isPrimary(controller)) return null;
  if (!isSet)
    return change(
      `The answer of ${who} has 512 bytes, and there is memory for ${command.readLength}`,
      'Give --data-len=512',
    );
  const { cdqid, hp, etpt, tpt } = setControllerDataQueueFeature.decode(command);
  const queue = controller.part.tracking.queues.get(cdqid);
  if (queue === undefined) return null;
  return change(
    `Data queue ${cdqid} of ${who} has ${queue.slots} slots, ${queue.posted} entries from slot ${queue.head} on; head ${hp}${etpt ? ` and trigger ${tpt}` : ''} was given`,
    `Give a head that entries were read up to, and a trigger below ${queue.slots}`,
  );
}
