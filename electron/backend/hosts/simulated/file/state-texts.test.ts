import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import type { LinkState } from '#shared/simulation/device-faults.ts';
import type { CommandFault, FaultEffect } from '#shared/simulation/faults.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import type { VfioState } from '#shared/vfio/device-state.ts';
import { execute } from '../commands/execute.ts';
import { isPhysical } from '../host/pci-function.ts';
import { logWrites, takeDirtyPages } from '../testing/dirty-log.ts';
import { secondaries } from '../testing/random-commands.ts';
import { type DeviceEvent, deviceEvent, happen, primaryOf } from '../testing/random-events.ts';
import {
  commandsEnd,
  createWorld,
  expectNoticed,
  exported,
  fleetInput,
  identifyCommand,
  plainInput,
  primaryInput,
  rebuilt,
  run,
  virtMgmt,
  type World,
} from '../testing/test-kit.ts';
import {
  createQueue,
  getQueue,
  logUserData,
  queueMemory,
  setQueue,
  trackMemory,
  trackReceive,
} from '../testing/tracking-commands.ts';

/** A working guest on secondary 1 (VFIO), another secondary of the same primary online, and a second primary. */
function busyFleet(): FleetFileInput {
  const vf = { vfn: 1, vq: 4, vi: 3, online: true, driver: 'vfio-pci' as const };
  const machine = {
    name: 'vm',
    vcpus: 2,
    memoryBytes: 1 << 26,
    devices: ['0000:01:00.1'],
    workload: {
      phases: [{ seconds: 2, pagesPerSecond: 700, hotBytes: 1 << 20 }],
      readsPerSecond: 300,
      writesPerSecond: 200,
    },
  };
  const input = fleetInput({
    controllers: [
      primaryInput({ secondaries: [vf, { vfn: 2, vq: 2, vi: 1, online: true }] }),
      primaryInput({ cntlid: 10, address: '0000:03:00.0' }),
      plainInput,
    ],
    namespaces: [
      { nsid: 1, blocks: 1000, attachedTo: [0, 1] },
      { nsid: 2, blocks: 1000, nguid: 'a'.repeat(32), attachedTo: [1] },
      { nsid: 3, blocks: 1000, shared: false },
    ],
  });
  return {
    ...input,
    hosts: input.hosts.map((host, index) => (index === 0 ? { ...host, virtualMachines: [machine] } : host)),
  };
}

function vfioOf(world: World) {
  const device = world.host('one').kernel.find('0000:01:00.1')?.vfio;
  if (!device) throw new Error('no VFIO device');
  return device;
}

interface Preparation {
  readonly vfio: VfioState;
  /** Bytes read of a saving session, or written to a resuming one. */
  readonly bytes: number;
  readonly dmaLogging: boolean;
  readonly dirtyLog: boolean;
  readonly tracked: boolean;
  readonly faults: readonly CommandFault[];
  readonly milliseconds: number;
  readonly link: LinkState;
}

const preparation: fc.Arbitrary<Preparation> = fc.record({
  vfio: fc.constantFrom<VfioState>('RUNNING', 'STOP', 'STOP_COPY', 'PRE_COPY', 'PRE_COPY_P2P', 'RESUMING'),
  bytes: fc.constantFrom(0, 100, 100_000),
  dmaLogging: fc.boolean(),
  dirtyLog: fc.boolean(),
  tracked: fc.boolean(),
  faults: fc.array(
    fc.record({
      opcode: fc.constantFrom(null, 0x06, 0x41),
      cntlid: fc.constantFrom(null, 0, 1),
      occurrence: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 3 }),
      effect: fc.constantFrom<FaultEffect>(
        { kind: 'status', status: 0x4006 },
        { kind: 'delay', milliseconds: 5 },
        { kind: 'silence' },
        { kind: 'wrong-length', bytes: 12 },
      ),
    }),
    { maxLength: 3 },
  ),
  milliseconds: fc.nat({ max: 3000 }),
  link: fc.constantFrom<LinkState>(
    { kind: 'up', share: 1 },
    { kind: 'up', share: 0.3 },
    { kind: 'down' },
    { kind: 'flapping', upMilliseconds: 700, downMilliseconds: 400 },
  ),
});

