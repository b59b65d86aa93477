import {
  encodeExposedCapabilities,
  exposedCapabilityRules,
} from '#shared/nvme/layouts/virtual-subsystem-capabilities.ts';
import { virtualSubsystemClause } from '#shared/nvme/layouts/virtual-subsystem-identity.ts';
import { adminOpcodes } from '#shared/nvme/opcodes.ts';
import { virtualSubsystemLimits } from '../controller/identify-template.ts';
import {
  identityBytes,
  manageVirtual,
  receiveVirtual,
} from '../controller/virtual-subsystem-commands-for-tests.ts';
import { createWorld, fleetInput, primaryInput, run, type World } from '../test-kit.ts';
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
/** Virtual subsystem 1 with controller 1 in it, which runs. */
const withRunning = (world: World) => {
  made(world);
  const { live } = world.controller(1);
  const running = live.properties.cc;
  live.properties.cc = 0;
  run(world.controller(0), manageVirtual(add, { vsid: 1, cntlid: 1, vcid: 2 }));
  live.properties.cc = running;
};

const mask = (() => {
  const encoded = encodeExposedCapabilities({
    entries: [{ structure: 0, offset: 256, size: 2, rule: exposedCapabilityRules.keepBits, value: 2n }],
    reserved: [],
  });
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
})();

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
  ],
};
