import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { adminCommands, adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  encodeExposedCapabilities,
  exposedCapabilityRules,
  exposedStructures,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { run, type World } from '../test-kit.ts';
import { identityBytes, manageVirtual } from '../virtual-subsystem-commands.ts';
import { after, type CoverageSection, idle, operation, plainly, qemuDevice } from './scenario.ts';

/** Log pages and features: what of them a controller has, and whom they belong to. */

const get = (fid: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: fid, ...more });
const set = (fid: number, value: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: fid, cdw11: value >>> 0, ...more });
const log = (lid: number, bytes: number, more: Partial<AdminCommand> = {}): AdminCommand => ({
  ...adminCommands.getLogPage.encode(
    { nsid: 0xffffffff, lid, numd: zeroBasedDwords(bytes) },
    { readLength: bytes },
  ),
  ...more,
});

/** Controller 2 is a member of a virtual subsystem that keeps these of the first 32 log pages or features. */
const keeps = (structure: 'log-pages' | 'features', kept: number) => (world: World) => {
  const mask = encodeExposedCapabilities({
    entries: [
      {
        structure: exposedStructures[structure].value,
        offset: 0,
        size: 4,
        rule: exposedCapabilityRules.keepBits,
        value: BigInt(kept),
      },
    ],
    reserved: [],
  });
  if (!mask.ok) throw new Error(mask.error.message);
  for (const command of [
    manageVirtual(0, { vcid: 1, data: identityBytes('nqn.2026-11.io.berth:hiding') }),
    manageVirtual(2, { vsid: 1, cntlid: 2, vcid: 2 }),
    manageVirtual(5, { vsid: 1, data: mask.value }),
  ])
    if (run(world.primary(0), command).sc !== 0) throw new Error('the mask was refused');
};

export const logPages: CoverageSection = {
  opcode: adminOpcodes.getLogPage,
  clause: 'NVMe Base 2.1, 5.1.12',
  rows: operation('any page', [
    ['page that the controller does not have', 'invalidLogPage', plainly(0, log(0x70, 512))],
    ['the same, profile `qemu-7.2`', 'invalidField', plainly(0, log(0x70, 512), qemuDevice)],
    ['offset inside a dword', 'invalidField', plainly(0, log(2, 64, { cdw12: 2 }))],
    ['offset behind the end', 'invalidField', plainly(0, log(2, 64, { cdw12: 512 }))],
    ['NUMD above the buffer', 'invalidField', plainly(0, log(2, 512, { readLength: 64 }))],
    ['NSID above NN', 'invalidNamespace', plainly(0, log(2, 512, { nsid: 257 }))],
    ['page of the controller for one namespace', 'invalidField', plainly(0, log(1, 64, { nsid: 1 }))],
    ['offset in entries (OT)', 'invalidField', plainly(0, log(2, 512, { cdw14: 1 << 23 }))],
    ['CSI that is not supported', 'invalidField', plainly(0, log(5, 4096, { cdw14: 2 << 24 }))],
    [
      'page that a virtual subsystem hides',
      'invalidLogPage',
      after(keeps('log-pages', 0x1f), 2, log(5, 4096)),
    ],
  ]),
};

export const setFeatures: CoverageSection = {
  opcode: adminOpcodes.setFeatures,
  clause: 'NVMe Base 2.1, 5.1.25',
  rows: [
    ...operation('any feature', [
      ['feature that the controller does not have', 'invalidField', plainly(0, set(0xc5, 1))],
      [
        'SV: nothing can be saved',
        'featureNotSaveable',
        plainly(0, set(0x04, 0x157, { cdw10: 0x8000_0004 })),
      ],
      [
        'feature of the controller for one namespace',
        'featureNotNamespaceSpecific',
        plainly(0, set(0x02, 0, { nsid: 1 })),
      ],
      [
        'feature of the controller, NSID above NN',
        'invalidNamespace',
        plainly(0, set(0x02, 0, { nsid: 257 })),
      ],
      [
        'fixed feature (Arbitration), profile `qemu-7.2`',
        'featureNotChangeable',
        plainly(0, set(0x01, 1), qemuDevice),
      ],
      ['Controller Data Queue (21h) on a controlled function', 'invalidField', plainly(1, set(0x21, 0))],
      [
        'feature that a virtual subsystem hides',
        'invalidField',
        after(keeps('features', 0xcb6), 2, set(0x0e, 0, { data: new Uint8Array(8) })),
      ],
    ]),
    ...operation('Error Recovery (05h)', [
      ['NSID above NN', 'invalidNamespace', plainly(0, set(0x05, 0, { nsid: 257 }))],
      ['namespace that is not attached', 'invalidField', plainly(0, set(0x05, 0, { nsid: 2 }))],
      ['all namespaces', 'success', plainly(0, set(0x05, 0, { nsid: 0xffffffff }))],
    ]),
    ...operation('Power Management (02h)', [
      ['power state that is not there', 'invalidField', plainly(0, set(0x02, 9))],
    ]),
    ...operation('Temperature Threshold (04h)', [
      ['sensor that is not there', 'invalidField', plainly(0, set(0x04, 0x00030157))],
      ['reserved type of threshold', 'invalidField', plainly(0, set(0x04, 0x00200157))],
    ]),
    ...operation('Number of Queues (07h)', [
      ['FFFFh queues', 'invalidField', after(idle, 1, set(0x07, 0xffff0000))],
      ['I/O queues exist', 'commandSequenceError', plainly(1, set(0x07, 0x00010001))],
    ]),
    ...operation('Interrupt Vector Configuration (09h)', [
      ['vector that is not there', 'invalidField', plainly(0, set(0x09, 99))],
    ]),
    ...operation('Timestamp (0Eh)', [
      ['data of the wrong length', 'invalidField', plainly(0, set(0x0e, 0, { data: new Uint8Array(4) }))],
    ]),
    ...operation('Host Identifier (81h)', [
      ['data of the wrong length', 'invalidField', plainly(0, set(0x81, 1, { data: new Uint8Array(8) }))],
    ]),
  ],
};

export const getFeatures: CoverageSection = {
  opcode: adminOpcodes.getFeatures,
  clause: 'NVMe Base 2.1, 5.1.11',
  rows: [
    ...operation('any feature', [
      ['feature that the controller does not have', 'invalidField', plainly(0, get(0xc5))],
      ['reserved selector', 'invalidField', plainly(0, get(0x504))],
    ]),
    ...operation('Temperature Threshold (04h)', [
      ['sensor that is not there', 'invalidField', plainly(0, get(0x04, { cdw11: 0x0003_0000 }))],
      ['reserved type of threshold', 'invalidField', plainly(0, get(0x04, { cdw11: 0x0020_0000 }))],
    ]),
    ...operation('Error Recovery (05h)', [
      ['NSID above NN', 'invalidNamespace', plainly(0, get(0x05, { nsid: 257 }))],
      ['namespace that is not attached', 'invalidField', plainly(0, get(0x05, { nsid: 2 }))],
    ]),
    ...operation('Interrupt Vector Configuration (09h)', [
      ['vector that is not there', 'invalidField', plainly(0, get(0x09, { cdw11: 99 }))],
    ]),
    ...operation('Host Identifier (81h)', [
      ['buffer that is too small', 'invalidField', plainly(0, get(0x81, { cdw11: 1, readLength: 8 }))],
    ]),
  ],
};
