import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualSubsystemIdOf } from '#shared/fleet/ids.ts';
import type { Fleet, FleetSource, VirtualIdentity } from '#shared/fleet/schema.ts';
import { type FleetFileInput, fleetFileSchema } from '#shared/fleet-file/schema.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import type { GuestQuestion } from '#shared/virtual-subsystem/guest-view/answer-as-guest.ts';
import {
  configurationStructure,
  propertiesStructure,
  ruledBytes,
} from '#shared/virtual-subsystem/guest-view/guest-structures.ts';
import type { Answer } from '#shared/virtual-subsystem/leak-check/readable-leaks.ts';
import { logReadables } from '#shared/virtual-subsystem/leak-check/readable-rules.ts';
import { maskBlockers } from '#shared/virtual-subsystem/mask/check-mask.ts';
import type { ExposedCapability } from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import { createFleetWriter } from '../fleet/fleet-writer.ts';
import { createSimulatedFleet } from '../hosts/simulated/simulated-fleet.ts';
import { type AskedController, controllerToAsk } from '../nvme/ask-controller.ts';
import { systemClock } from '../system-clock.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { askQuestion } from './ask.ts';
import { checkLeaks } from './leak-check.ts';

type Subsystem = NonNullable<FleetFileInput['subsystems']>[number];
type Fields = Extract<Subsystem['controllers'][number]['identify'], { kind: 'fields' }>;
type Capabilities = NonNullable<Fields['capabilities']>;

interface Drive {
  readonly vid: number;
  readonly version: number;
  readonly cap: string;
  readonly deviceId: number;
  readonly queues: number;
  readonly capabilities: Capabilities;
  readonly capacityBytes: number;
}
interface Face {
  readonly identity: VirtualIdentity;
  readonly exposed: readonly ExposedCapability[];
}

const timeout = { timeoutMilliseconds: 10_000, clock: systemClock };
const nqn = 'nqn.2026-11.io.berth:proof';
const address = '0000:41:00.0';
const cntlidOn = (host: string) => (host === 'hv-a' ? 0x41 : 0x77);
/** VF 1, whose CNTLID follows its primary's. */
const memberOn = (host: string) => `${host}/${address}/${cntlidOn(host) + 1}`;
const bareGuest: Face = {
  identity: { serialNumber: '', modelNumber: '', firmwareRevision: '' },
  exposed: [],
};

/** One drive of its own on a host: VF 1 is the member where the host has a guest, VF 2 is free and online. */
function driveOn(host: string, drive: Drive, guest: Face | null, askable: boolean): Subsystem {
  const letter = host.at(-1) ?? '';
  return {
    nqn: `nqn.2024-01.org.example:${host}`,
    profile: 'berth',
    capacityBytes: drive.capacityBytes,
    controllers: [
      {
        role: 'primary',
        cntlid: cntlidOn(host),
        host,
        address,
        driver: 'nvme',
        cap: drive.cap,
        pciDeviceId: drive.deviceId,
        identify: {
          kind: 'fields',
          identity: {
            vid: drive.vid,
            version: drive.version,
            serialNumber: `PHYSICAL-${letter}`,
            modelNumber: `Drive ${letter}`,
            firmwareRevision: `7.${letter}`,
          },
          capabilities: drive.capabilities,
        },
        sriov: { totalVfs: 4, numVfs: 4, driversAutoprobe: false },
        vq: { kind: 'fixed', privateToPrimary: 17, perSecondary: drive.queues },
        vi: { kind: 'fixed', privateToPrimary: 17, perSecondary: drive.queues },
        secondaries: [
          { vfn: 1, online: true },
          { vfn: 2, online: askable },
        ],
        virtualSubsystems:
          guest === null
            ? []
            : [
                {
                  nqn,
                  primaryVirtualId: 1,
                  identity: {
                    ...guest.identity,
                    fguid: guest.identity.fguid?.replaceAll('-', '') ?? '',
                  },
                  exposedCapabilities: [...guest.exposed],
                  members: [{ cntlid: cntlidOn(host) + 1, virtualControllerId: 20 }],
                },
              ],
      },
    ],
    namespaces: [
      {
        nsid: 1,
        blocks: 1_000_000,
        nguid: '5e1f4c107a3d4a910025385b00000001',
        attachedTo: [cntlidOn(host) + 1],
      },
    ],
  };
}

