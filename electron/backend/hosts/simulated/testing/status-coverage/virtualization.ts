import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { setFunctionCount } from '../../controller/resets.ts';
import { createWorld, fleetInput, primaryInput, run, virtMgmt, type World } from '../test-kit.ts';
import { after, type CoverageSection, operation, plainly, qemuDevice } from './scenario.ts';

const [vq, vi] = [0, 1];
const [allocate, offline, assign, online] = [1, 7, 8, 9];

const give =
  (...commands: readonly (readonly [cntlid: number, type: number, count: number])[]) =>
  (world: World) => {
    for (const [cntlid, type, count] of commands)
      run(world.controller(0), virtMgmt(assign, cntlid, type, count));
  };

/** VQ are private: 4 for each secondary. */
const fixedQueues = () =>
  createWorld(
    fleetInput({
      controllers: [primaryInput({ vq: { kind: 'fixed', privateToPrimary: 3, perSecondary: 4 } })],
      namespaces: [],
    }),
  );

export const virtualizationManagement: CoverageSection = {
  opcode: adminOpcodes.virtualizationManagement,
  clause: 'NVMe Base 2.1, 5.2.6 and 8.2.6',
  rows: [
    ...operation('any', [
      ['sent to a secondary controller', 'invalidOpcode', plainly(1, virtMgmt(assign, 2))],
      ['sent to a controller without SR-IOV', 'invalidOpcode', plainly(20, virtMgmt(assign, 1))],
      [
        'the same, profile `qemu-7.2`',
        'invalidControllerIdentifier',
        plainly(1, virtMgmt(assign, 2), qemuDevice),
      ],
      ['reserved action (ACT 2)', 'invalidField', plainly(0, virtMgmt(2, 1))],
      ['reserved action (ACT 0)', 'invalidField', plainly(0, virtMgmt(0, 1))],
      [
        'reserved resource type (RT 2): such a resource does not exist',
        'invalidResourceIdentifier',
        plainly(0, virtMgmt(assign, 3, 2, 1)),
      ],
    ]),
    ...operation('Primary Controller Flexible Allocation', [
      ['CNTLID is not this primary', 'invalidControllerIdentifier', plainly(0, virtMgmt(allocate, 1, vq, 2))],
      ['CNTLID is another primary', 'invalidControllerIdentifier', plainly(0, virtMgmt(allocate, 10, vq, 2))],
      ['NR above VQFRT', 'invalidNumberOfResources', plainly(0, virtMgmt(allocate, 0, vq, 17))],
      ['NR above VIFRT', 'invalidNumberOfResources', plainly(0, virtMgmt(allocate, 0, vi, 9))],
      [
        'NR above what the secondaries leave',
        'invalidResourceIdentifier',
        plainly(0, virtMgmt(allocate, 0, vq, 9)),
      ],
      [
        'waits for the next reset',
        'success',
        () => ({ ...plainly(0, virtMgmt(allocate, 0, vq, 8))(), dw0: 8 }),
      ],
    ]),
    ...operation('Secondary Offline', [
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, virtMgmt(offline, 99))],
      ['secondary of another primary', 'invalidControllerIdentifier', plainly(0, virtMgmt(offline, 11))],
      ['offline already', 'success', plainly(0, virtMgmt(offline, 3))],
    ]),
    ...operation('Secondary Assign', [
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, virtMgmt(assign, 99, vq, 2))],
      [
        'secondary of another primary',
        'invalidControllerIdentifier',
        plainly(0, virtMgmt(assign, 11, vq, 2)),
      ],
      ['not offline', 'invalidSecondaryControllerState', plainly(0, virtMgmt(assign, 2, vq, 2))],
      ['NR above VQFRSM', 'invalidNumberOfResources', plainly(0, virtMgmt(assign, 3, vq, 7))],
      ['NR above VIFRSM', 'invalidNumberOfResources', plainly(0, virtMgmt(assign, 3, vi, 5))],
      [
        'the type is private (its bit of CRT is 0, so VQFRSM is 0)',
        'invalidNumberOfResources',
        plainly(0, virtMgmt(assign, 3, vq, 1), fixedQueues),
      ],
      [
        'NR above what is free, VQ',
        'invalidResourceIdentifier',
        after(give([3, vq, 6]), 0, virtMgmt(assign, 4, vq, 3)),
      ],
      [
        'NR above what is free, VI',
        'invalidResourceIdentifier',
        after(give([3, vi, 3]), 0, virtMgmt(assign, 4, vi, 2)),
      ],
      ['gives up what it has (NR 0)', 'success', after(give([3, vq, 2]), 0, virtMgmt(assign, 3, vq, 0))],
      ['answers NRM', 'success', () => ({ ...plainly(0, virtMgmt(assign, 3, vq, 2))(), dw0: 2 })],
    ]),
    ...operation('Secondary Online', [
      ['unknown CNTLID', 'invalidControllerIdentifier', plainly(0, virtMgmt(online, 99))],
      ['secondary of another primary', 'invalidControllerIdentifier', plainly(0, virtMgmt(online, 11))],
      [
        'fewer than 2 VQ',
        'invalidSecondaryControllerState',
        after(give([3, vq, 1], [3, vi, 1]), 0, virtMgmt(online, 3)),
      ],
      ['no VI', 'invalidSecondaryControllerState', after(give([3, vq, 2]), 0, virtMgmt(online, 3))],
      [
        'its virtual function is not enabled',
        'invalidSecondaryControllerState',
        after(
          (world) => {
            setFunctionCount(world.primary(0), 2);
            give([3, vq, 2], [3, vi, 1])(world);
          },
          0,
          virtMgmt(online, 3),
        ),
      ],
      [
        'the primary is not enabled',
        'invalidSecondaryControllerState',
        after(
          (world) => {
            world.controller(0).clear();
            give([3, vq, 2], [3, vi, 1])(world);
          },
          0,
          virtMgmt(online, 3),
        ),
      ],
      ['online already', 'success', plainly(0, virtMgmt(online, 1))],
    ]),
  ],
};
