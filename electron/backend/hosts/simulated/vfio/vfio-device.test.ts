import { expect, test } from 'vitest';
import type { VfioDevice } from '../../host-connection.ts';
import { createWorld, fleetInput, identifyCommand, primaryInput, run } from '../testing/test-kit.ts';

const identity = { serialNumber: 'V1', modelNumber: 'Virtual', firmwareRevision: '1' };

/** A virtual machine on host one with VF 1; VF 1 of host two is online and waits, bound to vfio-pci. */
function twoHosts() {
  const vf = { vfn: 1, vq: 4, vi: 3, online: true, driver: 'vfio-pci' as const };
  const virtual = (cntlid: number) => ({
    nqn: 'nqn.2026-11.io.berth:moving',
    primaryVirtualId: 1,
    identity,
    members: [{ cntlid, virtualControllerId: 20 }],
  });
  const input = fleetInput({
    controllers: [
      primaryInput({ secondaries: [vf], virtualSubsystems: [virtual(1)] }),
      primaryInput({ cntlid: 10, host: 'two', secondaries: [vf], virtualSubsystems: [virtual(11)] }),
    ],
    namespaces: [{ nsid: 2, blocks: 1000, nguid: 'b'.repeat(32), attachedTo: [1] }],
  });
  const machine = { name: 'vm', vcpus: 4, memoryBytes: 1_000_000_000, devices: ['0000:01:00.1'] };
  return createWorld({
    ...input,
    hosts: input.hosts.map((host, index) => (index === 0 ? { ...host, virtualMachines: [machine] } : host)),
  });
}

function device(world: ReturnType<typeof createWorld>, host: string): VfioDevice {
  const found = world.host(host).vfioDevice('0000:01:00.1');
  if (!found.ok) throw new Error(found.error.message);
  return found.value;
}

async function reach(vfio: VfioDevice, state: Parameters<VfioDevice['setState']>[0]) {
  const reached = await vfio.setState(state);
  expect(reached).toEqual({ ok: true, value: state });
}

test('a virtual machine moves with its controller, and the guest notices nothing', async () => {
  const world = twoHosts();
  const [one, two] = [world.host('one'), world.host('two')];
  const before = run(world.controller(1), identifyCommand(1));
  const liveBefore = structuredClone(world.controller(1).live);
  expect(liveBefore.submissionQueues.size).toBe(2);
  await two.virtualMachines.createIncoming({ name: 'vm', vcpus: 4, memoryBytes: 1_000_000_000 });
  expect(await two.virtualMachines.attachDevice('vm', '0000:01:00.1')).toMatchObject({ ok: true });
  const [source, destination] = [device(world, 'one'), device(world, 'two')];
  await reach(destination, 'RESUMING');
  await one.virtualMachines.pause('vm');
  await reach(source, 'STOP_COPY');
  const progress: number[] = [];
  const sent = await one.virtualMachines.sendMemory(
    'vm',
    two.virtualMachines,
    (bytes) => progress.push(bytes),
    new AbortController().signal,
  );
  expect(sent).toMatchObject({ ok: true, value: { bytes: 1_000_000_000 } });
  expect(progress.at(-1)).toBe(1_000_000_000);
  // 1 GB over 1 GB/s.
  expect(world.clock.now()).toBeGreaterThanOrEqual(990);
  expect(world.clock.now()).toBeLessThan(1100);
  const state = await source.readState();
  if (!state.ok) throw new Error(state.error.message);
  expect(await source.readState()).toMatchObject({ ok: true, value: new Uint8Array() });
  // Any cut of the stream must do.
  await destination.writeState(state.value.slice(0, 100));
  await destination.writeState(state.value.slice(100));
  await reach(destination, 'RUNNING');
  expect(await two.virtualMachines.resume('vm')).toMatchObject({ ok: true });
  await reach(source, 'STOP');

  expect(world.controller(11).live).toEqual(liveBefore);
  expect(run(world.controller(11), identifyCommand(1))).toEqual(before);
  const opcodes = world.trace.map(({ owner, command }) => `${owner.hostId} ${command.opcode.toString(16)}`);
  expect(new Set(opcodes)).toEqual(new Set(['one 41', 'one 42', 'two 41']));
  expect(world.trace.every(({ owner }) => owner.controller === 'nvme0' && owner.side === 'host')).toBe(true);
});

test('state that does not fit leaves the device in ERROR until it is reset', async () => {
  const world = twoHosts();
  const destination = device(world, 'two');
  await reach(destination, 'RESUMING');
  await destination.writeState(new Uint8Array(64));
  const failed = await destination.setState('STOP');
  expect(failed).toMatchObject({ ok: false, error: { code: 'device-status', field: 'device_state' } });
  expect(destination.state()).toBe('ERROR');
  expect((await destination.setState('RUNNING')).ok).toBe(false);
  expect((await destination.reset()).ok).toBe(true);
  expect(destination.state()).toBe('RUNNING');
  expect(world.controller(11).suspended).toBe(false);
});

test('sessions are refused outside their states', async () => {
  const vfio = device(twoHosts(), 'one');
  expect(await vfio.readState()).toMatchObject({ ok: false, error: { code: 'refused' } });
  expect(await vfio.writeState(new Uint8Array(4))).toMatchObject({ ok: false, error: { code: 'refused' } });
  await reach(vfio, 'STOP');
  await reach(vfio, 'STOP_COPY');
  await reach(vfio, 'RUNNING');
  expect(await vfio.readState()).toMatchObject({ ok: false });
});

test('pre-copy keeps the controller running until the stop', async () => {
  const world = twoHosts();
  const vfio = device(world, 'one');
  await reach(vfio, 'PRE_COPY');
  expect(world.controller(1).suspended).toBe(false);
  await reach(vfio, 'STOP_COPY');
  expect(world.controller(1).suspended).toBe(true);
  await reach(vfio, 'RUNNING');
  expect(world.controller(1).suspended).toBe(false);
});

test('a function level reset brings it to RUNNING and drops the data; an offline function does not stop', async () => {
  const world = twoHosts();
  const vfio = device(world, 'one');
  await reach(vfio, 'STOP_COPY');
  await world.host('one').pci.functionLevelReset('0000:01:00.1');
  expect(vfio.state()).toBe('RUNNING');
  await world.host('one').pci.functionLevelReset('0000:01:00.0');
  expect(await vfio.setState('STOP')).toMatchObject({ ok: false, error: { code: 'device-status' } });
});

test('without migration commands there is no VFIO migration device', () => {
  const input = fleetInput({
    profile: 'qemu-7.2',
    controllers: [primaryInput({ secondaries: [{ vfn: 1, driver: 'vfio-pci' }] })],
  });
  const host = createWorld(input).host('one');
  expect(host.vfioDevice('0000:01:00.1')).toMatchObject({ ok: false, error: { code: 'not-supported' } });
  expect(host.vfioDevice('0000:01:00.9')).toMatchObject({ ok: false, error: { code: 'not-found' } });
});