async function openWorld(subsystems: readonly Subsystem[]) {
  const source: FleetSource = {
    kind: 'simulated',
    name: 'proof',
    label: 'Simulated fleet',
    simulated: true,
    readOnly: null,
    seed: 1,
  };
  const file = fleetFileSchema.parse({
    format: 'berth-fleet',
    version: 1,
    name: 'proof',
    title: 'Proof',
    seed: 1,
    hosts: [{ name: 'hv-a' }, { name: 'hv-b' }],
    subsystems: [...subsystems],
  } satisfies FleetFileInput);
  const made = createSimulatedFleet(file, { clock: createTestClock(), trace: (queue) => queue });
  if (!made.ok) throw new Error(`${made.error.message} ${made.error.details?.join('\n') ?? ''}`);
  const { hosts } = made.value;
  const writer = createFleetWriter(() => undefined, source);
  await writer.open(hosts, source);
  const connection = (id: string) => hosts.find((host) => host.id === id);
  const queueOf = (id: string): AskedController => {
    const controller = writer.fleet.controllers[id];
    const queue = connection(controller?.hostId ?? '')?.guestQueue(controller?.pciAddress ?? '');
    if (queue?.ok !== true) throw new Error(`no guest queue of ${id}`);
    return controllerToAsk(queue.value, id, timeout);
  };
  const check = async () => {
    const { fleet } = writer;
    const checked = await checkLeaks({ fleet, connection, timeout }, memberOn('hv-a'), [
      `hv-a/${address}`,
      `hv-b/${address}`,
    ]);
    if (!checked.ok) throw new Error(checked.error.message);
    return checked.value;
  };
  return { fleet: writer.fleet, check, queueOf, connection };
}

/** Every answer that a guest caches, by the question. */
async function everything(queue: AskedController): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  const keep = (question: string, answer: Awaited<ReturnType<typeof askQuestion>>) => {
    if (!answer.ok) throw new Error(answer.error.message);
    const bytes: Answer = answer.value;
    answers.set(question, bytes === null ? 'refused' : Buffer.from(bytes).toString('hex'));
  };
  const ask = (kind: GuestQuestion['kind'], number: number, nsid = 0) =>
    askQuestion(queue, { kind, number, nsid });
  for (let cns = 0; cns <= 0x20; cns++) keep(`CNS ${cns}`, await ask('identify', cns, cns === 1 ? 0 : 1));
  const counters = new Set(
    logReadables.filter(({ rule }) => rule === 'volatile').map(({ number }) => number),
  );
  for (let lid = 0; lid < 0x100; lid++)
    if (!counters.has(lid)) keep(`log ${lid}`, await ask('log-page', lid));
  for (let fid = 0; fid < 0x100; fid++) keep(`feature ${fid}`, await ask('feature', fid));
  return answers;
}

/** Registers and configuration space of the member without the guest's own state and, if asked, without resources. */
function stateless(
  { connection }: Awaited<ReturnType<typeof openWorld>>,
  host: string,
  withoutResources: boolean,
): string[] {
  const function1 = '0000:41:00.1';
  const read = [
    [propertiesStructure, connection(host)?.guestRegisters(function1)],
    [configurationStructure, connection(host)?.guestConfigSpace(function1)],
  ] as const;
  return read.map(([structure, bytes]) => {
    if (bytes?.ok !== true) throw new Error(`${host} does not show ${structure.source}`);
    const shown = bytes.value.slice();
    for (const { rule, offset, size } of ruledBytes(structure))
      if (rule === 'state' || (withoutResources && rule === 'resources'))
        shown.fill(0, offset, offset + size);
    return Buffer.from(shown).toString('hex');
  });
}

/** What the fixes of a check make of a guest. */
function fixed(
  guest: Face,
  fixes: Awaited<ReturnType<Awaited<ReturnType<typeof openWorld>>['check']>>['fixes'],
) {
  let { identity, exposed } = guest;
  for (const { intent } of fixes) {
    if (intent.kind === 'set-virtual-identity') identity = intent.identity;
    if (intent.kind === 'set-exposed-capabilities') exposed = intent.exposed;
  }
  return { identity, exposed };
}

const byte = fc.integer({ min: 0, max: 0xff });
const word = fc.integer({ min: 0, max: 0xffff });
const double = fc.integer({ min: 0, max: 0xffffffff });
const drives: fc.Arbitrary<Drive> = fc.record({
  vid: fc.constantFrom(0x1de5, 0x1de5, 0x1de5, 0x1b36),
  // MQES, TO and the bytes 47:40 and 63:56; what no mask can make equal is the same.
  cap: fc.tuple(fc.integer({ min: 0, max: 0xffff }), byte, byte, byte).map(([mqes, to, middle, high]) => {
    const digits = [high, 0x40, middle, 0x30, to, 0x01].map((one) => one.toString(16).padStart(2, '0'));
    return `0x${digits.join('')}${mqes.toString(16).padStart(4, '0')}`.replace(/^0x0+(?=.)/, '0x');
  }),
  deviceId: fc.constantFrom(0x10, 0x10, 0x2522),
  queues: fc.integer({ min: 2, max: 8 }),
  version: fc.constantFrom(0x10400, 0x20000, 0x20100),
  capacityBytes: fc.constantFrom(7_680_000_000_000, 3_840_000_000_000),
  capabilities: fc.record({
    ...{ oncs: word, oaes: double, ctratt: double, lpa: byte, mdts: byte, acl: byte, aerl: byte, elpe: byte },
    ...{
      npss: fc.integer({ min: 0, max: 31 }),
      frmw: byte,
      maxcmd: word,
      mnan: double,
      fuses: word,
      vwc: byte,
    },
    // Without Virtualization Management (bit 7) there is nothing to migrate.
    oacs: word.map((bits) => bits | 0x80),
    ...{ nn: fc.integer({ min: 1, max: 1024 }), sgls: double, kas: word, ocfs: word, fna: byte },
  }),
});
const capacity = {
  ...{ capacityBytes: 7_680_000_000_000, vid: 0x1de5, version: 0x20100 },
  ...{ cap: '0x4000300f0103ff', deviceId: 0x10, queues: 4 },
};
const plain: Drive = { ...capacity, capabilities: {} };

