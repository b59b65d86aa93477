import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { largestVendorImage } from '../../commands/migration/vendor/vendor-migration.ts';
import { createWorld, fleetInput, primaryInput, run, virtMgmt, type World } from '../test-kit.ts';
import { after, type CoverageSection, device, operation, plainly } from './scenario.ts';

/** The profiles of other devices: what they have instead of the standard's migration commands. */

const clause = 'Series of December 2022; the statuses are chosen here';
const vendorDevice = () => device({ profile: 'vendor-2022' });
const fixed = (profile: 'self-contained' | 'private-resources') => () =>
  createWorld(
    fleetInput({
      profile,
      controllers: [
        primaryInput({
          vq: { kind: 'fixed', privateToPrimary: 3, perSecondary: 4 },
          vi: { kind: 'fixed', privateToPrimary: 2, perSecondary: 3 },
          secondaries: [{ vfn: 1, online: true }],
        }),
      ],
      namespaces: [],
    }),
  );
const selfContained = fixed('self-contained');

const { vendorQueryDataSize, vendorSuspend, vendorResume, vendorSaveData, vendorLoadData } = adminOpcodes;
const vendor = (opcode: number, index: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({ opcode, cdw10: index, ...more });

/** Virtual function 1 is suspended. */
const suspended = (world: World) => run(world.controller(0), vendor(vendorSuspend, 1));
const onVendor = (command: AdminCommand) => plainly(0, command, vendorDevice);
const onSuspended = (command: AdminCommand) => after(suspended, 0, command, vendorDevice);

const everyCommand = (opcode: number) =>
  operation('any', [
    ['sent to a controlled function', 'invalidOpcode', plainly(1, vendor(opcode, 1), vendorDevice)],
    ['profile `berth`', 'invalidOpcode', plainly(0, vendor(opcode, 1))],
    ['profile `self-contained`', 'invalidOpcode', plainly(0, vendor(opcode, 1), selfContained)],
    ['virtual function 0', 'invalidField', onVendor(vendor(opcode, 0))],
    ['virtual function above TotalVFs', 'invalidField', onVendor(vendor(opcode, 5))],
    ['offline virtual function', 'invalidField', onVendor(vendor(opcode, 3))],
  ]);

const bytes = (length: number) => new Uint8Array(length);

export const vendorCommands: readonly CoverageSection[] = [
  {
    opcode: vendorQueryDataSize,
    clause,
    rows: [
      ...everyCommand(vendorQueryDataSize),
      ...operation('', [['running function', 'success', onVendor(vendor(vendorQueryDataSize, 1))]]),
    ],
  },
  {
    opcode: vendorSuspend,
    clause,
    rows: [
      ...everyCommand(vendorSuspend),
      ...operation('', [['suspended already', 'success', onSuspended(vendor(vendorSuspend, 1))]]),
    ],
  },
  {
    opcode: vendorResume,
    clause,
    rows: [
      ...everyCommand(vendorResume),
      ...operation('', [['running function', 'commandSequenceError', onVendor(vendor(vendorResume, 1))]]),
    ],
  },
  {
    opcode: vendorSaveData,
    clause,
    rows: [
      ...everyCommand(vendorSaveData),
      ...operation('', [
        [
          'running function',
          'commandSequenceError',
          onVendor(vendor(vendorSaveData, 1, { readLength: 4096 })),
        ],
        [
          'buffer below the size',
          'dataTransferError',
          onSuspended(vendor(vendorSaveData, 1, { readLength: 16 })),
        ],
      ]),
    ],
  },
  {
    opcode: vendorLoadData,
    clause,
    rows: [
      ...everyCommand(vendorLoadData),
      ...operation('', [
        [
          'running function',
          'commandSequenceError',
          onVendor(vendor(vendorLoadData, 1, { cdw11: 64, data: bytes(64) })),
        ],
        ['size 0', 'invalidField', onSuspended(vendor(vendorLoadData, 1, { data: bytes(64) }))],
        [
          'size above 256 KiB',
          'invalidField',
          onSuspended(
            vendor(vendorLoadData, 1, { cdw11: largestVendorImage + 4, data: bytes(largestVendorImage + 4) }),
          ),
        ],
        [
          'size above the buffer',
          'dataTransferError',
          onSuspended(vendor(vendorLoadData, 1, { cdw11: 128, data: bytes(64) })),
        ],
        [
          'state of another device',
          'invalidField',
          onSuspended(vendor(vendorLoadData, 1, { cdw11: 64, data: bytes(64) })),
        ],
      ]),
    ],
  },
];

const standardMigration = [
  adminOpcodes.migrationSend,
  adminOpcodes.migrationReceive,
  adminOpcodes.trackSend,
  adminOpcodes.trackReceive,
  adminOpcodes.controllerDataQueue,
  adminOpcodes.virtualSubsystemManagement,
  adminOpcodes.virtualSubsystemReceive,
  adminOpcodes.functionManagement,
  adminOpcodes.functionReceive,
] as const;

/** Commands that devices older than the standard do not have. */
export const withoutStandardMigration: readonly CoverageSection[] = standardMigration.map((opcode) => ({
  opcode,
  part: 'older devices',
  clause: 'NVMe Base 2.1, 5.1',
  rows: operation('any', [
    ['profile `vendor-2022`', 'invalidOpcode', plainly(0, adminCommand({ opcode }), vendorDevice)],
    ['profile `self-contained`', 'invalidOpcode', plainly(0, adminCommand({ opcode }), selfContained)],
  ]),
}));

/** A primary that has no flexible resources to give. */
export const privateResources: CoverageSection = {
  opcode: adminOpcodes.virtualizationManagement,
  part: 'profile `private-resources`',
  clause: 'NVMe Base 2.1, 5.2.6',
  rows: operation('', [
    [
      'Secondary Assign',
      'invalidNumberOfResources',
      plainly(0, virtMgmt(8, 2, 0, 1), fixed('private-resources')),
    ],
    [
      'Primary Controller Flexible Allocation',
      'invalidNumberOfResources',
      plainly(0, virtMgmt(1, 0, 0, 1), fixed('private-resources')),
    ],
    [
      'Secondary Online: its own resources are enough',
      'success',
      plainly(0, virtMgmt(9, 2), fixed('private-resources')),
    ],
  ]),
};
