import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { userDataChanged } from '../../state/tracking-state.ts';
import { suspend } from '../migration-commands.ts';
import { run, type World } from '../test-kit.ts';
import {
  createQueue,
  deleteQueue,
  getQueue,
  logUserData,
  queueMemory,
  setQueue,
  trackMemory,
  trackReceive,
} from '../tracking-commands.ts';
import { after, type CoverageSection, device, operation, plainly, qemuDevice } from './scenario.ts';

type Limits = NonNullable<Parameters<typeof device>[0]>['trackingLimits'];

const limited = (trackingLimits: Limits) => () => device({ trackingLimits });
const memory = queueMemory(4);
const scattered = (pages: number) => createQueue(1, queueMemory(pages * 128), { contiguous: false });

/** A queue of controller 1 with identifier 1. */
const withQueue = (world: World) => run(world.controller(0), createQueue(1, queueMemory(4)));
const logging = (world: World) => {
  withQueue(world);
  run(world.controller(0), logUserData(1, 1));
};
/** More changes than the queue takes; nobody has read it. */
const full = (world: World) => {
  logging(world);
  for (let block = 0n; block < 4n; block++)
    userDataChanged(world.controller(1), { nsid: 2, slba: block, blocks: 1, deallocated: false });
};
const tracked = (world: World) => run(world.controller(0), trackMemory(1, [{ saddr: 0n, len: 4 }]));
const suspended = (world: World) => {
  withQueue(world);
  run(world.controller(0), suspend(1));
};

const absentHere = (opcode: number) =>
  [
    ['sent to a controlled function', 'invalidOpcode', plainly(1, adminCommand({ opcode, cdw11: 2 }))],
    [
      'the device tracks nothing (profile `qemu-7.2`)',
      'invalidOpcode',
      plainly(0, adminCommand({ opcode, cdw11: 1 }), qemuDevice),
    ],
    ['reserved selector', 'invalidField', plainly(0, adminCommand({ opcode, cdw10: 2, cdw11: 1 }))],
  ] as const;

export const controllerDataQueue: CoverageSection = {
  opcode: adminOpcodes.controllerDataQueue,
  clause: 'NVMe Base 2.1, 5.1.4 and 8.1.12',
  rows: [
    ...operation('any', absentHere(adminOpcodes.controllerDataQueue)),
    ...operation('Create', [
      ['reserved queue type', 'invalidField', plainly(0, createQueue(1, memory, { queueType: 1 }))],
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, createQueue(99, memory))],
      [
        'the controller that gets the command',
        'invalidControllerIdentifier',
        plainly(0, createQueue(0, memory)),
      ],
      ['secondary of another primary', 'invalidControllerIdentifier', plainly(0, createQueue(11, memory))],
      [
        'size is no multiple of the entry size',
        'invalidField',
        plainly(0, createQueue(1, memory, { size: 12 })),
      ],
      ['no room for one entry', 'invalidField', plainly(0, createQueue(1, queueMemory(1)))],
      ['PRP1 has an offset', 'prpOffsetInvalid', plainly(0, createQueue(1, queueMemory(4, 0x1010n)))],
      ['PRP entries above MCDQPC', 'invalidField', plainly(0, scattered(3), limited({ queuePages: 2 }))],
      ['ranges above MCMR', 'invalidField', plainly(0, scattered(3), limited({ queueRanges: 2 }))],
      [
        'ranges of the NVM subsystem above NMCMR',
        'invalidField',
        after(
          ({ controller }) => run(controller(10), createQueue(11, queueMemory(4))),
          0,
          scattered(3),
          limited({ subsystemQueueRanges: 3 }),
        ),
      ],
      ['second queue of the same controller', 'invalidField', after(withQueue, 0, createQueue(1, memory))],
      [
        'queues of this controller reach MCUDMQ',
        'notEnoughResources',
        after(withQueue, 0, createQueue(2, memory), limited({ controllerQueues: 1 })),
      ],
      [
        'queues of the NVM subsystem reach MNSUDMQ',
        'notEnoughResources',
        after(
          ({ controller }) => run(controller(10), createQueue(11, queueMemory(4))),
          0,
          createQueue(1, memory),
          limited({ subsystemQueues: 1 }),
        ),
      ],
      [
        'the same, reading `queueLimitStatus: invalidField`',
        'invalidField',
        after(withQueue, 0, createQueue(2, memory), () =>
          device({ readings: { queueLimitStatus: 'invalidField' }, trackingLimits: { controllerQueues: 1 } }),
        ),
      ],
      ['answers CDQID', 'success', () => ({ ...after(withQueue, 0, createQueue(2, memory))(), dw0: 2 })],
    ]),
    ...operation('Delete', [
      ['no such CDQID', 'invalidControllerDataQueue', plainly(0, deleteQueue(1))],
      [
        'CDQID of another controller',
        'invalidControllerDataQueue',
        after(({ controller }) => run(controller(10), createQueue(11, queueMemory(4))), 0, deleteQueue(1)),
      ],
    ]),
  ],
  absent: [
    {
      operation: 'Create',
      condition: 'the queue lies in a Controller Memory Buffer or Persistent Memory Region',
      status: 'invalidField',
      reason: 'The simulated drive has neither (CAP.CMBS and CAP.PMRS are 0), so no address lies in one.',
    },
  ],
};

