import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deviceAbilities } from '#shared/fleet/device-abilities.ts';
import { encodeBase64 } from '#shared/fleet-file/base64.ts';
import type { ProfileName } from '#shared/fleet-file/schema.ts';
import { announcedBy } from '#shared/nvme/announcements/announcements.ts';
import { adminCommand } from '#shared/nvme/command.ts';
import { featureSelectors, getFeatures } from '#shared/nvme/commands/features.ts';
import { getLogPage, zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  blankIdentifyController,
  encodeIdentifyController,
} from '#shared/nvme/layouts/identify/identify-controller.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { discoverFleet } from '../../../fleet/discovery.ts';
import { supportedCommands } from '../commands/execute.ts';
import { refusalOf } from '../refusals/refusal-of.ts';
import type { SimulatedController } from '../state/controller.ts';
import {
  createWorld,
  fleetInput,
  identifyCommand,
  plainInput,
  primaryInput,
  run,
  status,
  virtMgmt,
  type World,
} from '../testing/test-kit.ts';
import { namespaceChanged } from './asynchronous-events.ts';

const invalidOpcode = 0x4001;
const drive = primaryInput().identify;

/** A primary (CNTLID 0) and a plain controller (20) whose Identify Controller says this. */
function driveThatSays(capabilities: Readonly<Record<string, number>>) {
  if (drive.kind !== 'fields') throw new Error('the kit describes its drive by fields');
  const identify = { ...drive, capabilities };
  return createWorld(
    fleetInput({
      controllers: [
        { ...primaryInput(), identify },
        { ...plainInput, identify },
      ],
    }),
  );
}

test('a drive without OACS bits 3 and 7 keeps its namespaces and assigns nothing', () => {
  const world = driveThatSays({ oacs: 0x17 });
  const primary = world.controller(0);
  const optional = (opcode: number) => adminCommand({ opcode, nsid: 1, cdw10: 1 });
  expect(status(primary, optional(adminOpcodes.namespaceManagement))).toBe(invalidOpcode);
  expect(status(primary, optional(adminOpcodes.namespaceAttachment))).toBe(invalidOpcode);
  expect(status(primary, virtMgmt(8, 1, 0, 2))).toBe(invalidOpcode);
  expect([...(world.fleet.subsystems[0]?.namespaces.keys() ?? [])]).toEqual([1, 2, 3]);
});

test('a notice that OAES does not announce is not given, and neither is its log page', () => {
  for (const [oaes, noted] of [
    [0x100, 1],
    [0x200, 0],
  ] as const) {
    const primary = driveThatSays({ oaes }).controller(0);
    primary.live.features.set(0x0b, 0xffff_ffff);
    // Nobody listens, so that what is noted stays.
    primary.live.events.outstanding = [];
    namespaceChanged(primary, 1);
    expect(primary.live.changedNamespaces.size).toBe(noted);
    expect(primary.live.events.pending).toHaveLength(noted);
    expect(status(primary, logCommand(0x04)) === 0).toBe(noted === 1);
  }
});

test('no more namespaces than MNAN exist, and only the kinds of sanitize that SANICAP has', () => {
  const world = driveThatSays({ oacs: 0x08, nn: 64, mnan: 3 });
  const { data } = run(world.controller(0), identifyCommand(0x11, 1));
  if (data === undefined) throw new Error('namespace 1 is not described');
  const create = adminCommand({ opcode: adminOpcodes.namespaceManagement, data });
  expect(status(world.controller(0), create)).toBe(0x4116);
  const crypto = bytesWorld('berth', { oacs: 0, sanicap: 1 }).controller(0);
  const erase = (action: number) => adminCommand({ opcode: adminOpcodes.sanitize, cdw10: action });
  expect([erase(2), erase(3), erase(4)].map((command) => status(crypto, command))).toEqual([
    0x4002, 0x4002, 0,
  ]);
});

