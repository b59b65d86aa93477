import type { AdminCommand } from '#shared/nvme/command.ts';
import { previewAnswer } from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  encodeExposedCapabilities,
  exposedCapabilityRules,
  exposedStructures,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import {
  virtualIdentityOverrides,
  virtualSubsystemClause,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { virtualSubsystemLimits } from '../../commands/identify/identify-template.ts';
import { createWorld, fleetInput, primaryInput, run, type World } from '../test-kit.ts';
import { identityBytes, manageVirtual, receiveVirtual } from '../virtual-subsystem-commands.ts';
import { after, type CoverageSection, operation, plainly, qemuDevice } from './scenario.ts';

const name = (end: string | number) => `nqn.2026-11.io.berth:${end}`;
const [create, remove, add, drop, setIdentity, setCapabilities] = [0, 1, 2, 3, 4, 5];

const creation = (vnqn = name('a'), vcid = 1) => manageVirtual(create, { vcid, data: identityBytes(vnqn) });

/** Virtual subsystem 1. */
const made = (world: World) => run(world.controller(0), creation());
/** Virtual subsystem 1 with controller 2 (disabled) in it. */
const withMember = (world: World) => {
  made(world);
  run(world.controller(0), manageVirtual(add, { vsid: 1, cntlid: 2, vcid: 2 }));
};
/** The same, and a namespace is attached to its member. */
const attached = (world: World) => {
  withMember(world);
  world.fleet.subsystems[0]?.namespaces.get(1)?.attachedTo.add(2);
};
/** Virtual subsystem 1 with controller 1 in it, which runs. */
const withRunning = (world: World) => {
  made(world);
  const { live } = world.controller(1);
  const running = live.properties.cc;
  live.properties.cc = 0;
  run(world.controller(0), manageVirtual(add, { vsid: 1, cntlid: 1, vcid: 2 }));
  live.properties.cc = running;
};

const { keepBits, atMost } = exposedCapabilityRules;
type Narrowed = readonly [
  structure: keyof typeof exposedStructures,
  offset: number,
  size: number,
  rule: number,
  value: bigint,
];

function maskOf(...entries: readonly Narrowed[]): Uint8Array {
  const encoded = encodeExposedCapabilities({
    entries: entries.map(([structure, offset, size, rule, value]) => ({
      structure: exposedStructures[structure].value,
      offset,
      size,
      rule,
      value,
    })),
    reserved: [],
  });
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}

/** Of OACS, Format NVM alone. */
const formatOnly: Narrowed = ['identify-controller', 256, 2, keepBits, 2n];
const mask = maskOf(formatOnly);
const setMask = (...entries: readonly Narrowed[]) =>
  manageVirtual(setCapabilities, { vsid: 1, data: maskOf(...entries) });

/** The identity with other PCI identifiers. */
function pciIdentity(vendor: number, subsystemVendor: number): Uint8Array {
  const bytes = identityBytes(name('a'));
  const view = new DataView(bytes.buffer);
  view.setUint8(327, 7 | virtualIdentityOverrides.pci);
  view.setUint16(344, vendor, true);
  view.setUint16(348, subsystemVendor, true);
  return bytes;
}

/** A primary with more virtual functions than a virtual subsystem has room for. */
const manyFunctions = () =>
  createWorld(
    fleetInput({
      controllers: [primaryInput({ sriov: { totalVfs: 300, numVfs: 0 } })],
      namespaces: [],
    }),
  );

export const virtualSubsystemManagement: CoverageSection = {
  opcode: adminOpcodes.virtualSubsystemManagement,
  clause: virtualSubsystemClause,
  rows: [
    ...operation('any', [
      ['sent to a controlled function', 'invalidOpcode', plainly(1, creation())],
      [
        'the device has no virtual subsystems (profile `qemu-7.2`)',
        'invalidOpcode',
        plainly(0, creation(), qemuDevice),
      ],
      ['reserved selector', 'invalidField', after(made, 0, manageVirtual(6, { vsid: 1 }))],
    ]),
    ...operation('Create', [
      [
        'identity of the wrong length',
        'invalidField',
        plainly(0, manageVirtual(create, { vcid: 1, data: new Uint8Array(8) })),
      ],
      [
        'empty virtual NQN',
        'invalidField',
        plainly(0, manageVirtual(create, { vcid: 1, data: new Uint8Array(512) })),
      ],
      [
        'virtual identifier above FFEFh',
        'invalidControllerIdentifier',
        plainly(0, creation(name('a'), 0xfff0)),
      ],
      ['virtual NQN taken', 'invalidSubsystem', after(made, 0, creation())],
      [
        'virtual PCI vendor FFFFh',
        'invalidField',
        plainly(0, manageVirtual(create, { vcid: 1, data: pciIdentity(0xffff, 0) })),
      ],
      [
        'virtual PCI subsystem vendor FFFFh',
        'invalidField',
        plainly(0, manageVirtual(create, { vcid: 1, data: pciIdentity(0x1234, 0xffff) })),
      ],
      [
        'MAXVS virtual subsystems exist',
        'notEnoughResources',
        after(
          ({ controller }) => {
            for (let count = 0; count < virtualSubsystemLimits.maxvs; count++)
              run(controller(0), creation(name(count)));
          },
          0,
          creation(name('more')),
        ),
      ],
      ['answers VSID', 'success', () => ({ ...after(made, 0, creation(name('b')))(), dw0: 2 })],
    ]),
    ...operation('Delete', [
      ['unknown VSID', 'invalidSubsystem', plainly(0, manageVirtual(remove, { vsid: 1 }))],
      ['it has members', 'commandSequenceError', after(withMember, 0, manageVirtual(remove, { vsid: 1 }))],
    ]),
    ...operation('Add Controller', [
      ['unknown VSID', 'invalidSubsystem', plainly(0, manageVirtual(add, { vsid: 1, cntlid: 2, vcid: 2 }))],
      [
        'no secondary of this primary',
        'invalidControllerIdentifier',
        after(made, 0, manageVirtual(add, { vsid: 1, cntlid: 11, vcid: 2 })),
      ],
      [
        'a member already',
        'invalidControllerIdentifier',
        after(withMember, 0, manageVirtual(add, { vsid: 1, cntlid: 2, vcid: 3 })),
      ],
      [
        'virtual identifier taken',
        'invalidControllerIdentifier',
        after(withMember, 0, manageVirtual(add, { vsid: 1, cntlid: 3, vcid: 2 })),
      ],
      [
        'virtual identifier above FFEFh',
        'invalidControllerIdentifier',
        after(made, 0, manageVirtual(add, { vsid: 1, cntlid: 2, vcid: 0xfff0 })),
      ],
      [
        'the controller is enabled and not suspended',
        'commandSequenceError',
        after(made, 0, manageVirtual(add, { vsid: 1, cntlid: 1, vcid: 2 })),
      ],
      [
        'MAXVC controllers are in it',
        'notEnoughResources',
        after(
          (world) => {
            made(world);
            for (let cntlid = 1; cntlid < virtualSubsystemLimits.maxvc; cntlid++)
              run(world.controller(0), manageVirtual(add, { vsid: 1, cntlid, vcid: cntlid + 1 }));
          },
          0,
          manageVirtual(add, { vsid: 1, cntlid: 299, vcid: 999 }),
          manyFunctions,
        ),
      ],
    ]),
    ...operation('Remove Controller', [
      ['unknown VSID', 'invalidSubsystem', plainly(0, manageVirtual(drop, { vsid: 1, cntlid: 2 }))],
      [
        'not a member',
        'invalidControllerIdentifier',
        after(made, 0, manageVirtual(drop, { vsid: 1, cntlid: 2 })),
      ],
      [
        'the controller is enabled and not suspended',
        'commandSequenceError',
        after(withRunning, 0, manageVirtual(drop, { vsid: 1, cntlid: 1 })),
      ],
    ]),
    ...operation('Set Identity', [
      [
        'unknown VSID',
        'invalidSubsystem',
        plainly(0, manageVirtual(setIdentity, { vsid: 1, data: identityBytes(name('b')) })),
      ],
      [
        'identity of the wrong length',
        'invalidField',
        after(made, 0, manageVirtual(setIdentity, { vsid: 1, data: new Uint8Array(8) })),
      ],
      [
        'virtual NQN taken',
        'invalidSubsystem',
        after(
          (world) => {
            made(world);
            run(world.controller(0), creation(name('b')));
          },
          0,
          manageVirtual(setIdentity, { vsid: 1, data: identityBytes(name('b')) }),
        ),
      ],
      [
        'a member is enabled and not suspended',
        'commandSequenceError',
        after(withRunning, 0, manageVirtual(setIdentity, { vsid: 1, data: identityBytes(name('b')) })),
      ],
    ]),
    ...operation('Set Exposed Capabilities', [
      [
        'unknown VSID',
        'invalidSubsystem',
        plainly(0, manageVirtual(setCapabilities, { vsid: 1, data: mask })),
      ],
      [
        'mask of the wrong length',
        'invalidField',
        after(made, 0, manageVirtual(setCapabilities, { vsid: 1, data: mask.slice(8) })),
      ],
      [
        'an entry outside Identify Controller',
        'invalidField',
        after(made, 0, manageVirtual(setCapabilities, { vsid: 1, data: outside() })),
      ],
      [
        'it promises bits that the hardware does not have',
        'invalidField',
        after(made, 0, setMask(['identify-controller', 256, 2, keepBits, 0xffffn])),
      ],
      [
        'it promises more queues than the hardware has',
        'invalidField',
        after(made, 0, setMask(['resources', 0, 2, atMost, 500n])),
      ],
      ['it leaves no queues', 'invalidField', after(made, 0, setMask(['resources', 0, 2, atMost, 0n]))],
      ['two entries name one byte', 'invalidField', after(made, 0, setMask(formatOnly, formatOnly))],
      [
        'an entry names the serial number, which Set Identity replaces',
        'invalidField',
        after(made, 0, setMask(['identify-controller', 4, 1, keepBits, 0n])),
      ],
      [
        'an entry takes a log page away that every driver needs',
        'invalidField',
        after(made, 0, setMask(['log-pages', 0, 4, keepBits, 1n])),
      ],
      [
        'an entry takes a feature away that every driver needs',
        'invalidField',
        after(made, 0, setMask(['features', 0, 4, keepBits, 2n])),
      ],
      [
        'an entry names a structure by a rule that it does not have',
        'invalidField',
        after(made, 0, setMask(['features', 0, 4, atMost, 0xcb6n])),
      ],
      [
        'an entry takes the LBA format of an attached namespace away',
        'invalidField',
        after(attached, 0, setMask(['lba-formats', 0, 8, keepBits, 0n])),
      ],
      [
        'a member is enabled and not suspended',
        'commandSequenceError',
        after(withRunning, 0, manageVirtual(setCapabilities, { vsid: 1, data: mask })),
      ],
      [
        'members are disabled',
        'success',
        after(withMember, 0, manageVirtual(setCapabilities, { vsid: 1, data: mask })),
      ],
    ]),
  ],
};

/** The mask with an offset that Identify Controller does not have. */
function outside(): Uint8Array {
  const bytes = mask.slice();
  new DataView(bytes.buffer).setUint16(16, 4096, true);
  return bytes;
}

/** Preview Answer: CDW10 15:8 is the kind, 31:16 the number. */
const preview = (kind: number, number: number, nsid = 0): AdminCommand => ({
  ...previewAnswer.encode({ kind, number }, { readLength: 4096 }),
  nsid,
});

export const virtualSubsystemReceive: CoverageSection = {
  opcode: adminOpcodes.virtualSubsystemReceive,
  clause: virtualSubsystemClause,
  rows: [
    ...operation('any', [
      ['sent to a controlled function', 'invalidOpcode', plainly(1, receiveVirtual(0))],
      ['reserved selector', 'invalidField', plainly(0, receiveVirtual(9))],
      ['buffer below 4,096 bytes', 'invalidField', plainly(0, receiveVirtual(0, 0, 512))],
    ]),
    ...operation('Get', [['unknown VSID', 'invalidSubsystem', plainly(0, receiveVirtual(1, 1))]]),
    ...operation('Get Offered Capabilities', [
      ['buffer below 4,096 bytes', 'invalidField', plainly(0, receiveVirtual(2, 0, 512))],
      ['sent to a controlled function', 'invalidOpcode', plainly(1, receiveVirtual(2))],
      ['what a fresh secondary has', 'success', plainly(0, receiveVirtual(2))],
    ]),
    ...operation('Preview Answer', [
      ['reserved kind', 'invalidField', plainly(0, preview(5, 0))],
      [
        'a list of controllers (CNS 12h), which a member never sees',
        'invalidField',
        plainly(0, preview(0, 0x12)),
      ],
      ['CNS that a secondary does not have', 'invalidField', plainly(0, preview(0, 0x20))],
      ['NSID above NN', 'invalidNamespace', plainly(0, preview(0, 0, 257))],
      ['log page that a secondary does not have', 'invalidLogPage', plainly(0, preview(1, 0x70))],
      ['feature that a secondary does not have (21h)', 'invalidField', plainly(0, preview(2, 0x21))],
      ['Identify Controller of a fresh secondary', 'success', plainly(0, preview(0, 1))],
      ['properties of a fresh secondary', 'success', plainly(0, preview(3, 0))],
    ]),
  ],
};
