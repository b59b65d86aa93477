import { expect, test } from 'vitest';
import { memoryWritten } from '../state/tracking-state.ts';
import { createWorld, fleetInput, primaryInput } from '../testing/test-kit.ts';
import type { SimulatedVfioDevice } from './vfio-device.ts';

/** Secondary 1, online and bound to vfio-pci, is opened by virtual machine `vm`. */
function opened(state: 'running' | 'incoming' = 'running') {
  const vf = { vfn: 1, vq: 4, vi: 3, online: true, driver: 'vfio-pci' as const };
  const machine = { name: 'vm', state, vcpus: 2, memoryBytes: 1 << 30, devices: ['0000:01:00.1'] };
  const input = fleetInput({ controllers: [primaryInput({ secondaries: [vf] })], namespaces: [] });
  const world = createWorld({
    ...input,
    hosts: input.hosts.map((host, index) => (index === 0 ? { ...host, virtualMachines: [machine] } : host)),
  });
  const device = world.host('one').kernel.find('0000:01:00.1')?.vfio;
  if (!device) throw new Error('no VFIO device');
  return { world, device, vf: world.controller(1) };
}

function logging(device: SimulatedVfioDevice) {
  const { dmaLogging } = device;
  if (dmaLogging === null) throw new Error('the device has no DMA logging');
  return dmaLogging;
}

const bits = (bitmap: Uint8Array) =>
  [...bitmap].flatMap((byte, at) =>
    [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => byte & (1 << bit)).map((bit) => at * 8 + bit),
  );

async function pages(device: SimulatedVfioDevice, address: bigint, length: bigint, page = 4096) {
  const reported = await logging(device).report(address, length, page);
  if (!reported.ok) throw new Error(reported.error.message);
  return bits(reported.value);
}

test('the device’s writes are reported once, and only for the part that was asked about', async () => {
  const { device, vf } = opened();
  expect(await logging(device).start(4096, [{ address: 0n, length: 1n << 20n }])).toMatchObject({
    ok: true,
  });
  memoryWritten(vf, 4096n * 3n, 8192);
  memoryWritten(vf, 4096n * 200n, 1);
  expect(await pages(device, 0n, 4n * 4096n)).toEqual([3]);
  expect(await pages(device, 0n, 1n << 20n)).toEqual([4, 200]);
  expect(await pages(device, 0n, 1n << 20n)).toEqual([]);
  memoryWritten(vf, 4096n * 9n, 1);
  expect(await pages(device, 0n, 1n << 20n, 8192)).toEqual([4]);
});

test('limits of the kernel: number of ranges, alignment, overlap, page size, one log at a time', async () => {
  const { device } = opened();
  const dmaLogging = logging(device);
  const ranges = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ address: BigInt(index) * 8192n, length: 4096n }));
  expect(await dmaLogging.start(4096, ranges(257))).toMatchObject({ error: { message: /E2BIG/ } });
  for (const [page, list] of [
    [2048, ranges(1)],
    [4096, []],
    [4096, [{ address: 1n, length: 4096n }]],
    [8192, [{ address: 0n, length: 4096n }]],
    [4096, [...ranges(1), { address: 0n, length: 8192n }]],
  ] as const)
    expect(await dmaLogging.start(page, list)).toMatchObject({ error: { message: /EINVAL/ } });
  expect(await dmaLogging.report(0n, 4096n, 4096)).toMatchObject({ ok: false });
  expect(await dmaLogging.start(4096, ranges(256))).toMatchObject({ ok: true });
  expect(await dmaLogging.start(4096, ranges(1))).toMatchObject({ error: { code: 'busy' } });
  expect(await dmaLogging.report(0n, 4096n, 5000)).toMatchObject({ error: { code: 'invalid-request' } });
  expect(await dmaLogging.stop()).toMatchObject({ ok: true });
  expect(await dmaLogging.stop()).toMatchObject({ ok: true });
});

test('what does not fit at the wanted granularity is logged more coarsely', async () => {
  const { device, vf } = opened();
  expect(await logging(device).start(4096, [{ address: 0n, length: 1n << 39n }])).toMatchObject({
    ok: true,
  });
  expect(vf.memoryTracker?.exponent).toBe(1);
  memoryWritten(vf, 4096n, 1);
  expect(await pages(device, 0n, 16384n)).toEqual([0, 1]);
});

test('a reset of the controlling function ends logging; unbinding ends it too', async () => {
  const { world, device, vf } = opened();
  await logging(device).start(4096, [{ address: 0n, length: 4096n }]);
  await world.host('one').pci.controllerReset('0000:01:00.0');
  expect(await logging(device).report(0n, 4096n, 4096)).toMatchObject({ error: { code: 'device-status' } });
  await logging(device).stop();
  await logging(device).start(4096, [{ address: 0n, length: 4096n }]);
  await world.host('one').virtualMachines.detachDevice('vm', '0000:01:00.1');
  await world.host('one').pci.setDriver('0000:01:00.1', null);
  await Promise.resolve();
  expect(vf.memoryTracker).toBeNull();
});

test('PRE_COPY gives early data, says when there is nothing, and the destination takes the last state', async () => {
  const { device, vf } = opened();
  expect(await device.precopyInfo()).toMatchObject({ error: { code: 'invalid-request' } });
  const size = await device.dataSize();
  if (!size.ok) throw new Error(size.error.message);
  await device.setState('PRE_COPY');
  expect(await device.precopyInfo()).toEqual({
    ok: true,
    value: { initialBytes: size.value, dirtyBytes: 0 },
  });
  const parts: Uint8Array[] = [];
  const read = async (most: number) => {
    const bytes = await device.read(most);
    if (!bytes.ok) throw new Error(bytes.error.message);
    if (bytes.value) parts.push(bytes.value);
    return bytes.value?.length ?? null;
  };
  expect(await read(100)).toBe(100);
  expect(await read(1 << 20)).toBe(size.value - 100);
  expect(await read(1 << 20)).toBeNull();
  vf.live.properties.intms = 5;
  expect(await device.precopyInfo()).toEqual({
    ok: true,
    value: { initialBytes: 0, dirtyBytes: size.value },
  });
  expect(await read(64)).toBe(64);
  await device.setState('STOP_COPY');
  while ((await read(1000)) !== 0) expect(parts.length).toBeLessThan(50);
  const stream = Buffer.concat(parts);
  expect(stream.length).toBe(3 * size.value);

  const there = opened('incoming');
  const write = async (bytes: Uint8Array) => {
    await there.device.setState('RESUMING');
    await there.device.writeState(bytes);
    return there.device.setState('STOP');
  };
  expect(await write(stream.subarray(0, 2 * size.value))).toMatchObject({ error: { code: 'device-data' } });
  await there.device.reset();
  expect(await write(stream.subarray(0, stream.length - 4))).toMatchObject({
    error: { code: 'device-status' },
  });
  await there.device.reset();
  expect(await write(stream)).toMatchObject({ ok: true });
  expect(there.vf.live.properties.intms).toBe(5);
});
