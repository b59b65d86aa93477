import { expect, test } from 'vitest';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { decodeSmartHealth } from '#shared/nvme/layouts/logs/smart-health.ts';
import { bringUp, createWorld, fleetInput, plainInput, run, status } from '../../testing/test-kit.ts';

const log = (lid: number, bytes: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({
    opcode: adminOpcodes.getLogPage,
    cdw10: (((bytes / 4 - 1) << 16) | lid) >>> 0,
    readLength: bytes,
    ...more,
  });

function world() {
  const made = createWorld();
  bringUp(made.controller(0), 1);
  return made;
}

test('log page 00h tells exactly which pages answer', () => {
  const { controller } = world();
  for (const cntlid of [0, 1, 20]) {
    const supported = run(controller(cntlid), log(0, 1024)).data ?? new Uint8Array();
    const every = Array.from({ length: 256 }, (_, lid) => lid);
    const answering = every.filter((lid) => status(controller(cntlid), log(lid, 64)) === 0);
    expect(every.filter((lid) => supported[lid * 4] === 1)).toEqual(answering);
    expect(answering).toEqual(cntlid === 1 ? [0, 1, 2, 3, 4, 5] : [0, 1, 2, 3, 4, 5, 0x81]);
  }
});

test.each([
  ['a namespace for a page of the controller', log(3, 512, { nsid: 1 }), 0x4002],
  ['SMART of one namespace, which LPA does not offer', log(2, 512, { nsid: 1 }), 0x4002],
  ['a namespace that cannot be', log(2, 512, { nsid: 999 }), 0x400b],
  ['an offset that counts entries', log(1, 64, { cdw14: 1 << 23 }), 0x4002],
  ['effects of a command set that is not there', log(5, 4096, { cdw14: 2 << 24 }), 0x4002],
  ['an offset behind the end', log(5, 64, { cdw12: 4096 }), 0x4002],
  ['an offset inside a dword', log(5, 64, { cdw12: 6 }), 0x4002],
  ['an offset beyond four gigabytes', log(5, 64, { cdw13: 1 }), 0x4002],
  ['a page that is not there', log(7, 512), 0x4109],
])('refuses: %s', (_words, command, expected) => {
  expect(status(world().controller(0), command)).toBe(expected);
});

test('a page is read in pieces, and reads zero behind its end', () => {
  const { controller } = world();
  const whole = run(controller(0), log(5, 4096)).data ?? new Uint8Array();
  expect(run(controller(0), log(5, 128, { cdw12: 0x60 })).data).toEqual(whole.subarray(0x60, 0xe0));
  expect(run(controller(0), log(5, 64, { cdw12: 4096 - 4 })).data).toEqual(new Uint8Array(64));
});

test('a drive without the extension of LPA takes no offset', () => {
  const { identify } = plainInput;
  const bare = { ...plainInput, identify: { ...identify, capabilities: { lpa: 0x02 } } };
  const { controller } = createWorld(fleetInput({ controllers: [bare], namespaces: [] }));
  expect([status(controller(20), log(2, 64)), status(controller(20), log(2, 64, { cdw12: 64 }))]).toEqual([
    0, 0x4002,
  ]);
});

test('more changed namespaces than fit are told by one value', () => {
  const { controller } = world();
  const { changedNamespaces } = controller(0).live;
  const read = () => {
    const list = decodeNamespaceList(run(controller(0), log(4, 4096)).data ?? new Uint8Array());
    return list.ok ? list.value.identifiers : [];
  };
  for (let nsid = 1024; nsid >= 1; nsid--) changedNamespaces.add(nsid);
  expect(read()).toEqual(Array.from({ length: 1024 }, (_, index) => index + 1));
  for (let nsid = 1; nsid <= 1025; nsid++) changedNamespaces.add(nsid);
  const more = run(controller(0), log(4, 4096)).data ?? new Uint8Array();
  expect([...more.subarray(0, 8)]).toEqual([255, 255, 255, 255, 0, 0, 0, 0]);
});

test('effects: what changes namespaces or their data says so', () => {
  const { controller } = world();
  const bytes = run(controller(0), log(5, 4096)).data ?? new Uint8Array();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const admin = (opcode: number) => view.getUint32(opcode * 4, true);
  const inputOutput = (opcode: number) => view.getUint32(1024 + opcode * 4, true);
  expect([0x06, 0x0d, 0x15, 0x80, 0x84, 0x10].map(admin)).toEqual([1, 9, 9, 0x2_0007, 0x2_0003, 0]);
  expect([0x00, 0x01, 0x02, 0x19, 0x79].map(inputOutput)).toEqual([1, 3, 1, 3, 0]);
});

test('what a device does not measure reads zero', () => {
  const smart = (profile: 'berth' | 'qemu-7.2' | 'linux-nvmet') => {
    const decoded = decodeSmartHealth(
      run(createWorld(fleetInput({ profile })).controller(0), log(2, 512)).data ?? new Uint8Array(),
    );
    return decoded.ok ? [decoded.value.temperature, decoded.value.availableSpare] : [];
  };
  expect([smart('berth'), smart('qemu-7.2'), smart('linux-nvmet')]).toEqual([
    [323, 100],
    [323, 0],
    [0, 0],
  ]);
});