test('what helps against an action that SANICAP does not have are those that it has', () => {
  const world = bytesWorld('berth', { oacs: 0, sanicap: 1 });
  const erase = adminCommand({ opcode: adminOpcodes.sanitize, cdw10: 2 });
  const controller = world.controller(0);
  expect(refusalOf(world.host('one').kernel, controller, erase, run(controller, erase))).toMatchObject({
    fix: 'Give --sanact=4 (Crypto Erase)',
  });
});

const profiles = {
  berth: { vid: 0x1de5, mn: 'Test Drive' },
  announced: { vid: 0x144d, mn: 'Drive of any maker' },
  'qemu-7.2': { vid: 0x1b36, mn: 'QEMU NVMe Ctrl' },
} as const satisfies Partial<Record<ProfileName, object>>;

type Said = Partial<ReturnType<typeof blankIdentifyController>>;

/** The same two controllers, with the bytes of a recorded device. */
function bytesWorld(profile: keyof typeof profiles, said: Said): World {
  const { vid, mn } = profiles[profile];
  const bytes = encodeIdentifyController({
    ...blankIdentifyController(),
    ...{ vid, sn: 'TEST0001'.padEnd(20), mn: mn.padEnd(40), fr: '1.0'.padEnd(8), cmic: 2, nn: 16 },
    subnqn: 'nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555',
    ...said,
  });
  if (!bytes.ok) throw new Error(bytes.error.message);
  const identify = { kind: 'bytes', identifyController: encodeBase64(bytes.value) } as const;
  const controllers = [
    { ...primaryInput(), identify },
    { ...plainInput, identify },
  ];
  return createWorld(fleetInput({ profile, controllers }));
}

function logCommand(lid: number) {
  return getLogPage.encode(
    { nsid: 0xffffffff, lid, rae: true, numd: zeroBasedDwords(512) },
    { readLength: 512 },
  );
}

function page(controller: SimulatedController, lid: number, length: number): Uint8Array | undefined {
  const command = getLogPage.encode(
    { nsid: 0xffffffff, lid, rae: true, numd: zeroBasedDwords(length) },
    { readLength: length },
  );
  return run(controller, command).data;
}

/** What the simulated device knows at all, by kind. */
const repertoire: Readonly<Record<keyof typeof announcedBy, readonly number[]>> = {
  adminCommands: [0x0d, 0x15, 0x18, 0x1c, 0x3d, 0x3e, 0x41, 0x42, 0x45, 0x80, 0x84],
  inputOutputCommands: [0x04, 0x05, 0x08, 0x09, 0x0c, 0x0d, 0x0e, 0x11, 0x15, 0x19],
  structures: [0x14, 0x15, 0x20],
  features: [0x06, 0x0e, 0x21],
  logPages: [0x00, 0x04, 0x05, 0x81],
  events: [],
};

const field = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
const identifyData = fc.record({
  oacs: field(16),
  oncs: field(16),
  oaes: field(32),
  ctratt: field(32),
  lpa: field(8),
  kas: fc.constantFrom(0, 10),
  sanicap: field(3),
  anacap: field(8),
  trattr: field(2),
  vwc: field(3),
  fuses: field(16),
  apsta: field(1),
  hctma: field(1),
  mnan: field(5),
});

