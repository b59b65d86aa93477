import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { adminCommands, adminOpcodes } from '#shared/nvme/commands/table.ts';
import { execute } from '../../commands/execute.ts';
import { suspend } from '../migration-commands.ts';
import {
  createWorld,
  fleetInput,
  identifyCommand,
  primaryInput,
  run,
  virtMgmt,
  type World,
} from '../test-kit.ts';
import { after, type CoverageSection, device, idle, operation, plainly, qemuDevice } from './scenario.ts';

/** Commands that every controller has. */

const queue = (opcode: number, qid: number, qsize: number, cdw11: number): AdminCommand => ({
  ...adminCommands.createCompletionQueue.encode({ qid, qsize }),
  opcode,
  cdw11,
});
const keepAliveCommand = adminCommand({ opcode: adminOpcodes.keepAlive });
const abortCommand = (sqid: number, cid: number) => adminCommands.abort.encode({ sqid, cid });
const event = adminCommand({ opcode: adminOpcodes.asynchronousEventRequest });

const noLists = () => device({ controllerLists: false });

const { createCompletionQueue, createSubmissionQueue, deleteCompletionQueue, deleteSubmissionQueue } =
  adminOpcodes;

export const identify: CoverageSection = {
  opcode: adminOpcodes.identify,
  clause: 'NVMe Base 2.1, 5.1.13',
  rows: [
    ...operation('any', [
      ['CNS that is not supported', 'invalidField', plainly(0, identifyCommand(0x21))],
      ['no buffer', 'invalidField', plainly(0, { ...identifyCommand(1), readLength: 0 })],
    ]),
    ...operation('CNS 00h, 03h, 08h, 11h: one namespace', [
      ['NSID 0', 'invalidNamespace', plainly(0, identifyCommand(0x00, 0))],
      ['NSID above NN', 'invalidNamespace', plainly(0, identifyCommand(0x08, 257))],
      ['NSID above NN, allocated', 'invalidNamespace', plainly(0, identifyCommand(0x11, 257))],
      ['NSID above NN, descriptors', 'invalidNamespace', plainly(0, identifyCommand(0x03, 257))],
      ['descriptors of an inactive namespace', 'invalidField', plainly(0, identifyCommand(0x03, 2))],
      ['inactive namespace: all zero', 'success', plainly(0, identifyCommand(0x00, 2))],
    ]),
    ...operation('CNS 02h, 07h, 10h: lists of namespaces', [
      ['NSID FFFFFFFEh', 'invalidNamespace', plainly(0, identifyCommand(0x02, 0xfffffffe))],
      ['NSID FFFFFFFFh', 'invalidNamespace', plainly(0, identifyCommand(0x10, 0xffffffff))],
    ]),
    ...operation('CNS 05h, 06h, 07h: one command set', [
      [
        'CSI that is not supported, CNS 05h',
        'invalidField',
        plainly(0, { ...identifyCommand(5, 1), cdw11: 2 << 24 }),
      ],
      [
        'CSI that is not supported, CNS 06h',
        'invalidField',
        plainly(0, { ...identifyCommand(6), cdw11: 2 << 24 }),
      ],
      [
        'CSI that is not supported, CNS 07h',
        'invalidField',
        plainly(0, { ...identifyCommand(7), cdw11: 2 << 24 }),
      ],
    ]),
    ...operation('CNS 12h, 13h: controller lists', [
      ['CNS 12h with NSID FFFFFFFFh', 'invalidField', plainly(0, identifyCommand(0x12, 0xffffffff))],
      [
        'the controllers do not know their NVM subsystem',
        'invalidField',
        plainly(0, identifyCommand(0x13), noLists),
      ],
    ]),
    ...operation('CNS 14h, 15h: resources', [
      ['not a primary controller, CNS 14h', 'invalidField', plainly(1, identifyCommand(0x14))],
      ['not a primary controller, CNS 15h', 'invalidField', plainly(20, identifyCommand(0x15))],
      [
        'not a primary controller, profile `qemu-7.2`',
        'success',
        plainly(1, identifyCommand(0x14), qemuDevice),
      ],
    ]),
    ...operation('CNS 1Ch: command sets', [
      ['CNTID of another controller', 'invalidField', plainly(0, identifyCommand(0x1c, 0, 7))],
    ]),
    ...operation('CNS 20h: Supported Controller State Formats', [
      ['sent to a controlled function', 'invalidField', plainly(1, identifyCommand(0x20))],
      ['sent to a controlling function', 'success', plainly(0, identifyCommand(0x20))],
    ]),
  ],
};

