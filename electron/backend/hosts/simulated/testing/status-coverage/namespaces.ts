import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  blankIdentifyNamespace,
  encodeIdentifyNamespace,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import type { Result } from '#shared/result.ts';
import { run, type World } from '../test-kit.ts';
import { after, type CoverageSection, device, operation, plainly, qemuDevice } from './scenario.ts';

function bytesOf(encoded: Result<Uint8Array>): Uint8Array {
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}

function attachment(sel: number, nsid: number, cntlids: readonly number[]): AdminCommand {
  return adminCommand({
    opcode: adminOpcodes.namespaceAttachment,
    nsid,
    cdw10: sel,
    data: bytesOf(encodeControllerList({ identifiers: cntlids, reserved: [] })),
  });
}

function creation(fields: Partial<ReturnType<typeof blankIdentifyNamespace>>, csi = 0): AdminCommand {
  return adminCommand({
    opcode: adminOpcodes.namespaceManagement,
    cdw11: (csi << 24) >>> 0,
    data: bytesOf(encodeIdentifyNamespace({ ...blankIdentifyNamespace(), ...fields })),
  });
}

const deletion = (nsid: number) => adminCommand({ opcode: adminOpcodes.namespaceManagement, nsid, cdw10: 1 });
const wanted = { nsze: 10n, ncap: 10n, nmic: 1 };
const [attach, detach] = [0, 1];

/** NN is 3, so that three namespaces are all that there can be. */
const fewNamespaces = () => {
  const identity = { serialNumber: 'TEST0001', modelNumber: 'Test Drive', firmwareRevision: '1.0' };
  return device({
    controllers: [
      {
        role: 'primary',
        cntlid: 0,
        host: 'one',
        address: '0000:01:00.0',
        identify: { kind: 'fields', identity, capabilities: { nn: 3, mnan: 3 } },
        sriov: { totalVfs: 4, numVfs: 4 },
        vq: { kind: 'flexible', total: 16, secondaryMaximum: 6, privateToPrimary: 3 },
        vi: { kind: 'flexible', total: 8, secondaryMaximum: 4, privateToPrimary: 2 },
      },
      {
        role: 'primary',
        cntlid: 10,
        host: 'two',
        address: '0000:01:00.0',
        identify: { kind: 'fields', identity },
        sriov: { totalVfs: 4, numVfs: 4 },
        vq: { kind: 'flexible', total: 16, secondaryMaximum: 6, privateToPrimary: 3 },
        vi: { kind: 'flexible', total: 8, secondaryMaximum: 4, privateToPrimary: 2 },
      },
    ],
  });
};

export const namespaceManagement: CoverageSection = {
  opcode: adminOpcodes.namespaceManagement,
  clause: 'NVMe Base 2.1, 5.1.21',
  rows: [
    ...operation('any', [
      ['sent to a secondary controller', 'invalidOpcode', plainly(1, creation(wanted))],
      [
        'the device refuses create and delete (profile `qemu-7.2`)',
        'invalidOpcode',
        plainly(0, creation(wanted), qemuDevice),
      ],
      ['reserved selector', 'invalidField', plainly(0, { ...creation(wanted), cdw10: 2 })],
    ]),
    ...operation('Create', [
      [
        'LBA format that the drive does not have',
        'invalidFormat',
        plainly(0, creation({ ...wanted, flbas: 9 })),
      ],
      ['NCAP below NSZE', 'thinProvisioningNotSupported', plainly(0, creation({ ...wanted, ncap: 5n }))],
      [
        'not enough unallocated capacity',
        'namespaceInsufficientCapacity',
        plainly(0, creation({ ...wanted, nsze: 10n ** 9n, ncap: 10n ** 9n })),
      ],
      [
        'all NSIDs up to NN are taken',
        'namespaceIdentifierUnavailable',
        plainly(0, creation(wanted), fewNamespaces),
      ],
      ['size 0', 'invalidField', plainly(0, creation({ nmic: 1 }))],
      ['NCAP above NSZE', 'invalidField', plainly(0, creation({ ...wanted, ncap: 11n }))],
      [
        'end-to-end protection, which the drive does not have',
        'invalidField',
        plainly(0, creation({ ...wanted, dps: 1 })),
      ],
      ['reserved bits of NMIC', 'invalidField', plainly(0, creation({ ...wanted, nmic: 2 }))],
      ['another command set (CSI 2)', 'invalidField', plainly(0, creation(wanted, 2))],
      ['no data', 'invalidField', plainly(0, adminCommand({ opcode: adminOpcodes.namespaceManagement }))],
      ['answers NSID', 'success', () => ({ ...plainly(0, creation(wanted))(), dw0: 4 })],
    ]),
    ...operation('Delete', [
      ['no such namespace', 'invalidNamespace', plainly(0, deletion(9))],
      ['NSID 0', 'invalidNamespace', plainly(0, deletion(0))],
      ['all of them (NSID FFFFFFFFh)', 'success', plainly(0, deletion(0xffffffff))],
    ]),
  ],
};

export const namespaceAttachment: CoverageSection = {
  opcode: adminOpcodes.namespaceAttachment,
  clause: 'NVMe Base 2.1, 5.1.20',
  rows: [
    ...operation('any', [
      ['sent to a secondary controller', 'invalidOpcode', plainly(1, attachment(attach, 1, [1]))],
      ['NSID 0', 'invalidNamespace', plainly(0, attachment(attach, 0, [1]))],
      ['NSID above NN', 'invalidNamespace', plainly(0, attachment(attach, 257, [1]))],
      ['namespace that is not allocated', 'invalidField', plainly(0, attachment(attach, 9, [1]))],
      ['reserved selector', 'invalidField', plainly(0, attachment(2, 1, [1]))],
      [
        'controller list of the wrong length',
        'invalidField',
        plainly(0, { ...attachment(attach, 1, [1]), data: new Uint8Array(16) }),
      ],
      ['unknown CNTLID in the list', 'controllerListInvalid', plainly(0, attachment(attach, 1, [1, 99]))],
      ['empty list', 'controllerListInvalid', plainly(0, attachment(attach, 1, []))],
      [
        'a secondary whose function is not enabled, profile `qemu-7.2`',
        'controllerListInvalid',
        after(unplug, 0, attachment(attach, 1, [3]), qemuDevice),
      ],
    ]),
    ...operation('Attach', [
      ['attached already', 'namespaceAlreadyAttached', plainly(0, attachment(attach, 2, [1]))],
      ['named twice', 'namespaceAlreadyAttached', plainly(0, attachment(attach, 1, [1, 1]))],
      [
        'private and attached to another controller',
        'namespaceIsPrivate',
        after(
          ({ controller }) => run(controller(0), attachment(attach, 3, [1])),
          0,
          attachment(attach, 3, [2]),
        ),
      ],
      ['private, two controllers at once', 'namespaceIsPrivate', plainly(0, attachment(attach, 3, [1, 2]))],
      ['to an offline secondary', 'success', plainly(0, attachment(attach, 1, [3]))],
    ]),
    ...operation('Detach', [
      ['not attached', 'namespaceNotAttached', plainly(0, attachment(detach, 1, [1]))],
      ['attached', 'success', plainly(0, attachment(detach, 2, [1]))],
    ]),
  ],
};

function unplug(world: World): void {
  world.primary(0).part.presentVfs = 2;
}
