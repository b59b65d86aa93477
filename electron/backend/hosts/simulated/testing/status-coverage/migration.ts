import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { startController } from '../../controller/start-controller.ts';
import { getState, resume, save, sequence, setState, suspend } from '../migration-commands.ts';
import { run, virtMgmt, type World } from '../test-kit.ts';
import {
  after,
  type CoverageSection,
  device,
  operation,
  plainly,
  qemuDevice,
  type Scenario,
} from './scenario.ts';

const { first, middle, last, only } = sequence;
/** MDTS of the simulated drive in bytes. */
const largestTransfer = 2 ** 5 * 4096;
/** Header and an empty NVMe-defined part: sizes 2 dwords and 0. */
const emptyState = (() => {
  const bytes = new Uint8Array(56);
  bytes[16] = 2;
  return bytes;
})();

/** Set Controller State of controller 2, which is suspended, with the state of controller 1. */
function loading(
  build: (state: Uint8Array) => ReturnType<typeof setState>,
  prepare: (world: World, state: Uint8Array) => void = () => undefined,
  make: () => World = device,
): () => Scenario {
  return () => {
    const world = make();
    const primary = world.controller(0);
    run(primary, suspend(1));
    run(primary, suspend(2));
    const state = save(primary, 1);
    prepare(world, state);
    return { world, controller: primary, command: build(state) };
  };
}

/** The state with one byte changed. */
function changed(state: Uint8Array, at: number, value: number): Uint8Array {
  const bytes = state.slice();
  bytes[at] = value;
  return bytes;
}

const reserved = (opcode: number) => adminCommand({ opcode, cdw10: 3, cdw11: 1 });

export const migrationSend: CoverageSection = {
  opcode: adminOpcodes.migrationSend,
  clause: 'NVMe Base 2.1, 5.1.17',
  rows: [
    ...operation('any', [
      ['sent to a controlled function', 'invalidOpcode', plainly(1, suspend(2))],
      [
        'the device has no migration commands (profile `qemu-7.2`)',
        'invalidOpcode',
        plainly(0, suspend(1), qemuDevice),
      ],
      ['reserved selector', 'invalidField', plainly(0, reserved(adminOpcodes.migrationSend))],
    ]),
    ...operation('Suspend', [
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, suspend(99))],
      ['the controller that gets the command', 'invalidControllerIdentifier', plainly(0, suspend(0))],
      ['secondary of another primary', 'invalidControllerIdentifier', plainly(0, suspend(11))],
      ['offline secondary', 'invalidControllerIdentifier', plainly(0, suspend(3))],
      ['reserved suspend type', 'invalidField', plainly(0, suspend(1, 2))],
      ['DUDMQ without a queue to delete', 'invalidControllerDataQueue', plainly(0, suspend(1, 1, true))],
      [
        'suspended already',
        'success',
        after(({ controller }) => run(controller(0), suspend(1)), 0, suspend(1)),
      ],
      ['notification', 'success', plainly(0, suspend(1, 0))],
    ]),
    ...operation('Resume', [
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, resume(99))],
      ['not suspended', 'controllerNotSuspended', plainly(0, resume(1))],
      [
        'state received but not committed',
        'commandSequenceError',
        loading(
          () => resume(2),
          ({ controller }, state) => run(controller(0), setState(2, first, state.slice(0, 64))),
        ),
      ],
    ]),
    ...operation('Set Controller State', [
      ['unknown CNTLID', 'invalidControllerIdentifier', loading((state) => setState(99, only, state))],
      [
        'neither suspended, enabled nor offline',
        'invalidControllerIdentifier',
        loading(
          (state) => setState(2, only, state),
          ({ controller }) => run(controller(0), resume(2)),
        ),
      ],
      [
        'enabled, reading `setStateNeeds: disabled`',
        'invalidControllerIdentifier',
        loading(
          (state) => setState(2, only, state),
          ({ controller }) => {
            run(controller(0), resume(2));
            startController(controller(2), { processors: 1 });
          },
          () => device({ readings: { setStateNeeds: 'disabled' } }),
        ),
      ],
      [
        'the target has I/O queues, NVMECSS not 0',
        'invalidField',
        loading((state) => setState(1, only, state)),
      ],
      ['offset inside a dword', 'invalidField', loading((state) => setState(2, only, state, { offset: 2 }))],
      [
        'beyond the structure that the header tells',
        'invalidField',
        loading(
          (state) => setState(2, middle, new Uint8Array(8), { offset: state.length }),
          ({ controller }, state) => run(controller(0), setState(2, first, state.slice(0, 64))),
        ),
      ],
      [
        'beyond what a controller can hold',
        'invalidField',
        loading((state) => setState(2, first, state, { offset: 1 << 24 })),
      ],
      [
        'CSVI and CSUUIDI both 0',
        'invalidField',
        loading((state) => setState(2, only, state, { csvi: 0, csuuidi: 0 })),
      ],
      ['CSVI 0, NVMECSS not 0', 'invalidField', loading((state) => setState(2, only, state, { csvi: 0 }))],
      ['CSUUIDI 0, VSS not 0', 'invalidField', loading((state) => setState(2, only, state, { csuuidi: 0 }))],
      [
        'CSVI that CNS 20h does not have',
        'invalidField',
        loading((state) => setState(2, only, state, { csvi: 2 })),
      ],
      [
        'CSUUIDI that CNS 20h does not have',
        'invalidField',
        loading((state) => setState(2, only, state, { csuuidi: 2 })),
      ],
      ['NUMD 0 without SEQIND 10b', 'invalidField', loading(() => setState(2, only, new Uint8Array()))],
      [
        'NUMD above the data that came',
        'invalidField',
        loading((state) => setState(2, only, state, { dwords: 9999 })),
      ],
      [
        'more than MDTS',
        'invalidField',
        loading(() => setState(2, only, new Uint8Array(largestTransfer + 4))),
      ],
      [
        'formats change inside a sequence',
        'invalidField',
        loading(
          (state) => setState(2, middle, state.slice(64), { offset: 64, csuuidi: 0 }),
          ({ controller }, state) => run(controller(0), setState(2, first, state.slice(0, 64))),
        ),
      ],
      [
        'version of the structure',
        'invalidField',
        loading((state) => setState(2, only, changed(state, 0, 1))),
      ],
      ['truncated', 'invalidField', loading((state) => setState(2, only, state.slice(0, -4)))],
      [
        'vendor part of another device',
        'invalidField',
        loading((state) => setState(2, only, changed(state, vendorOffset(state), 0))),
      ],
      [
        'SEQIND 00b without a sequence',
        'commandSequenceError',
        loading((state) => setState(2, middle, state)),
      ],
      ['SEQIND 10b without a sequence', 'commandSequenceError', loading((state) => setState(2, last, state))],
      [
        'SEQIND 10b after SEQIND 11b, which commits',
        'commandSequenceError',
        loading(
          () => setState(2, last, new Uint8Array()),
          ({ controller }) => run(controller(0), setState(2, only, emptyState)),
        ),
      ],
      [
        'SEQIND 10b after SEQIND 11b, reading `onlyCommandCommits: false`',
        'success',
        loading(
          () => setState(2, last, new Uint8Array()),
          ({ controller }) => run(controller(0), setState(2, only, emptyState)),
          () => device({ readings: { onlyCommandCommits: false } }),
        ),
      ],
      [
        'SEQIND 01b during a sequence: it starts anew',
        'success',
        loading(
          (state) => setState(2, first, state.slice(0, 128)),
          ({ controller }, state) => run(controller(0), setState(2, first, state.slice(0, 64))),
        ),
      ],
      [
        'the target has fewer queues than the state',
        'notEnoughResources',
        loading((state) => setState(3, only, state)),
      ],
      [
        'a namespace of the guest is another one here',
        'invalidNamespace',
        loading(
          (state) => setState(2, only, state),
          ({ controller }) => controller(0).subsystem.namespaces.delete(2),
        ),
      ],
      [
        'a namespace of the guest is private and attached elsewhere',
        'namespaceIsPrivate',
        loading(
          (state) => setState(2, only, state),
          () => undefined,
          () =>
            device({
              namespaces: [{ nsid: 2, blocks: 1000, nguid: 'a'.repeat(32), shared: false, attachedTo: [1] }],
            }),
        ),
      ],
      ['an enabled target without queues', 'success', enabledTarget()],
      [
        'an offline secondary with the resources',
        'success',
        loading(
          (state) => setState(3, only, state),
          ({ controller }) => {
            run(controller(0), virtMgmt(8, 3, 0, 4));
            run(controller(0), virtMgmt(8, 3, 1, 2));
          },
        ),
      ],
    ]),
  ],
};