export const asynchronousEvents: CoverageSection = {
  opcode: adminOpcodes.asynchronousEventRequest,
  clause: 'NVMe Base 2.1, 5.1.2',
  rows: operation('', [
    [
      'AERL + 1 are outstanding',
      'asynchronousEventLimitExceeded',
      after(
        ({ controller }) => {
          for (let count = 0; count < 3; count++) execute(controller(0), event);
        },
        0,
        event,
      ),
    ],
    [
      'an Abort command names it',
      'abortRequested',
      () => ({ ...plainly(0, event)(), next: [abortCommand(0, 0)] }),
    ],
  ]),
};

export const abort: CoverageSection = {
  opcode: adminOpcodes.abort,
  clause: 'NVMe Base 2.1, 5.1.1',
  rows: operation('', [
    [
      'ACL + 1 Abort commands are outstanding',
      'abortLimitExceeded',
      () => ({ ...plainly(0, abortCommand(0, 9))(), beside: Array(4).fill(abortCommand(0, 9)) }),
    ],
    [
      'no such command: dword 0 says that nothing was aborted',
      'success',
      () => ({ ...plainly(0, abortCommand(0, 9))(), dw0: 1 }),
    ],
    [
      'the command of another queue completed at once: nothing was aborted',
      'success',
      () => ({ ...plainly(1, abortCommand(1, 0))(), dw0: 1 }),
    ],
  ]),
};

/** A drive that wants to hear of its host, in units of 100 ms. */
const withKeepAlive = () => {
  const identity = { serialNumber: 'TEST0001', modelNumber: 'Test Drive', firmwareRevision: '1.0' };
  const identifyFields = { kind: 'fields' as const, identity, capabilities: { kas: 10 } };
  return createWorld(
    fleetInput({ controllers: [primaryInput({ identify: identifyFields })], namespaces: [] }),
  );
};

export const keepAlive: CoverageSection = {
  opcode: adminOpcodes.keepAlive,
  clause: 'NVMe Base 2.1, 5.1.14',
  rows: operation('', [
    ['KAS of Identify Controller is 0', 'invalidOpcode', plainly(0, keepAliveCommand)],
    ['KAS of Identify Controller is 10', 'success', plainly(0, keepAliveCommand, withKeepAlive)],
  ]),
};

export const queues: readonly CoverageSection[] = [
  {
    opcode: createCompletionQueue,
    clause: 'NVMe Base 2.1, 5.2.1',
    rows: operation('', [
      ['identifier 0', 'invalidQueueIdentifier', after(idle, 1, queue(createCompletionQueue, 0, 63, 3))],
      ['identifier in use', 'invalidQueueIdentifier', plainly(1, queue(createCompletionQueue, 1, 63, 3))],
      [
        'identifier above the VQ resources',
        'invalidQueueIdentifier',
        after(idle, 1, queue(createCompletionQueue, 4, 63, 3)),
      ],
      ['one entry', 'invalidQueueSize', after(idle, 1, queue(createCompletionQueue, 1, 0, 3))],
      [
        'more entries than CAP.MQES',
        'invalidQueueSize',
        after(idle, 1, queue(createCompletionQueue, 1, 0x400, 3)),
      ],
      [
        'vector above the VI resources',
        'invalidInterruptVector',
        after(idle, 1, queue(createCompletionQueue, 1, 63, 0x00020003)),
      ],
    ]),
  },
  {
    opcode: createSubmissionQueue,
    clause: 'NVMe Base 2.1, 5.2.2',
    rows: operation('', [
      [
        'identifier in use',
        'invalidQueueIdentifier',
        plainly(1, queue(createSubmissionQueue, 1, 63, 0x10001)),
      ],
      [
        'one entry',
        'invalidQueueSize',
        after(
          (world) => {
            idle(world);
            run(world.controller(1), queue(createCompletionQueue, 1, 63, 3));
          },
          1,
          queue(createSubmissionQueue, 1, 0, 0x10001),
        ),
      ],
      [
        'no such completion queue',
        'completionQueueInvalid',
        after(idle, 1, queue(createSubmissionQueue, 1, 63, 0x10001)),
      ],
    ]),
  },
  {
    opcode: deleteCompletionQueue,
    clause: 'NVMe Base 2.1, 5.2.3',
    rows: operation('', [
      ['no such queue', 'invalidQueueIdentifier', after(idle, 1, queue(deleteCompletionQueue, 1, 0, 0))],
      [
        'a submission queue uses it',
        'invalidQueueDeletion',
        plainly(1, queue(deleteCompletionQueue, 1, 0, 0)),
      ],
    ]),
  },
  {
    opcode: deleteSubmissionQueue,
    clause: 'NVMe Base 2.1, 5.2.4',
    rows: operation('', [
      ['no such queue', 'invalidQueueIdentifier', after(idle, 1, queue(deleteSubmissionQueue, 1, 0, 0))],
    ]),
  },
];