/** Brings about what random commands would not: a guest at work, sessions, logs, faults that wait. */
async function prepare(world: World, wanted: Preparation): Promise<void> {
  const { virtualMachines } = world.host('one');
  world.host('one').setLink(wanted.link);
  if (wanted.dirtyLog) logWrites(virtualMachines, 'vm');
  const device = vfioOf(world);
  if (wanted.dmaLogging) await device.dmaLogging?.start(4096, [{ address: 0n, length: 1n << 26n }]);
  if (wanted.tracked) {
    const primary = world.primary(0);
    for (const command of [createQueue(1, queueMemory(200)), setQueue(1, 0, 3), logUserData(1, 1)])
      expect(run(primary, command).sc).toBe(0);
    run(primary, trackMemory(2, [{ saddr: 0n, len: 64 }]));
  }
  world.clock.advance(wanted.milliseconds);
  virtualMachines.settle();
  // Something reported, of which somebody asked for a part.
  if (wanted.dmaLogging) await device.dmaLogging?.report(0n, 1n << 20n, 4096);
  await device.setState(wanted.vfio);
  if (wanted.vfio === 'RESUMING') await device.writeState(new Uint8Array(wanted.bytes));
  else if (wanted.vfio.startsWith('PRE_COPY') || wanted.vfio === 'STOP_COPY') await device.read(wanted.bytes);
  for (const fault of wanted.faults) world.fleet.subsystems[0]?.faults.add(fault);
}

/** What the rebuilt fleet is asked, and what it answers: everything that could tell it from the first one. */
async function answers(world: World, events: readonly DeviceEvent[]): Promise<readonly unknown[]> {
  const said: unknown[] = [];
  const device = world.host('one').kernel.find('0000:01:00.1')?.vfio;
  if (device) {
    said.push(device.state(), await device.dataSize(), await device.precopyInfo(), await device.read(64));
    said.push(await device.dmaLogging?.report(0n, 1n << 26n, 4096), await device.setState('RUNNING'));
  }
  const { link } = world.host('one').virtualMachines;
  for (let later = 0; later < 2500; later += 50) said.push(link.share(world.clock.now() + later));
  said.push(takeDirtyPages(world.host('one').virtualMachines, 'vm'));
  const queue = world.host('one').adminQueue('0000:01:00.0');
  if (queue.ok)
    for (let count = 0; count < 3; count++)
      said.push(await queue.value.submit(identifyCommand(1)), await queue.value.submit(getQueue(1)));
  for (const cntlid of secondaries)
    said.push(execute(primaryOf(world, cntlid), trackReceive(cntlid)), world.controller(cntlid).csts);
  for (const event of events) {
    if (event.kind === 'command') {
      const controller = world.fleet.subsystems[0]?.controllers.get(event.cntlid);
      said.push(controller && execute(controller, event.command));
    } else happen(world, event);
  }
  world.clock.advance(1000);
  said.push(exported(world));
  return said;
}

test('an exported fleet is built to the same state and answers the same', async () => {
  const events = fc.array(deviceEvent, { maxLength: 25, size: 'max' });
  await fc.assert(
    fc.asyncProperty(preparation, events, events, async (wanted, before, after) => {
      const world = createWorld(busyFleet());
      await prepare(world, wanted);
      for (const event of before) happen(world, event);
      await commandsEnd();
      const first = exported(world);
      expectNoticed(world);
      const again = rebuilt(world);
      expect(exported(again)).toEqual(first);
      expect(await answers(again, after)).toEqual(await answers(world, after));
      expectNoticed(world);
    }),
    { numRuns: numRuns(10, 250), seed: 20261125 },
  );
});