/** Where the vendor part begins: after the header and the NVMe-defined part. */
function vendorOffset(state: Uint8Array): number {
  return 48 + 4 * new DataView(state.buffer, state.byteOffset).getUint32(16, true);
}

function enabledTarget(): () => Scenario {
  return loading(
    (state) => setState(2, only, state),
    ({ controller }) => {
      run(controller(0), resume(2));
      startController(controller(2), { processors: 0 });
    },
  );
}

export const migrationReceive: CoverageSection = {
  opcode: adminOpcodes.migrationReceive,
  clause: 'NVMe Base 2.1, 5.1.16',
  rows: [
    ...operation('any', [
      ['sent to a controlled function', 'invalidOpcode', plainly(1, getState(2))],
      [
        'the device has no migration commands (profile `qemu-7.2`)',
        'invalidOpcode',
        plainly(0, getState(1), qemuDevice),
      ],
      ['reserved selector', 'invalidField', plainly(0, reserved(adminOpcodes.migrationReceive))],
    ]),
    ...operation('Get Controller State', [
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, getState(99))],
      ['the controller that gets the command', 'invalidControllerIdentifier', plainly(0, getState(0))],
      ['secondary of another primary', 'invalidControllerIdentifier', plainly(0, getState(11))],
      ['CSVI that CNS 20h does not have', 'invalidField', plainly(0, getState(1, { csvi: 2 }))],
      ['CSUUIDI that CNS 20h does not have', 'invalidField', plainly(0, getState(1, { csuuidi: 2 }))],
      ['offset inside a dword', 'invalidField', plainly(0, getState(1, { offset: 2 }))],
      ['offset beyond the size', 'invalidField', plainly(0, getState(1, { offset: 1 << 20 }))],
      ['more than MDTS', 'invalidField', plainly(0, getState(1, { bytes: largestTransfer + 4 }))],
      ['NUMDL above the buffer', 'invalidField', plainly(0, { ...getState(1), readLength: 64 })],
      ['running: CSUP is 0', 'success', () => ({ ...plainly(0, getState(1))(), dw0: 0 })],
      [
        'suspended: CSUP is 1',
        'success',
        () => ({ ...after(({ controller }) => run(controller(0), suspend(1)), 0, getState(1))(), dw0: 1 }),
      ],
    ]),
  ],
};
