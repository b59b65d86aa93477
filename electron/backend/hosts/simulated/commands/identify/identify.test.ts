import { describe, expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeNamespaceList } from '#shared/nvme/layouts/lists/namespace-list.ts';
import { bringUp, createWorld, fleetInput, identifyCommand, run, status } from '../../testing/test-kit.ts';

const [primary, secondary, plain] = [0, 1, 20];
const all = 0xffffffff;
const noStatus = { [primary]: 0, [secondary]: 0, [plain]: 0 };
const onlyPrimary = { [primary]: 0, [secondary]: 0x4002, [plain]: 0x4002 };
const nobody = { [primary]: 0x4002, [secondary]: 0x4002, [plain]: 0x4002 };
const badNamespace = { [primary]: 0x400b, [secondary]: 0x400b, [plain]: 0x400b };

/** CDW11 with a command set identifier in 31:24. */
const withCommandSet = (cns: number, csi: number, nsid = 0) =>
  adminCommand({
    opcode: adminOpcodes.identify,
    nsid,
    cdw10: cns,
    cdw11: csi * 0x100_0000,
    readLength: 4096,
  });

function world(profile: 'berth' | 'qemu-7.2' = 'berth') {
  const made = createWorld(fleetInput({ profile }));
  bringUp(made.controller(primary), secondary);
  return made;
}

// NSIDs 1 and 2 are attached to one controller each, 3 to none, 4 to 256 are not allocated.
describe('Identify by CNS and role', () => {
  test.each([
    ['00h, allocated', identifyCommand(0x00, 3), noStatus],
    ['00h, not allocated', identifyCommand(0x00, 200), noStatus],
    ['00h, NSID 0', identifyCommand(0x00, 0), badNamespace],
    ['00h, NSID above NN', identifyCommand(0x00, 257), badNamespace],
    ['00h, all namespaces', identifyCommand(0x00, all), noStatus],
    ['01h', identifyCommand(0x01), noStatus],
    ['02h', identifyCommand(0x02), noStatus],
    ['02h, NSID FFFFFFFEh', identifyCommand(0x02, 0xfffffffe), badNamespace],
    ['03h, not attached', identifyCommand(0x03, 3), nobody],
    ['03h, NSID above NN', identifyCommand(0x03, 257), badNamespace],
    ['04h, no NVM sets', identifyCommand(0x04), nobody],
    ['05h, NVM command set', withCommandSet(0x05, 0, 1), noStatus],
    ['05h, another command set', withCommandSet(0x05, 2, 1), nobody],
    ['06h, NVM command set', withCommandSet(0x06, 0), noStatus],
    ['06h, another command set', withCommandSet(0x06, 1), nobody],
    ['07h, NVM command set', withCommandSet(0x07, 0), noStatus],
    ['07h, another command set', withCommandSet(0x07, 3), nobody],
    ['08h', identifyCommand(0x08, 1), noStatus],
    ['08h, NSID above NN', identifyCommand(0x08, 300), badNamespace],
    ['10h', identifyCommand(0x10), noStatus],
    ['10h, NSID FFFFFFFFh', identifyCommand(0x10, all), badNamespace],
    ['11h', identifyCommand(0x11, 3), noStatus],
    ['11h, NSID FFFFFFFFh', identifyCommand(0x11, all), badNamespace],
    ['12h', identifyCommand(0x12, 1), noStatus],
    ['12h, NSID FFFFFFFFh', identifyCommand(0x12, all), nobody],
    ['12h, NSID above NN', identifyCommand(0x12, 257), badNamespace],
    ['13h', identifyCommand(0x13), noStatus],
    ['14h', identifyCommand(0x14), onlyPrimary],
    ['15h', identifyCommand(0x15), onlyPrimary],
    ['16h to 1Bh', identifyCommand(0x17), nobody],
    ['1Ch, any controller', identifyCommand(0x1c, 0, 0xffff), noStatus],
    ['1Ch, another controller', identifyCommand(0x1c, 0, 7), nobody],
    ['1Dh, fabrics only', identifyCommand(0x1d), nobody],
    ['1Eh, fabrics only', identifyCommand(0x1e), nobody],
    ['20h', identifyCommand(0x20), onlyPrimary],
    ['21h', identifyCommand(0x21), nobody],
    ['FFh', identifyCommand(0xff), nobody],
  ])('%s', (_words, command, expected) => {
    const { controller } = world();
    for (const cntlid of [primary, secondary, plain]) {
      expect(status(controller(cntlid), command)).toBe(expected[cntlid]);
      if (expected[cntlid] === 0) expect(run(controller(cntlid), command).data?.length).toBe(4096);
    }
  });

  test('a device whose controllers all know the resources answers 14h and 15h everywhere, 20h nowhere', () => {
    const { controller } = world('qemu-7.2');
    for (const cntlid of [primary, secondary, plain])
      expect([0x14, 0x15, 0x20].map((cns) => status(controller(cntlid), identifyCommand(cns)))).toEqual([
        0, 0, 0x4002,
      ]);
  });

  test('an inactive namespace answers zeroes, the common one has formats and no size', () => {
    const { controller } = world();
    expect(run(controller(primary), identifyCommand(0x00, 2)).data).toEqual(new Uint8Array(4096));
    const common = run(controller(primary), identifyCommand(0x00, all)).data ?? new Uint8Array();
    expect([common.subarray(0, 8).every((byte) => byte === 0), common[25]]).toEqual([true, 3]);
  });

  test('lists go on behind the NSID and from the CNTID that are given', () => {
    const { controller } = world();
    const allocated = (after: number) => {
      const list = decodeNamespaceList(
        run(controller(primary), identifyCommand(0x10, after)).data ?? new Uint8Array(),
      );
      return list.ok ? list.value.identifiers : [];
    };
    expect([0, 1, 3].map(allocated)).toEqual([[1, 2, 3], [2, 3], []]);
    const identifiers = (cns: number, nsid: number, from: number) => {
      const bytes = run(controller(primary), identifyCommand(cns, nsid, from)).data ?? new Uint8Array();
      const view = new DataView(bytes.buffer);
      return Array.from({ length: view.getUint16(0, true) }, (_, at) => view.getUint16(2 + at * 2, true));
    };
    expect(identifiers(0x13, 0, 0)).toEqual([0, 1, 2, 3, 4, 20]);
    expect(identifiers(0x13, 0, 3)).toEqual([3, 4, 20]);
    expect([identifiers(0x12, 2, 0), identifiers(0x12, 2, 2), identifiers(0x12, 9, 0)]).toEqual([
      [1],
      [],
      [],
    ]);
  });
});
