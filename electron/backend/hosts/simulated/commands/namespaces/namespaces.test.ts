import { describe, expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  blankIdentifyNamespace,
  decodeIdentifyNamespace,
  encodeIdentifyNamespace,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { decodeControllerList, encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import type { Result } from '#shared/result.ts';
import { resetController, setFunctionCount } from '../../controller/resets.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  identifyCommand,
  primaryInput,
  run,
  status,
} from '../../testing/test-kit.ts';
import { execute } from '../execute.ts';

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

function attachment(sel: 'attach' | 'detach', nsid: number, cntlids: readonly number[]) {
  return adminCommand({
    opcode: adminOpcodes.namespaceAttachment,
    nsid,
    cdw10: sel === 'attach' ? 0 : 1,
    data: value(encodeControllerList({ identifiers: cntlids, reserved: [] })),
  });
}

function creation(fields: Partial<ReturnType<typeof blankIdentifyNamespace>>) {
  return adminCommand({
    opcode: adminOpcodes.namespaceManagement,
    data: value(encodeIdentifyNamespace({ ...blankIdentifyNamespace(), ...fields })),
  });
}

const deletion = (nsid: number) => adminCommand({ opcode: adminOpcodes.namespaceManagement, nsid, cdw10: 1 });
const data = (completion: { data?: Uint8Array }) => completion.data ?? new Uint8Array();
type World = ReturnType<typeof createWorld>;
const active = (world: World, cntlid: number) =>
  value(decodeNamespaceList(data(run(world.controller(cntlid), identifyCommand(2))))).identifiers;
const attachedTo = (world: World, nsid: number) =>
  value(decodeControllerList(data(run(world.controller(0), identifyCommand(0x12, nsid))))).identifiers;

describe('Namespace Attachment', () => {
  test.each([
    ['already attached', attachment('attach', 1, [0]), 0x4118],
    ['not attached', attachment('detach', 1, [2]), 0x411a],
    ['unknown controller', attachment('attach', 1, [99]), 0x411c],
    ['empty controller list', attachment('attach', 1, []), 0x411c],
    ['the same controller twice', attachment('attach', 1, [1, 1]), 0x4118],
    ['namespace that is not allocated', attachment('attach', 55, [0]), 0x4002],
    ['NSID 0', attachment('attach', 0, [0]), 0x400b],
    ['reserved selector', { ...attachment('attach', 1, [1]), cdw10: 2 }, 0x4002],
    ['no data', { ...attachment('attach', 1, [1]), data: new Uint8Array() }, 0x4002],
    ['to an offline secondary', attachment('attach', 1, [2]), 0],
  ])('%s', (_words, command, expected) => {
    const world = createWorld();
    const before = world.fleet.exportState().subsystems[0]?.namespaces;
    expect(status(world.controller(0), command)).toBe(expected);
    if (expected !== 0) expect(world.fleet.exportState().subsystems[0]?.namespaces).toEqual(before);
  });

  test('a private namespace takes one controller', () => {
    const world = createWorld();
    expect(status(world.controller(0), attachment('attach', 3, [1, 2]))).toBe(0x4119);
    expect(attachedTo(world, 3)).toEqual([]);
    expect(status(world.controller(0), attachment('attach', 3, [1]))).toBe(0);
    expect(status(world.controller(0), attachment('attach', 3, [2]))).toBe(0x4119);
    expect(status(world.controller(0), attachment('detach', 3, [1]))).toBe(0);
    expect(status(world.controller(0), attachment('attach', 3, [2]))).toBe(0);
    expect(attachedTo(world, 3)).toEqual([2]);
  });

  test('all controllers or none, except where the device goes one by one', () => {
    const world = createWorld();
    expect(status(world.controller(0), attachment('attach', 1, [1, 99]))).toBe(0x411c);
    expect(attachedTo(world, 1)).toEqual([0]);
    const qemu = createWorld(fleetInput({ profile: 'qemu-7.2' }));
    expect(status(qemu.controller(0), attachment('attach', 1, [1, 99]))).toBe(0x411c);
    expect(attachedTo(qemu, 1)).toEqual([0, 1]);
  });

  test('what each controller sees', () => {
    const world = createWorld();
    bringUp(world.controller(0), 1);
    expect(active(world, 0)).toEqual([1]);
    expect(active(world, 1)).toEqual([2]);
    run(world.controller(0), attachment('attach', 1, [1]));
    expect(active(world, 1)).toEqual([1, 2]);
    expect(
      value(decodeNamespaceList(data(run(world.controller(0), identifyCommand(0x10))))).identifiers,
    ).toEqual([1, 2, 3]);
    expect(value(decodeIdentifyNamespace(data(run(world.controller(0), identifyCommand(0, 2))))).nsze).toBe(
      0n,
    );
    expect(
      value(decodeIdentifyNamespace(data(run(world.controller(0), identifyCommand(0x11, 2))))).nsze,
    ).toBe(1000n);
    expect(status(world.controller(0), identifyCommand(0, 0))).toBe(0x400b);
    expect(status(world.controller(0), identifyCommand(0x12, 0xffffffff))).toBe(0x4002);
    expect(status(world.controller(0), identifyCommand(0x03, 2))).toBe(0x4002);
    expect(status(world.controller(1), attachment('attach', 3, [1]))).toBe(0x4001);
  });

  test('the host hears of a change and finds it in log page 04h', () => {
    const world = createWorld();
    const primary = world.controller(0);
    const heard: (number | undefined)[] = [];
    const request = execute(primary, adminCommand({ opcode: adminOpcodes.asynchronousEventRequest }));
    if (request.kind !== 'waiting') throw new Error('the request does not wait');
    primary.eventListeners.set(request.commandIdentifier, (completion) => heard.push(completion?.dw0));
    run(primary, attachment('attach', 2, [0]));
    expect(heard).toEqual([0x040002]);
    const log = adminCommand({ opcode: adminOpcodes.getLogPage, cdw10: 0x03ff0004, readLength: 4096 });
    expect(value(decodeNamespaceList(data(run(primary, log)))).identifiers).toEqual([2]);
    expect(value(decodeNamespaceList(data(run(primary, log)))).identifiers).toEqual([]);
  });
});

describe('Namespace Management', () => {
  const wanted = { nsze: 100n, ncap: 100n, flbas: 1, nmic: 1 };

  test('creates with the lowest free NSID, deletes and detaches', () => {
    const world = createWorld();
    expect(run(world.controller(0), creation(wanted))).toMatchObject({ sc: 0, dw0: 4 });
    expect(status(world.controller(0), attachment('attach', 4, [0, 1]))).toBe(0);
    expect(status(world.controller(0), deletion(4))).toBe(0);
    expect(active(world, 0)).toEqual([1]);
    expect(status(world.controller(0), deletion(4))).toBe(0x400b);
    expect(status(world.controller(0), deletion(0xffffffff))).toBe(0);
    expect(active(world, 0)).toEqual([]);
  });

  test.each([
    ['capacity', { ...wanted, nsze: 10n ** 9n, ncap: 10n ** 9n }, 0x4115],
    ['thin provisioning', { ...wanted, ncap: 50n }, 0x411b],
    ['capacity above size', { ...wanted, ncap: 200n }, 0x4002],
    ['format', { ...wanted, flbas: 9 }, 0x410a],
    ['nothing', { ...wanted, nsze: 0n, ncap: 0n }, 0x4002],
    ['protection', { ...wanted, dps: 1 }, 0x4002],
  ])('refuses: %s', (_words, fields, expected) => {
    const world = createWorld();
    expect(status(world.controller(0), creation(fields))).toBe(expected);
    expect(world.fleet.exportState().subsystems[0]?.namespaces).toHaveLength(3);
  });

  test('NSIDs run out at NN', () => {
    const input = fleetInput();
    const world = createWorld(input);
    for (let nsid = 4; nsid <= 256; nsid++)
      expect(run(world.controller(0), creation({ ...wanted, nsze: 1n, ncap: 1n })).dw0).toBe(nsid);
    expect(status(world.controller(0), creation({ ...wanted, nsze: 1n, ncap: 1n }))).toBe(0x4116);
  });

  test('is not there on a secondary and on a device without it', () => {
    const world = createWorld();
    bringUp(world.controller(0), 1);
    expect(status(world.controller(1), creation(wanted))).toBe(0x4001);
    const qemu = createWorld(fleetInput({ profile: 'qemu-7.2' }));
    expect(status(qemu.controller(0), creation(wanted))).toBe(0x4001);
    expect(status(qemu.controller(0), deletion(1))).toBe(0x4001);
  });
});

test('a device whose controllers follow their functions gives new ones the shared namespaces', () => {
  const world = createWorld(
    fleetInput({
      profile: 'qemu-7.2',
      controllers: [primaryInput({ sriov: { totalVfs: 4, numVfs: 0 } })],
      namespaces: [
        { nsid: 1, blocks: 8, attachedTo: [0], attachedToNewFunctions: true },
        { nsid: 2, blocks: 8 },
      ],
    }),
  );
  expect(status(world.controller(0), attachment('attach', 2, [1]))).toBe(0x411c);
  setFunctionCount(world.primary(0), 2);
  expect(attachedTo(world, 1)).toEqual([0, 1, 2]);
  expect(status(world.controller(0), attachment('attach', 2, [1]))).toBe(0);
  expect(attachedTo(world, 2)).toEqual([1]);
  resetController(world.primary(0), 'controller');
  expect(attachedTo(world, 2)).toEqual([1]);
  resetController(world.primary(0), 'function');
  expect([attachedTo(world, 1), attachedTo(world, 2)]).toEqual([[0], []]);
  expect(status(world.controller(0), attachment('attach', 2, [1]))).toBe(0x411c);
  setFunctionCount(world.primary(0), 0);
  setFunctionCount(world.primary(0), 2);
  expect(attachedTo(world, 1)).toEqual([0, 1, 2]);
});
