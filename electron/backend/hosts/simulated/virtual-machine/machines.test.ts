import { expect, test } from 'vitest';
import { createWorld, fleetInput, primaryInput } from '../testing/test-kit.ts';

const address = '0000:01:00.1';

function world() {
  const input = fleetInput({
    controllers: [
      primaryInput({ secondaries: [{ vfn: 1, vq: 4, vi: 3, online: true, driver: 'vfio-pci' }] }),
    ],
  });
  const machine = { name: 'vm', vcpus: 2, memoryBytes: 100_000_000 };
  const created = createWorld({
    ...input,
    hosts: input.hosts.map((host, index) => (index === 0 ? { ...host, virtualMachines: [machine] } : host)),
  });
  return {
    ...created,
    machines: created.host('one').virtualMachines,
    other: created.host('two').virtualMachines,
  };
}

test('a guest starts the controller that it is given, and closing resets it', async () => {
  const { machines, controller } = world();
  expect(controller(1).isEnabled).toBe(false);
  expect(await machines.attachDevice('vm', address)).toMatchObject({ ok: true });
  expect(controller(1).live.submissionQueues.size).toBe(2);
  expect(await machines.attachDevice('vm', address)).toMatchObject({ ok: true });
  expect(await machines.list()).toMatchObject({ ok: true, value: [{ name: 'vm', devices: [address] }] });
  expect(await machines.detachDevice('vm', address)).toMatchObject({ ok: true });
  expect(controller(1).isEnabled).toBe(false);
  expect(await machines.detachDevice('vm', address)).toMatchObject({
    ok: false,
    error: { code: 'not-found' },
  });
});

test('a running guest starts its controller again after a function level reset, a paused one does not', async () => {
  const { machines, controller, host } = world();
  await machines.attachDevice('vm', address);
  await host('one').pci.functionLevelReset(address);
  expect(controller(1).isEnabled).toBe(true);
  await machines.pause('vm');
  await host('one').pci.functionLevelReset(address);
  expect(controller(1).isEnabled).toBe(false);
});

test('a function in use is held', async () => {
  const { machines, host } = world();
  await machines.attachDevice('vm', address);
  expect(await host('one').pci.setDriver(address, null)).toMatchObject({
    ok: false,
    error: { code: 'busy' },
  });
  expect(await host('one').pci.setVfCount('0000:01:00.0', 0)).toMatchObject({
    ok: false,
    error: { code: 'busy' },
  });
  await machines.createIncoming({ name: 'second', vcpus: 1, memoryBytes: 1 });
  expect(await machines.attachDevice('second', address)).toMatchObject({
    ok: false,
    error: { code: 'busy' },
  });
});

test('what cannot be attached', async () => {
  const { machines } = world();
  expect(await machines.attachDevice('nobody', address)).toMatchObject({
    ok: false,
    error: { code: 'not-found' },
  });
  expect(await machines.attachDevice('vm', '0000:09:00.0')).toMatchObject({
    ok: false,
    error: { code: 'not-found' },
  });
  expect(await machines.attachDevice('vm', '0000:01:00.2')).toMatchObject({
    ok: false,
    error: { code: 'refused', field: 'driver' },
  });
});

test('memory crosses the link at its speed and arrives whole; an abort stops it', async () => {
  const { machines, other, clock } = world();
  await other.createIncoming({ name: 'vm', vcpus: 2, memoryBytes: 100_000_000 });
  expect(await other.resume('vm')).toMatchObject({ ok: false, error: { field: 'memory' } });
  const abort = new AbortController();
  const stopped = await machines.sendMemory('vm', other, () => abort.abort(), abort.signal);
  expect(stopped).toMatchObject({ ok: false, error: { code: 'aborted' } });
  expect(await other.resume('vm')).toMatchObject({ ok: false });
  await other.destroy('vm');
  await other.createIncoming({ name: 'vm', vcpus: 2, memoryBytes: 100_000_000 });
  const before = clock.now();
  const sent = await machines.sendMemory('vm', other, () => undefined, new AbortController().signal);
  // 100 MB over 1 GB/s.
  expect(clock.now() - before).toBe(100);
  const [source, destination] = [machines.machines.get('vm'), other.machines.get('vm')];
  expect(sent).toMatchObject({ ok: true, value: { bytes: 100_000_000, checksum: source?.memoryDigest } });
  expect(destination?.memoryDigest).toBe(source?.memoryDigest);
  expect(await other.resume('vm')).toMatchObject({ ok: true });
});

const piece = (from: number, to: number, last = false, stream = 'one') => ({
  ...{ stream, beginning: '0123456789abcdef', before: from, first: { from, to }, contents: [], last },
});

test('memory that is short is refused', async () => {
  const { other, machines } = world();
  await other.createIncoming({ name: 'vm', vcpus: 1, memoryBytes: 3 * 4096 });
  expect(await other.receiveMemory('vm', piece(0, 2, true))).toMatchObject({
    ok: false,
    error: { code: 'device-data', message: '8192 of 12288 bytes of memory arrived' },
  });
  expect(await other.resume('vm')).toMatchObject({ ok: false });
  expect(await machines.receiveMemory('vm', piece(0, 1))).toMatchObject({
    ok: false,
    error: { code: 'refused' },
  });
});

test('memory that leaves a gap is refused, and a new attempt begins anew', async () => {
  const { other } = world();
  await other.createIncoming({ name: 'vm', vcpus: 1, memoryBytes: 2 * 4096 });
  expect(await other.receiveMemory('vm', piece(0, 1))).toEqual({ ok: true, value: null });
  expect(await other.receiveMemory('vm', piece(1, 2, true, 'two'))).toMatchObject({
    ok: false,
    error: { code: 'device-data' },
  });
  expect(await other.receiveMemory('vm', piece(0, 1, false, 'three'))).toMatchObject({ ok: true });
  expect(await other.receiveMemory('vm', piece(1, 2, true, 'three'))).toEqual({
    ok: true,
    value: '0123456789abcdef',
  });
  expect(await other.resume('vm')).toMatchObject({ ok: true });
});

test('a transfer that nobody waits for any more is given up by the next one', async () => {
  const { machines, other } = world();
  await other.createIncoming({ name: 'vm', vcpus: 2, memoryBytes: 100_000_000 });
  const forgotten = machines.sendMemory('vm', other, () => undefined, new AbortController().signal);
  const sent = await machines.sendMemory('vm', other, () => undefined, new AbortController().signal);
  expect(await forgotten).toMatchObject({ ok: false, error: { code: 'aborted' } });
  expect(sent).toMatchObject({ ok: true, value: { bytes: 100_000_000 } });
});

test('life cycle', async () => {
  const { machines, controller } = world();
  await machines.attachDevice('vm', address);
  expect(await machines.destroy('vm')).toMatchObject({ ok: false, error: { code: 'refused' } });
  expect(await machines.pause('vm')).toMatchObject({ ok: true });
  expect(await machines.pause('vm')).toMatchObject({ ok: true });
  expect(await machines.destroy('vm')).toMatchObject({ ok: true });
  expect(controller(1).isEnabled).toBe(false);
  expect(await machines.list()).toMatchObject({ ok: true, value: [] });
  await machines.createIncoming({ name: 'vm', vcpus: 1, memoryBytes: 1 });
  expect(await machines.createIncoming({ name: 'vm', vcpus: 1, memoryBytes: 1 })).toMatchObject({
    ok: false,
    error: { code: 'conflict' },
  });
  expect(await machines.pause('vm')).toMatchObject({ ok: false, error: { code: 'refused' } });
});
