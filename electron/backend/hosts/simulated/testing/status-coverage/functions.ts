import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import {
  anyFreeController,
  functionSelectors as selectors,
} from '#shared/nvme/commands/proposal/function-management.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { startController } from '../../controller/start-controller.ts';
import { suspend } from '../migration-commands.ts';
import {
  bringUp,
  createWorld,
  functionCommand,
  run,
  siovFleetInput,
  virtMgmt,
  type World,
} from '../test-kit.ts';
import { identityBytes, manageVirtual } from '../virtual-subsystem-commands.ts';
import { after, type CoverageSection, operation, plainly, qemuDevice } from './scenario.ts';

const proposal = 'Berth proposal (not an NVMe standard)';
const [provision, destroy, enable, disable, show, hide] = [
  selectors.provision.value,
  selectors.destroy.value,
  selectors.enableMigration.value,
  selectors.disableMigration.value,
  selectors.makeVisible.value,
  selectors.hide.value,
];

/** Profile `siov-like`: primary 0 can provision functions 256 to 258. */
const siovDevice = (): World => createWorld(siovFleetInput());

const does =
  (...commands: readonly (readonly [sel: number, cntlid: number])[]) =>
  (world: World) => {
    for (const [sel, cntlid] of commands) run(world.controller(0), functionCommand(sel, cntlid));
  };
/** Function 256 exists. */
const provisioned = does([provision, 256]);
const visible = does([provision, 256], [show, 256]);
const online = (world: World) => {
  provisioned(world);
  bringUp(world.controller(0), 256);
};
const migratable = (world: World) => {
  does([provision, 256], [enable, 256])(world);
  bringUp(world.controller(0), 256);
};
const enabled = (world: World) => {
  visible(world);
  bringUp(world.controller(0), 256);
  startController(world.controller(256), { processors: 2 });
};
const member = (world: World) => {
  provisioned(world);
  const data = identityBytes('nqn.2026-11.io.berth:provisioned');
  run(world.controller(0), manageVirtual(0, { vcid: 1, data }));
  run(world.controller(0), manageVirtual(2, { vsid: 1, cntlid: 256, vcid: 2 }));
};

const onSiov = (prepare: (world: World) => void, command: AdminCommand) =>
  after(prepare, 0, command, siovDevice);

export const functionManagement: CoverageSection = {
  opcode: adminOpcodes.functionManagement,
  clause: proposal,
  rows: [
    ...operation('any', [
      ['sent to a controlled function', 'invalidOpcode', plainly(1, functionCommand(show, 1))],
      [
        'the device does not have it (profile `qemu-7.2`)',
        'invalidOpcode',
        plainly(0, functionCommand(show, 1), qemuDevice),
      ],
      ['reserved selector', 'invalidField', onSiov(provisioned, functionCommand(6, 256))],
      [
        'function that does not exist',
        'invalidControllerIdentifier',
        onSiov(provisioned, functionCommand(show, 257)),
      ],
      ['the primary itself', 'invalidControllerIdentifier', plainly(0, functionCommand(hide, 0))],
      ['a function of another primary', 'invalidControllerIdentifier', plainly(0, functionCommand(hide, 11))],
      [
        'handle of a function that was destroyed',
        'invalidControllerIdentifier',
        onSiov(does([provision, 256], [destroy, 256], [provision, 256]), functionCommand(show, 256, 0x8000)),
      ],
    ]),
    ...operation('Provision', [
      [
        'the device provisions none (virtual functions only)',
        'invalidField',
        plainly(0, functionCommand(provision, anyFreeController)),
      ],
      ['with a handle', 'invalidField', onSiov(provisioned, functionCommand(provision, 257, 1))],
      [
        'CNTLID that is taken',
        'invalidControllerIdentifier',
        onSiov(provisioned, functionCommand(provision, 256)),
      ],
      [
        'CNTLID outside the announced range',
        'invalidControllerIdentifier',
        onSiov(provisioned, functionCommand(provision, 259)),
      ],
      [
        'all functions exist',
        'notEnoughResources',
        onSiov(
          does([provision, 256], [provision, 257], [provision, 258]),
          functionCommand(provision, anyFreeController),
        ),
      ],
      [
        'answers handle and CNTLID',
        'success',
        () => ({ ...onSiov(provisioned, functionCommand(provision, anyFreeController))(), dw0: 0x8001_0101 }),
      ],
    ]),
    ...operation('Destroy', [
      ['a virtual function', 'invalidField', plainly(0, functionCommand(destroy, 3))],
      ['visible', 'commandSequenceError', onSiov(visible, functionCommand(destroy, 256))],
      ['online', 'commandSequenceError', onSiov(online, functionCommand(destroy, 256))],
      [
        'member of a virtual subsystem',
        'commandSequenceError',
        onSiov(member, functionCommand(destroy, 256)),
      ],
    ]),
    ...operation('Enable and Disable Live Migration', [
      ['enable: visible', 'commandSequenceError', onSiov(visible, functionCommand(enable, 256))],
      ['disable: visible', 'commandSequenceError', onSiov(visible, functionCommand(disable, 256))],
    ]),
    ...operation('Hide', [
      ['the controller is enabled', 'commandSequenceError', onSiov(enabled, functionCommand(hide, 256))],
      ['the controller is disabled', 'success', onSiov(visible, functionCommand(hide, 256))],
    ]),
  ],
};

const receive = (sel: number, bytes = 4096) =>
  adminCommand({ opcode: adminOpcodes.functionReceive, cdw10: sel, readLength: bytes });

export const functionReceive: CoverageSection = {
  opcode: adminOpcodes.functionReceive,
  clause: proposal,
  rows: operation('', [
    ['sent to a controlled function', 'invalidOpcode', plainly(1, receive(0))],
    ['the device does not have it (profile `qemu-7.2`)', 'invalidOpcode', plainly(0, receive(0), qemuDevice)],
    ['reserved selector', 'invalidField', plainly(0, receive(1))],
    ['buffer below 4,096 bytes', 'invalidField', plainly(0, receive(0, 512))],
    ['lists the functions', 'success', onSiov(provisioned, receive(0))],
  ]),
};

/** Standard commands to functions that are there only after they were provisioned. */
export const provisionedFunctions: readonly CoverageSection[] = [
  {
    opcode: adminOpcodes.virtualizationManagement,
    part: 'profile `siov-like`',
    clause: 'NVMe Base 2.1, 5.2.6',
    rows: operation('', [
      [
        'function that is not provisioned',
        'invalidControllerIdentifier',
        onSiov(() => undefined, virtMgmt(8, 256, 0, 4)),
      ],
      ['online without resources', 'invalidSecondaryControllerState', onSiov(provisioned, virtMgmt(9, 256))],
      ['assign while online', 'invalidSecondaryControllerState', onSiov(online, virtMgmt(8, 256, 0, 3))],
    ]),
  },
  {
    opcode: adminOpcodes.migrationSend,
    part: 'profile `siov-like`',
    clause: 'NVMe Base 2.1, 5.1.17',
    rows: operation('Suspend', [
      [
        'function that is not provisioned',
        'invalidControllerIdentifier',
        onSiov(() => undefined, suspend(256)),
      ],
      [
        'live migration of the function is not enabled',
        'invalidControllerIdentifier',
        onSiov(online, suspend(256)),
      ],
      ['live migration is enabled', 'success', onSiov(migratable, suspend(256))],
    ]),
  },
];