const foreign = (opcode: number, clause: string): CoverageSection => ({
  opcode,
  clause,
  rows: operation('', [
    ['message-based transports only: prohibited here', 'invalidOpcode', plainly(0, adminCommand({ opcode }))],
  ]),
});

const exported = 'NVMe Base 2.1, 5.3';

const sanitizing = (cdw10: number) => adminCommand({ opcode: adminOpcodes.sanitize, cdw10 });
const format = (fields: Partial<AdminCommand>) =>
  adminCommand({ opcode: adminOpcodes.formatNvm, nsid: 1, ...fields });

/** A sanitize operation runs. */
const sanitizes = ({ controller }: World) => run(controller(0), sanitizing(2));

export const sanitize: CoverageSection = {
  opcode: adminOpcodes.sanitize,
  clause: 'NVMe Base 2.1, 5.1.22',
  rows: operation('', [
    ['sent to a secondary controller', 'invalidOpcode', plainly(1, sanitizing(2))],
    [
      'a controller of the NVM subsystem is suspended',
      'controllerSuspended',
      after(({ controller }) => run(controller(0), suspend(1)), 0, sanitizing(2)),
    ],
    ['reserved action', 'invalidField', plainly(0, sanitizing(0))],
    ['media verification, which the drive does not have', 'invalidField', plainly(0, sanitizing(0x402))],
    ['block erase', 'success', plainly(0, sanitizing(2))],
    ['an operation runs', 'sanitizeInProgress', after(sanitizes, 0, sanitizing(2))],
  ]),
};

const during = 'while a sanitize operation runs';
const held = (command: AdminCommand, condition: string, clause: string): CoverageSection => ({
  opcode: command.opcode,
  part: during,
  clause,
  rows: operation('', [[condition, 'sanitizeInProgress', after(sanitizes, 0, command)]]),
});

/** Commands that a running sanitize operation holds up. */
export const heldBySanitize: readonly CoverageSection[] = [
  held(adminCommand({ opcode: adminOpcodes.formatNvm, nsid: 1 }), 'any', 'NVMe Base 2.1, 5.1.22'),
  held(virtMgmt(8, 3, 0, 2), 'any', 'NVMe Base 2.1, 5.1.22'),
  held(suspend(1), 'any', 'NVMe Base 2.1, 5.1.22'),
  held(
    adminCommand({ opcode: adminOpcodes.getLogPage, nsid: 0xffffffff, cdw10: 0x7f0003, readLength: 512 }),
    'a log page that is not allowed meanwhile: Firmware Slot Information',
    'NVMe Base 2.1, 5.1.22',
  ),
];

export const formatNvm: CoverageSection = {
  opcode: adminOpcodes.formatNvm,
  clause: 'NVMe Base 2.1, 5.1.10',
  rows: operation('', [
    ['NSID above NN', 'invalidNamespace', plainly(0, format({ nsid: 257 }))],
    ['namespace that is not attached', 'invalidField', plainly(0, format({ nsid: 2 }))],
    ['LBA format that the namespace does not have', 'invalidFormat', plainly(0, format({ cdw10: 9 }))],
    ['protection, which the drive does not have', 'invalidFormat', plainly(0, format({ cdw10: 1 << 5 }))],
    ['reserved secure erase', 'invalidField', plainly(0, format({ cdw10: 7 << 9 }))],
    ['another format', 'success', plainly(0, format({ cdw10: 1 }))],
  ]),
};

/** Exported NVM subsystems belong to fabrics and are prohibited for memory-based controllers. */
export const exportedSubsystems: readonly CoverageSection[] = [
  foreign(adminOpcodes.clearExportedResourceConfiguration, exported),
  foreign(adminOpcodes.createExportedSubsystem, exported),
  {
    ...foreign(adminOpcodes.manageExportedSubsystem, exported),
    absent: (['invalidHost', 'invalidSubsystem'] as const).map((status) => ({
      operation: 'any',
      condition: 'host or NVM subsystem that is not known',
      status,
      reason: 'The command is prohibited for memory-based (PCIe) controllers, so it is an invalid opcode.',
    })),
  },
  foreign(adminOpcodes.manageExportedNamespace, exported),
  foreign(adminOpcodes.manageExportedPort, exported),
];

/** Commands of the specification that the simulated drive does not have, and codes that are no command. */
export const otherOpcodes: readonly CoverageSection[] = [
  adminOpcodes.firmwareCommit,
  adminOpcodes.deviceSelfTest,
  adminOpcodes.directiveSend,
  adminOpcodes.lockdown,
  adminOpcodes.securitySend,
  0x03,
  0xff,
].map((opcode) => ({
  opcode,
  clause: 'NVMe Base 2.1, 5.1',
  rows: operation('', [
    ['the controller does not have the command', 'invalidOpcode', plainly(0, adminCommand({ opcode }))],
  ]),
}));