export const trackSend: CoverageSection = {
  opcode: adminOpcodes.trackSend,
  clause: 'NVMe Base 2.1, 5.1.27',
  rows: [
    ...operation('any', absentHere(adminOpcodes.trackSend)),
    ...operation('Log User Data Changes', [
      ['no such CDQID', 'invalidControllerDataQueue', plainly(0, logUserData(1, 1))],
      [
        'a controller logs for that target already',
        'invalidControllerDataQueue',
        after(logging, 0, logUserData(1, 1)),
      ],
      ['reserved action', 'invalidField', after(withQueue, 0, logUserData(1, 2))],
      ['target is suspended, start', 'controllerSuspended', after(suspended, 0, logUserData(1, 1))],
      ['target is suspended, stop', 'controllerSuspended', after(suspended, 0, logUserData(1, 0))],
      ['the queue is full', 'controllerDataQueueFull', after(full, 0, logUserData(1, 1))],
      ['stop of a log that does not run', 'success', after(withQueue, 0, logUserData(1, 0))],
    ]),
    ...operation('Track Memory Changes', [
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, trackMemory(99, [{ saddr: 0n, len: 4 }]))],
      [
        'the controller that gets the command',
        'invalidControllerIdentifier',
        plainly(0, trackMemory(0, [{ saddr: 0n, len: 4 }])),
      ],
      [
        'tracked already',
        'invalidControllerIdentifier',
        after(tracked, 0, trackMemory(1, [{ saddr: 0n, len: 4 }])),
      ],
      [
        'VER of the data is not 0',
        'invalidField',
        plainly(0, trackMemory(1, [{ saddr: 0n, len: 4 }], { version: 1 })),
      ],
      [
        'RMRTG below MINMRTG',
        'invalidField',
        plainly(0, trackMemory(1, [{ saddr: 0n, len: 4 }]), limited({ finest: 1 })),
      ],
      [
        'RMRTG above MAXMRTG',
        'invalidField',
        plainly(0, trackMemory(1, [{ saddr: 0n, len: 4 }], { rmrtg: 10 })),
      ],
      [
        'descriptors of this controller above CMMRTD',
        'invalidField',
        after(tracked, 0, trackMemory(2, [{ saddr: 0n, len: 4 }]), limited({ controllerRanges: 1 })),
      ],
      [
        'descriptors of the NVM subsystem above NMMRTD',
        'invalidField',
        after(
          ({ controller }) => run(controller(10), trackMemory(11, [{ saddr: 0n, len: 4 }])),
          0,
          trackMemory(1, [{ saddr: 0n, len: 4 }]),
          limited({ subsystemRanges: 1 }),
        ),
      ],
      [
        'MRTLL is set, length is no power of two',
        'invalidField',
        plainly(0, trackMemory(1, [{ saddr: 0n, len: 3 }]), limited({ powerOfTwoLengths: true })),
      ],
      [
        'address is not aligned to the granularity',
        'invalidField',
        plainly(0, trackMemory(1, [{ saddr: 4096n, len: 4 }], { rmrtg: 1 })),
      ],
      ['a range of length 0', 'invalidField', plainly(0, trackMemory(1, [{ saddr: 0n, len: 0 }]))],
      ['no range', 'invalidField', plainly(0, trackMemory(1, []))],
      [
        'RNMRTD above the data that came',
        'invalidField',
        plainly(0, {
          ...trackMemory(1, [{ saddr: 0n, len: 4 }]),
          data: Uint8Array.of(0, 0, 0, 0, 2, 0, 0, 0),
        }),
      ],
      [
        'more granules than the device can note: dword 0 names a granularity, dword 1 how many descriptors',
        'notEnoughResources',
        () => ({
          ...plainly(0, trackMemory(1, [{ saddr: 0n, len: 4096 }]), limited({ granules: 1024 }))(),
          dw0: 2,
          dw1: 256,
        }),
      ],
      ['stop of tracking that does not run', 'success', plainly(0, trackMemory(1, [], { action: 0 }))],
    ]),
  ],
  absent: [
    {
      operation: 'any',
      condition: 'listed in the table of status values',
      status: 'controllerNotSuspended',
      reason:
        'The table of status values names Track Send, the command itself gives no condition; 5.1.17 lists it for Migration Send, which answers it to Resume.',
    },
  ],
};