describe('whatever Identify Controller says', () => {
  test('dispatch, effects log, lists of log pages, structures and features, and the inventory agree', async () => {
    const runs = numRuns(30, 1500);
    let looked = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(['berth', 'announced', 'qemu-7.2'] as const)),
        identifyData,
        fc.constantFrom(0, 20),
        async (profile, said, cntlid) => {
          const world = bytesWorld(profile, said);
          const controller = world.controller(cntlid);
          const isThere = (kind: keyof typeof announcedBy, number: number, isIt: boolean) => {
            const row = announcedBy[kind].get(number);
            if (row === undefined || profile === 'qemu-7.2') return;
            const { field: key, mask } = row.by;
            const value: unknown = said[key as keyof typeof said];
            if (typeof value !== 'number') {
              // HMPRE alone, which is 0 here.
              expect([kind, number, isIt]).toEqual([kind, number, false]);
              return;
            }
            const isAnnounced = (value & mask) !== 0 && !(row.onlyPrimary && cntlid === 20);
            const isKnown = repertoire[kind].includes(number);
            expect([kind, number, isIt]).toEqual([kind, number, isAnnounced && isKnown]);
          };
          await inventoryAgrees(world);
          const listed = supportedCommands(controller).map(({ opcode }) => opcode);
          const effects = page(controller, 0x05, 4096);
          expect(effects !== undefined).toBe((said.lpa & 2) !== 0);
          for (let opcode = 0; opcode < 0x100; opcode++) {
            const inEffects = effects === undefined ? undefined : ((effects[opcode * 4] ?? 0) & 1) === 1;
            expect([opcode, inEffects ?? listed.includes(opcode)]).toEqual([opcode, listed.includes(opcode)]);
            if (effects !== undefined)
              isThere('inputOutputCommands', opcode, ((effects[1024 + opcode * 4] ?? 0) & 1) === 1);
            isThere('adminCommands', opcode, listed.includes(opcode));
            if (opcode === adminOpcodes.asynchronousEventRequest) continue;
            // A fresh one: what the commands before did would hold back later ones.
            const { sct, sc } = run(fresh(world, cntlid), adminCommand({ opcode }));
            expect([opcode, sct === 0 && sc === 1]).toEqual([opcode, !listed.includes(opcode)]);
          }
          const pages = page(controller, 0x00, 1024);
          for (let lid = 0; lid < 0x100; lid++) {
            const answers = status(controller, logCommand(lid)) === 0;
            if (pages !== undefined) expect([lid, ((pages[lid * 4] ?? 0) & 1) === 1]).toEqual([lid, answers]);
            isThere('logPages', lid, answers);
            isThere('structures', lid, status(controller, identifyCommand(lid, 1)) === 0);
            const supported = featureSelectors.supportedCapabilities.value;
            const feature = getFeatures.encode({ fid: lid, sel: supported }, { readLength: 8 });
            isThere('features', lid, status(controller, feature) === 0);
          }
          looked += 1;
        },
      ),
      { numRuns: runs },
    );
    expect(looked).toBeGreaterThanOrEqual(runs);
  });
});

/** The controller of a world that was made of the same file. */
function fresh(world: World, cntlid: number): SimulatedController {
  const { controllers } = world.fleet.subsystems[0] ?? {};
  const controller = controllers?.get(cntlid);
  if (controller === undefined) throw new Error(`no controller ${cntlid}`);
  controller.subsystem.sanitize = null;
  controller.suspended = false;
  return controller;
}

/** What the inventory promises of the primary is what the primary does. */
async function inventoryAgrees(world: World): Promise<void> {
  const source = { name: 'test', label: 'test', simulated: true, readOnly: null, seed: 1 };
  const { fleet } = await discoverFleet(world.fleet.hosts, { kind: 'simulated', ...source });
  const primary = Object.values(fleet.controllers).find(({ role }) => role === 'primary');
  if (primary === undefined) throw new Error('the primary was not found');
  const says = new Map(deviceAbilities(fleet, primary).map(({ key, verdict }) => [key, verdict]));
  const has = (opcode: number) =>
    supportedCommands(world.controller(0)).some((command) => command.opcode === opcode) ? 'yes' : 'no';
  expect(says.get('virtualization')).toBe(has(adminOpcodes.virtualizationManagement));
  expect(says.get('namespace-management')).toBe(has(adminOpcodes.namespaceManagement));
  expect(says.get('migration')).toBe(has(adminOpcodes.migrationSend));
  expect(says.get('memory') === 'yes' || says.get('user-data') === 'yes' ? 'yes' : 'no').toBe(
    has(adminOpcodes.trackReceive),
  );
}