describe('leak check', () => {
  it('passed: the guest gets byte for byte the same answers on the other host, whatever the drives are', async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(drives, drives, fc.boolean(), async (here, there, askable) => {
        const first = await openWorld([
          driveOn('hv-a', here, bareGuest, true),
          driveOn('hv-b', there, null, askable),
        ]);
        const guest = fixed(bareGuest, (await first.check()).fixes);
        const second = await openWorld([
          driveOn('hv-a', here, guest, true),
          driveOn('hv-b', there, null, askable),
        ]);
        const { verdict, findings } = await second.check();
        expect(verdict).not.toBe('leaks');
        expect(findings.filter((finding) => finding.class === 'physical')).toEqual([]);
        for (const host of ['hv-a', 'hv-b'])
          expect(maskBlockers(second.fleet.controllers[`${host}/${address}`]!, guest.exposed)).toEqual([]);
        passed += 1;
        const moved = await openWorld([
          driveOn('hv-a', here, guest, true),
          driveOn('hv-b', there, guest, askable),
        ]);
        const answers = await everything(moved.queueOf(memberOn('hv-a')));
        const resources = new Set(['feature 7']);
        const others = await everything(moved.queueOf(memberOn('hv-b')));
        for (const [question, answer] of answers)
          if (!resources.has(question) || here.queues === there.queues)
            expect([question, others.get(question)]).toEqual([question, answer]);
        expect(stateless(moved, 'hv-b', here.queues !== there.queues)).toEqual(
          stateless(moved, 'hv-a', here.queues !== there.queues),
        );
      }),
      { numRuns: numRuns(10, 250) },
    );
    expect(passed).toBeGreaterThan(5);
  });

  it('names what leaks, and what closes it', async () => {
    const there: Drive = {
      ...plain,
      capabilities: { oncs: 0x5f, mdts: 4 },
      capacityBytes: 3_840_000_000_000,
    };
    const { check } = await openWorld([
      driveOn('hv-a', plain, bareGuest, true),
      driveOn('hv-b', there, null, true),
    ]);
    const { verdict, findings, fixes, hosts } = await check();
    expect(verdict).toBe('leaks');
    const leaks = new Map(
      findings.filter(({ class: kind }) => kind === 'physical').map(({ name, fix }) => [name, fix]),
    );
    expect(Object.fromEntries(leaks)).toEqual({
      ...{ SN: 'identity', MN: 'identity', FR: 'identity', 'LID 03h': 'identity', 'LID 05h': 'narrow' },
      ...{ MDTS: 'narrow', ONCS: 'narrow', TNVMCAP: 'hide', UNVMCAP: 'hide' },
    });
    expect(hosts).toMatchObject([
      { title: 'hv-b/nvme0', basis: 'secondary', identical: false, compare: null },
    ]);
    expect(fixes.map(({ intent }) => intent.kind)).toEqual([
      'set-virtual-identity',
      'set-exposed-capabilities',
    ]);
  });

  it('finds a namespace that the other host does not have, which no command closes', async () => {
    const foreign = driveOn('hv-b', plain, null, true);
    const [namespace] = foreign.namespaces ?? [];
    const { check } = await openWorld([
      driveOn('hv-a', plain, bareGuest, true),
      { ...foreign, namespaces: [{ ...namespace!, nguid: '5e1f4c107a3d4a910025385b00000002' }] },
    ]);
    const found = (await check()).findings.find(({ id }) => id === 'namespace:1');
    expect(found).toMatchObject({ class: 'physical', fix: null });
  });

  it('says of a member that does not answer why, and what to do', async () => {
    const { fleet, connection } = await openWorld([
      driveOn('hv-a', plain, bareGuest, true),
      driveOn('hv-b', plain, null, true),
    ]);
    const id = memberOn('hv-a');
    const offline = { ...fleet.controllers[id]!, online: false } as Fleet['controllers'][string];
    const changed = { ...fleet, controllers: { ...fleet.controllers, [id]: offline } };
    const checked = await checkLeaks({ fleet: changed, connection, timeout }, id, []);
    expect(checked).toMatchObject({ ok: false, error: { code: 'refused' } });
    const foreign = await checkLeaks({ fleet, connection, timeout }, memberOn('hv-b'), []);
    expect(foreign).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(fleet.virtualSubsystems[virtualSubsystemIdOf(`hv-a/${address}`, nqn)]?.exposed).toEqual([]);
  });
});
