import { describe, expect, it } from 'vitest';
import { type AdminCommand, adminCommand } from '#shared/nvme/command.ts';
import {
  previewKinds,
  virtualSubsystemReceiveSelectors,
} from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { decodeIdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import { decodeIdentifyNamespace } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import {
  encodeExposedCapabilities,
  exposedStructures,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { encodeVirtualSubsystemIdentity } from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { decodeOfferedCapabilities } from '#shared/nvme/layouts/proposal/virtual-subsystem-offered.ts';
import type { Result } from '#shared/result.ts';
import { identityToWire } from '#shared/virtual-subsystem/identity/identity-wire.ts';
import { type ExposedCapability, exposedToWire } from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import { bringUp, createWorld, identifyCommand, run, status } from '../testing/test-kit.ts';
import { configurationSpace } from './configuration-space.ts';
import { shownResources } from './exposed-answers.ts';
import { propertyBytes } from './registers.ts';

const nqn = 'nqn.2026-11.io.berth:masked';
const refused = { invalidField: 0x4002, invalidLogPage: 0x4109 };
const identity = { serialNumber: 'V1', modelNumber: '', firmwareRevision: '' };
const pci = { vendorId: 0x1af4, deviceId: 0x1041, subsystemVendorId: 0x1af4, subsystemId: 7, revision: 3 };

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const manage = (sel: number, cdw11: number, data?: Uint8Array, cntlid = 0) =>
  adminCommand({
    opcode: adminOpcodes.virtualSubsystemManagement,
    cdw10: cntlid * 0x1_0000 + sel,
    cdw11,
    ...(data ? { data } : {}),
  });
const receive = (sel: number, more: Partial<AdminCommand> = {}) =>
  adminCommand({ opcode: adminOpcodes.virtualSubsystemReceive, cdw10: sel, readLength: 4096, ...more });
const log = (lid: number, bytes = 512) =>
  adminCommand({
    opcode: adminOpcodes.getLogPage,
    cdw10: (bytes / 4 - 1) * 0x1_0000 + lid,
    readLength: bytes,
  });
const feature = (fid: number) =>
  adminCommand({ opcode: adminOpcodes.getFeatures, cdw10: fid, readLength: 8 });

/** A primary with a virtual subsystem (VSID 1) whose only member is its first secondary. */
function withMember() {
  const world = createWorld();
  const primary = world.controller(0);
  bringUp(primary, 1);
  const named = value(encodeVirtualSubsystemIdentity(identityToWire(nqn, identity)));
  expect(status(primary, manage(0, 1, named))).toBe(0);
  expect(status(primary, manage(2, 0x1_0000 + 20, undefined, 1))).toBe(0);
  const narrow = (...entries: ExposedCapability[]) =>
    status(
      primary,
      manage(
        5,
        0x1_0000,
        value(encodeExposedCapabilities({ entries: entries.map(exposedToWire), reserved: [] })),
      ),
    );
  return { ...world, primary, member: world.controller(1), narrow };
}

const bits = (structure: 'log-pages' | 'features', hidden: number): ExposedCapability => ({
  structure,
  offset: 0,
  size: 4,
  rule: 'keep-bits',
  value: `0x${hidden.toString(16)}`,
});

describe('a mask outside Identify Controller', () => {
  it('leaves fewer I/O queue pairs and interrupt vectors, and the guest is told so', () => {
    const { member, narrow } = withMember();
    const before = shownResources(member).ioQueuePairs;
    expect(before).toBeGreaterThan(1);
    expect(
      narrow(
        { structure: 'resources', offset: 0, size: 2, rule: 'at-most', value: '0x1' },
        { structure: 'resources', offset: 2, size: 2, rule: 'at-most', value: '0x1' },
      ),
    ).toBe(0);
    expect(shownResources(member).ioQueuePairs).toBe(1);
    expect(shownResources(member).interruptVectors).toBe(1);
    expect(run(member, feature(7)).dw0).toBe(0);
    // Table size of MSI-X, 0's based.
    expect(new DataView(configurationSpace(member).buffer).getUint16(0x42, true) & 0x7ff).toBe(0);
    expect(narrow()).toBe(0);
    expect(shownResources(member).ioQueuePairs).toBe(before);
  });

  it('takes log pages away, and their list follows', () => {
    const { member, primary, narrow } = withMember();
    expect(status(member, log(4, 4096))).toBe(0);
    const { data } = run(primary, receive(virtualSubsystemReceiveSelectors.offered.value));
    const { logs } = value(decodeOfferedCapabilities(data!));
    const kept = (new DataView(logs.buffer, logs.byteOffset).getUint32(0, true) & ~(1 << 4)) >>> 0;
    expect(narrow(bits('log-pages', kept))).toBe(0);
    expect(status(member, log(4, 4096))).toBe(refused.invalidLogPage);
    expect(status(member, log(2))).toBe(0);
    expect(status(primary, log(4, 4096))).toBe(0);
  });

  it('takes features away from Get and Set Features', () => {
    const { member, narrow } = withMember();
    const set = adminCommand({ opcode: adminOpcodes.setFeatures, cdw10: 8, cdw11: 1 });
    expect(status(member, feature(8))).toBe(0);
    // 01h, 02h, 04h, 05h, 07h, 0Ah and 0Bh are mandatory.
    expect(narrow(bits('features', 0x0cb6))).toBe(0);
    expect(status(member, feature(8))).toBe(refused.invalidField);
    expect(status(member, set)).toBe(refused.invalidField);
    expect(status(member, feature(7))).toBe(0);
  });

  it('narrows CAP, and VS follows VER', () => {
    const { member, narrow } = withMember();
    const view = () => new DataView(propertyBytes(member).buffer);
    const before = view().getBigUint64(0, true);
    expect(
      narrow(
        { structure: 'properties', offset: 0, size: 2, rule: 'at-most', value: '0x7f' },
        { structure: 'properties', offset: 3, size: 1, rule: 'at-least', value: '0x3c' },
        { offset: 80, size: 4, rule: 'at-most', value: '0x10400' },
      ),
    ).toBe(0);
    const after = view().getBigUint64(0, true);
    expect([after & 0xffffn, (after >> 24n) & 0xffn, after >> 32n]).toEqual([0x7fn, 0x3cn, before >> 32n]);
    expect(view().getUint32(8, true)).toBe(0x10400);
    const createCompletionQueue = adminCommand({
      opcode: adminOpcodes.createCompletionQueue,
      cdw10: 0x100 * 0x1_0000 + 1,
      cdw11: 1,
    });
    expect(status(member, createCompletionQueue)).toBe(0x4102);
  });

  it('hides LBA formats, but never the one in use', () => {
    const { member, primary, narrow } = withMember();
    const formats = () => value(decodeIdentifyNamespace(run(member, identifyCommand(0, 2)).data!));
    const { flbas } = formats();
    const only: ExposedCapability = {
      ...{ structure: 'lba-formats', offset: 0, size: 4, rule: 'keep-bits' },
      value: `0x${(2 ** flbas).toString(16)}`,
    };
    expect(narrow(only)).toBe(0);
    const shown = formats();
    expect(shown.lbafs.flatMap(({ ds }, index) => (ds === 0 ? [] : [index]))).toEqual([flbas]);
    expect(shown.nlbaf).toBe(flbas);
    expect(narrow({ ...only, value: '0x0' })).toBe(refused.invalidField);
    const physical = value(decodeIdentifyNamespace(run(primary, identifyCommand(0x11, 2)).data!));
    expect(physical.nlbaf).toBe(3);
  });
});

describe('the device refuses a mask', () => {
  it.each<[string, ExposedCapability[]]>([
    ['with a bit that the drive lacks', [{ offset: 520, size: 2, rule: 'keep-bits', value: '0xffff' }]],
    ['with a larger transfer', [{ offset: 77, size: 1, rule: 'limit', value: '0x9' }]],
    ['without the limit of transfers', [{ offset: 77, size: 1, rule: 'limit', value: '0x0' }]],
    ['over the identity', [{ offset: 4, size: 8, rule: 'keep-bits', value: '0x0' }]],
    [
      'with two entries for one byte',
      [
        { offset: 520, size: 2, rule: 'keep-bits', value: '0x1' },
        { offset: 521, size: 1, rule: 'keep-bits', value: '0x0' },
      ],
    ],
    ['with a log page that is not there', [bits('log-pages', 0x8000_0000)]],
    ['without a mandatory log page', [bits('log-pages', 0x4)]],
    ['without Number of Queues', [bits('features', 0x0c36)]],
    ['without a queue', [{ structure: 'resources', offset: 0, size: 2, rule: 'at-most', value: '0x0' }]],
    [
      'with longer queues',
      [{ structure: 'properties', offset: 0, size: 2, rule: 'at-most', value: '0xffff' }],
    ],
    [
      'with a shorter wait',
      [{ structure: 'properties', offset: 3, size: 1, rule: 'at-least', value: '0x1' }],
    ],
    ['by a rule that a field does not have', [{ ...bits('features', 1), rule: 'at-most' }]],
    ['between two fields', [{ structure: 'features', offset: 1, size: 4, rule: 'keep-bits', value: '0x0' }]],
  ])('%s, and nothing changes', (_words, entries) => {
    const { member, narrow } = withMember();
    const before = run(member, identifyCommand(1)).data;
    expect(narrow(...entries)).toBe(refused.invalidField);
    expect(run(member, identifyCommand(1)).data).toEqual(before);
  });

  it('that reaches behind its structure', () => {
    const { primary } = withMember();
    const { value: structure, length } = exposedStructures.features;
    const entries = [{ structure, offset: length - 4, size: 4, rule: 0, value: 0n }];
    const data = value(encodeExposedCapabilities({ entries, reserved: [] }));
    new DataView(data.buffer).setUint16(16, length - 2, true);
    expect(status(primary, manage(5, 0x1_0000, data))).toBe(refused.invalidField);
  });
});

describe('PCI identifiers', () => {
  it('replace those of configuration space, and VID and SSVID of Identify Controller', () => {
    const { primary, member } = withMember();
    const set = (ids: typeof pci) =>
      manage(
        4,
        0x1_0000,
        value(encodeVirtualSubsystemIdentity(identityToWire(nqn, { ...identity, pci: ids }))),
      );
    const physical = configurationSpace(member);
    expect(status(primary, set(pci))).toBe(0);
    const view = new DataView(configurationSpace(member).buffer);
    expect([0x00, 0x02, 0x2c, 0x2e].map((offset) => view.getUint16(offset, true))).toEqual([
      0x1af4, 0x1041, 0x1af4, 7,
    ]);
    expect([view.getUint8(8), view.getUint8(9), view.getUint8(10), view.getUint8(11)]).toEqual([3, 2, 8, 1]);
    const guest = value(decodeIdentifyController(run(member, identifyCommand(1)).data!));
    expect([guest.vid, guest.ssvid]).toEqual([0x1af4, 0x1af4]);
    expect(status(primary, set({ ...pci, vendorId: 0xffff }))).toBe(refused.invalidField);
    expect(physical.slice(0x10, 0x2c)).toEqual(configurationSpace(member).slice(0x10, 0x2c));
  });
});

describe('a controlling function says', () => {
  it('what its secondaries can show', () => {
    const { primary } = withMember();
    const { data } = run(primary, receive(virtualSubsystemReceiveSelectors.offered.value));
    const offered = value(decodeOfferedCapabilities(data!));
    expect(offered).toMatchObject({ cc: 0x010802, cap: primary.cap, did: primary.pci.deviceId });
    expect(offered.ioqp).toBeGreaterThan(0);
    // Error Information, SMART, Firmware Slot.
    expect(offered.logs[0]! & 0x0e).toBe(0x0e);
    expect(offered.feats[0]! & 0xb6).toBe(0xb6);
    expect(offered.formats.map(({ ds }) => ds)).toEqual([9, 12, 9, 12]);
  });

  it('what a fresh secondary would answer, as a fresh secondary answers it', () => {
    const world = createWorld();
    const primary = world.controller(0);
    bringUp(primary, 1);
    const fresh = world.controller(1);
    const preview = (kind: keyof typeof previewKinds, number: number, nsid = 0) =>
      run(
        primary,
        receive(virtualSubsystemReceiveSelectors.preview.value + previewKinds[kind].value * 0x100, {
          cdw10: number * 0x1_0000 + previewKinds[kind].value * 0x100 + 3,
          nsid,
        }),
      );
    const own = run(fresh, identifyCommand(1)).data!;
    const previewed = preview('identify', 1).data!.slice();
    // Its identifier is the one thing that it does not have yet.
    previewed.set(own.subarray(78, 80), 78);
    expect(previewed).toEqual(own);
    expect(preview('logPage', 3).data!.subarray(0, 512)).toEqual(run(fresh, log(3)).data);
    expect(preview('feature', 4).dw0).toBe(run(fresh, feature(4)).dw0);
    expect(preview('properties', 0).data).toEqual(propertyBytes(fresh));
    expect(preview('configuration', 0).data!.subarray(0, 0x40)).toEqual(
      configurationSpace(fresh).subarray(0, 0x40),
    );
    expect(preview('identify', 0x00, 2).data).toEqual(run(fresh, identifyCommand(0, 2)).data);
    expect(preview('identify', 0x14).sc).toBe(2);
    const lists = run(primary, identifyCommand(0x12, 2)).data;
    expect(run(primary, identifyCommand(0x12, 2)).data).toEqual(lists);
  });
});