test('what changes while texts are prepared in pieces is in the state that is kept then, of one instant', () => {
  const used = { vq: 2, vi: 1, online: true };
  const secondaries = Array.from({ length: 500 }, (_, index) => ({ vfn: index + 1, ...used }));
  const pool = { kind: 'flexible' as const, total: 2000, secondaryMaximum: 4, privateToPrimary: 3 };
  const sriov = { totalVfs: 500, numVfs: 500 };
  const world = createWorld(
    fleetInput({ controllers: [primaryInput({ sriov, secondaries, vq: pool, vi: pool })] }),
  );
  const primary = world.primary(0);
  const [work, moved] = [world.fleet.state.prepare(), [1, 2, 150, 499, 500]];
  let pauses = 0;
  while (!work.next().done) {
    // From one function to the other: there is never more than the pool has, and never less.
    const [from = 0, to = 0] = [moved[pauses % 5], moved[(pauses + 1) % 5]];
    for (const command of [
      virtMgmt(7, from),
      virtMgmt(8, from, 0, 0),
      virtMgmt(7, to),
      virtMgmt(8, to, 0, 4),
    ])
      expect(run(primary, command).sc).toBe(0);
    pauses++;
  }
  expect(pauses).toBeGreaterThan(1);
  expectNoticed(world);
  const before = world.fleet.state.parts({ mode: 'paused', microseconds: 0 });
  expect(atOnce(world.fleet.state.prepare())).toBe(0);
  const after = world.fleet.state.parts({ mode: 'paused', microseconds: 0 });
  expect(after).toEqual(before);
  expect(run(primary, virtMgmt(9, 3)).sc).toBe(0);
  const changed = [...world.fleet.state.parts({ mode: 'paused', microseconds: 0 })];
  // One of eight parts of virtual functions, and the controller that was asked.
  expect(changed.filter(([name, json]) => before.get(name) !== json).length).toBeLessThan(3);
});

test.each<[string, (world: World) => void]>([
  ['the driver', (world) => Object.assign(functionOf(world, '0000:01:00.2'), { driver: 'nvme' })],
  [
    'the driver override',
    (world) => Object.assign(functionOf(world, '0000:01:00.2'), { driverOverride: 'x' }),
  ],
  ['the IOMMU group', (world) => Object.assign(functionOf(world, '0000:01:00.2'), { iommuGroup: 77 })],
  ['the device number', (world) => Object.assign(functionOf(world, '0000:01:00.0'), { instance: 7 })],
  ['a probe', (world) => Object.assign(functionOf(world, '0000:01:00.0'), { probeEndsAt: 10 ** 9 })],
  ['the owner', (world) => Object.assign(functionOf(world, '0000:01:00.2'), { owner: 'vm' })],
  ['a function that leaves', (world) => void world.host('one').kernel.functions.delete('0000:01:00.2')],
  [
    'autoprobe',
    (world) => {
      const entry = functionOf(world, '0000:01:00.0');
      if (isPhysical(entry) && entry.sriov) entry.sriov.driversAutoprobe = !entry.sriov.driversAutoprobe;
    },
  ],
  ['what waits for a reset', (world) => Object.assign(world.primary(0).part.vi, { pendingAllocation: 1 })],
  ['functions that were dropped', (world) => Object.assign(world.primary(0).part, { presentVfs: 0 })],
  ['a reset that is waited for', (world) => Object.assign(world.controller(2).part, { resetPending: true })],
  ['visibility', (world) => Object.assign(world.controller(2).part, { visible: false })],
  ['an attachment', (world) => void world.fleet.subsystems[0]?.namespaces.get(2)?.attachedTo.add(2)],
  ['the live state', (world) => void world.controller(2).live.changedNamespaces.add(1)],
  ['the counters', (world) => void world.controller(2).health.readCommands++],
  ['the virtual machine', (world) => Object.assign(machineOf(world), { state: 'paused' })],
])('a change of %s alone is noticed', (_, change) => {
  const world = createWorld(busyFleet());
  const before = JSON.stringify(exported(world));
  change(world);
  expect(JSON.stringify(exported(world))).not.toBe(before);
  expectNoticed(world);
});

function functionOf(world: World, address: string) {
  const entry = world.host('one').kernel.functions.get(address);
  if (entry === undefined) throw new Error(`there is no ${address}`);
  return entry;
}

function machineOf(world: World) {
  const machine = world.host('one').virtualMachines.machines.get('vm');
  if (machine === undefined) throw new Error('there is no guest');
  return machine;
}