export const trackReceiveSection: CoverageSection = {
  opcode: adminOpcodes.trackReceive,
  clause: 'NVMe Base 2.1, 5.1.26',
  rows: [
    ...operation('any', absentHere(adminOpcodes.trackReceive)),
    ...operation('Tracked Memory Changes', [
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, trackReceive(99))],
      [
        'memory of that controller is not tracked',
        'invalidControllerIdentifier',
        plainly(0, trackReceive(1)),
      ],
      [
        'tracked by another controller',
        'invalidControllerIdentifier',
        after(
          ({ controller }) => run(controller(10), trackMemory(11, [{ saddr: 0n, len: 4 }])),
          0,
          trackReceive(11),
        ),
      ],
      ['no room for one change', 'invalidField', after(tracked, 0, trackReceive(1, 16))],
      ['NUMDL above the buffer', 'invalidField', after(tracked, 0, { ...trackReceive(1), readLength: 64 })],
      ['more than MDTS', 'invalidField', after(tracked, 0, trackReceive(1, 2 ** 5 * 4096 + 4))],
      ['nothing to report', 'success', after(tracked, 0, trackReceive(1))],
    ]),
  ],
};

export const setQueueFeature: CoverageSection = {
  opcode: adminOpcodes.setFeatures,
  part: 'feature 21h, Controller Data Queue',
  clause: 'NVMe Base 2.1, 5.1.25.1.23',
  rows: operation('Controller Data Queue (21h)', [
    ['sent to a controlled function', 'invalidField', plainly(1, setQueue(1, 0))],
    ['no such CDQID', 'invalidControllerDataQueue', plainly(0, setQueue(1, 0))],
    ['HP is not the current value, the queue is empty', 'invalidField', after(withQueue, 0, setQueue(1, 1))],
    ['HP is no slot of the queue', 'invalidField', after(full, 0, { ...setQueue(1, 0), cdw12: 9 })],
    ['ETPT with TPT outside the queue', 'invalidField', after(withQueue, 0, setQueue(1, 0, 4))],
    [
      'SV: the value cannot be saved',
      'featureNotSaveable',
      after(withQueue, 0, { ...setQueue(1, 0), cdw10: 0x8000_0021 }),
    ],
    ['HP moves over what was read', 'success', after(full, 0, setQueue(1, 2))],
  ]),
};

export const getQueueFeature: CoverageSection = {
  opcode: adminOpcodes.getFeatures,
  part: 'feature 21h, Controller Data Queue',
  clause: 'NVMe Base 2.1, 5.1.25.1.23',
  rows: operation('Controller Data Queue (21h)', [
    ['sent to a controlled function', 'invalidField', plainly(1, getQueue(1))],
    ['no such CDQID', 'invalidControllerDataQueue', plainly(0, getQueue(1))],
    ['buffer below 512 bytes', 'invalidField', after(withQueue, 0, { ...getQueue(1), readLength: 8 })],
    [
      'dword 0 holds the attributes of dword 11',
      'success',
      () => ({ ...after(withQueue, 0, getQueue(1))(), dw0: 1 }),
    ],
  ]),
};
