import { hexadecimal } from '../../hexadecimal.ts';
import { dwordCodec } from '../dword-codec.ts';
import { nvmeCliLine } from '../nvme-cli/nvme-cli-line.ts';
import { bits, commandCodec, flag, nsid, whole } from './command-codec.ts';
import { defineCommand } from './define-command.ts';
import { type NamedValue, paddedHexadecimal, selected } from './named-value.ts';
import { namespaceOption, namespaceWords, unlessZero } from './option-text.ts';

/** Feature identifiers, Set and Get Features CDW10 7:0 (NVMe Base 2.1, 5.1.25). */
export const featureIdentifiers = {
  arbitration: { value: 0x01, title: 'Arbitration' },
  powerManagement: { value: 0x02, title: 'Power Management' },
  lbaRangeType: { value: 0x03, title: 'LBA Range Type' },
  temperatureThreshold: { value: 0x04, title: 'Temperature Threshold' },
  errorRecovery: { value: 0x05, title: 'Error Recovery' },
  volatileWriteCache: { value: 0x06, title: 'Volatile Write Cache' },
  numberOfQueues: { value: 0x07, title: 'Number of Queues' },
  interruptCoalescing: { value: 0x08, title: 'Interrupt Coalescing' },
  interruptVectorConfiguration: { value: 0x09, title: 'Interrupt Vector Configuration' },
  writeAtomicityNormal: { value: 0x0a, title: 'Write Atomicity Normal' },
  asynchronousEventConfiguration: { value: 0x0b, title: 'Asynchronous Event Configuration' },
  autonomousPowerStateTransition: { value: 0x0c, title: 'Autonomous Power State Transition' },
  hostMemoryBuffer: { value: 0x0d, title: 'Host Memory Buffer' },
  timestamp: { value: 0x0e, title: 'Timestamp' },
  keepAliveTimer: { value: 0x0f, title: 'Keep Alive Timer' },
  hostControlledThermalManagement: { value: 0x10, title: 'Host Controlled Thermal Management' },
  nonOperationalPowerState: { value: 0x11, title: 'Non-Operational Power State Config' },
  controllerDataQueue: { value: 0x21, title: 'Controller Data Queue' },
  softwareProgressMarker: { value: 0x80, title: 'Software Progress Marker' },
  hostIdentifier: { value: 0x81, title: 'Host Identifier' },
  reservationNotificationMask: { value: 0x82, title: 'Reservation Notification Mask' },
  reservationPersistence: { value: 0x83, title: 'Reservation Persistence' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Number of Queues (NVMe Base 2.1, 5.1.25.1.7), in Set Features CDW11: how many are wished, each 0's based. */
export const numberOfQueuesWished = dwordCodec({
  /** Number of I/O Submission Queues Requested. */
  nsqr: [15, 0],
  /** Number of I/O Completion Queues Requested. */
  ncqr: [31, 16],
});

/** Number of Queues, in completion dword 0: how many there are, each 0's based. */
export const numberOfQueuesAllocated = dwordCodec({
  /** Number of I/O Submission Queues Allocated. */
  nsqa: [15, 0],
  /** Number of I/O Completion Queues Allocated. */
  ncqa: [31, 16],
});

/** Temperature Threshold (NVMe Base 2.1, 5.1.25.1.3), in CDW11 and in completion dword 0. */
export const temperatureThreshold = dwordCodec({
  /** Temperature Threshold, kelvins. */
  tmpth: [15, 0],
  /** Threshold Temperature Select: 0 composite, 1 to 8 a sensor, Fh all (Set Features only). */
  tmpsel: [19, 16],
  /** Threshold Type Select: 0 over, 1 under. */
  thsel: [21, 20],
});

/** Interrupt Vector Configuration (NVMe Base 2.1, 5.1.25.1.9), in CDW11 and in completion dword 0. */
export const interruptVectorConfiguration = dwordCodec({
  /** Interrupt Vector. */
  iv: [15, 0],
  /** Coalescing Disable. */
  cd: [16],
});

/** Get Features, Controller Data Queue, completion dword 0 (NVMe Base 2.1, 5.1.25.1.23). */
export const controllerDataQueueAttributes = dwordCodec({
  cdqid: [15, 0],
  /** Enable Tail Pointer Trigger. */
  etpt: [31],
});

/** Get Features, CDW10 10:8: which of the values (NVMe Base 2.1, 5.1.11). */
export const featureSelectors = {
  current: { value: 0, title: 'current' },
  default: { value: 1, title: 'default' },
  saved: { value: 2, title: 'saved' },
  supportedCapabilities: { value: 3, title: 'supported capabilities' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Get Features (NVMe Base 2.1, 5.1.11). CDW11 means something else for every feature. */
export const getFeatures = defineCommand({
  opcode: 0x0a,
  name: 'Get Features',
  clause: 'NVMe Base 2.1, 5.1.11',
  fields: {
    nsid,
    fid: bits('cdw10', 7, 0),
    sel: bits('cdw10', 10, 8),
    cdw11: whole('cdw11'),
    uidx: bits('cdw14', 6, 0),
  },
  words: ({ fid, sel }, command) => {
    const which = Object.values(featureSelectors).find(({ value }) => value === sel)?.title ?? `SEL ${sel}`;
    return [selected(featureIdentifiers, fid, 'FID'), `${which}${namespaceWords(command)}`];
  },
  line: ({ fid, sel, cdw11, uidx, nsid: of }) =>
    uidx !== 0 || fid === 0
      ? undefined
      : nvmeCliLine('get-feature', {
          'feature-id': hexadecimal(fid),
          sel: unlessZero(sel),
          // nvme-cli asks for the extended host identifier unless it is told otherwise.
          cdw11:
            cdw11 === 0 && fid !== featureIdentifiers.hostIdentifier.value ? undefined : hexadecimal(cdw11),
          'namespace-id': namespaceOption({ nsid: of }),
        }),
});

const setFields = {
  nsid,
  fid: bits('cdw10', 7, 0),
  /** Save: the value outlives resets. */
  sv: flag('cdw10', 31),
  uidx: bits('cdw14', 6, 0),
};

/** Set Features (NVMe Base 2.1, 5.1.25). CDW11 to CDW13 mean something else for every feature. */
export const setFeatures = defineCommand({
  opcode: 0x09,
  name: 'Set Features',
  clause: 'NVMe Base 2.1, 5.1.25',
  fields: { ...setFields, cdw11: whole('cdw11'), cdw12: whole('cdw12'), cdw13: whole('cdw13') },
  words: ({ fid, cdw11, sv }, command) => [
    selected(featureIdentifiers, fid, 'FID'),
    `value ${paddedHexadecimal(cdw11, 8)}${sv ? ' saved' : ''}${namespaceWords(command)}`,
  ],
  line: ({ fid, sv, cdw11, cdw12, cdw13, uidx, nsid: of }, { data }) =>
    cdw12 !== 0 || cdw13 !== 0 || uidx !== 0 || fid === 0 || data !== undefined
      ? undefined
      : nvmeCliLine('set-feature', {
          'feature-id': hexadecimal(fid),
          value: hexadecimal(cdw11),
          save: sv || undefined,
          'namespace-id': namespaceOption({ nsid: of }),
        }),
});

/** Set Features, Controller Data Queue: the host has read up to HP (NVMe Base 2.1, 5.1.25.1.23). */
export const setControllerDataQueueFeature = commandCodec(
  setFeatures.opcode,
  {
    ...setFields,
    cdqid: bits('cdw11', 15, 0),
    /** Enable Tail Pointer Trigger: TPT counts. */
    etpt: flag('cdw11', 31),
    /** Head Pointer: the first slot that the host has not read. */
    hp: whole('cdw12'),
    /** Tail Pointer Trigger: the slot that raises the event. */
    tpt: whole('cdw13'),
  },
  { fid: featureIdentifiers.controllerDataQueue.value },
);

/** Get Features, Controller Data Queue (NVMe Base 2.1, 5.1.25.1.23). */
export const getControllerDataQueueFeature = commandCodec(
  getFeatures.opcode,
  {
    nsid,
    fid: bits('cdw10', 7, 0),
    sel: bits('cdw10', 10, 8),
    cdqid: bits('cdw11', 15, 0),
    uidx: bits('cdw14', 6, 0),
  },
  { fid: featureIdentifiers.controllerDataQueue.value },
);
