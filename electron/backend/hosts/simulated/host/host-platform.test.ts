import { expect, test } from 'vitest';
import { createWorld, fleetInput, primaryInput } from '../testing/test-kit.ts';

type HostInput = ReturnType<typeof fleetInput>['hosts'][number];

function world(changes: Partial<HostInput>, other: Partial<HostInput> = {}) {
  const input = fleetInput({
    controllers: [
      primaryInput({ secondaries: [{ vfn: 1, vq: 4, vi: 3, online: true, driver: 'vfio-pci' }] }),
    ],
  });
  const workload = { phases: [{ seconds: 10, pagesPerSecond: 1000, hotBytes: 40_960, hotShare: 0.5 }] };
  const machine = { name: 'vm', vcpus: 2, memoryBytes: 100_000_000, devices: ['0000:01:00.1'], workload };
  return createWorld({
    ...input,
    hosts: input.hosts.map((host, index) =>
      index === 0 ? { ...host, virtualMachines: [machine], ...changes } : { ...host, ...other },
    ),
  });
}

test('an old kernel has no VFIO migration, and says so', async () => {
  const { host } = world({ kernel: '5.15.0-101-generic' });
  const described = await host('one').describe();
  expect(described).toMatchObject({
    ok: true,
    value: {
      vfioFlags: { stopCopy: false, p2p: false, preCopy: false },
      capabilities: {
        vfioMigration: {
          available: false,
          reason: expect.stringContaining('not supported in kernel 5.15.0'),
        },
      },
    },
  });
  expect(host('one').vfioDevice('0000:01:00.1')).toMatchObject({
    ok: false,
    error: { code: 'not-supported' },
  });
});

test('a kernel between has migration without pre-copy, and no DMA logging', async () => {
  const { host } = world({ kernel: '6.0.1' });
  expect(await host('one').describe()).toMatchObject({
    ok: true,
    value: { vfioFlags: { stopCopy: true, p2p: true, preCopy: false } },
  });
  const device = host('one').kernel.find('0000:01:00.1')?.vfio;
  expect(await device?.dmaLogging?.start(4096, [{ address: 0n, length: 4096n }])).toMatchObject({
    ok: false,
    error: { code: 'not-supported', message: expect.stringContaining('ENOTTY') },
  });
  expect(await device?.setState('PRE_COPY')).toMatchObject({ ok: false });
});

test('an IOMMU that tracks, one that does not, and none', async () => {
  const tracking = async (changes: Partial<HostInput>) => {
    const described = await world(changes).host('one').describe();
    return described.ok ? described.value.platform : null;
  };
  expect((await tracking({}))?.iommuHardwareDirtyTracking).toEqual({ available: true });
  expect((await tracking({ iommuDirtyTracking: false }))?.iommuHardwareDirtyTracking.available).toBe(false);
  expect((await tracking({ iommuPageSizes: [65_536, 4096] }))?.iommuPageSizes).toEqual([4096, 65_536]);
});

test('latency and loss of both hosts slow the memory down', async () => {
  const sending = async (changes: Partial<HostInput>, other: Partial<HostInput>) => {
    const { host, clock } = world(changes, other);
    const [source, destination] = [host('one').virtualMachines, host('two').virtualMachines];
    await source.pause('vm');
    await destination.createIncoming({ name: 'vm', vcpus: 2, memoryBytes: 100_000_000 });
    const before = clock.now();
    const sent = await source.sendMemory('vm', destination, () => undefined, new AbortController().signal);
    expect(sent.ok).toBe(true);
    return clock.now() - before;
  };
  // 100 MB over 1 GB/s, then with 5 ms and 10 ms one way, then with half of all packets sent again.
  expect(await sending({}, {})).toBe(100);
  expect(await sending({ linkLatencyMilliseconds: 5 }, { linkLatencyMilliseconds: 10 })).toBe(130);
  expect(await sending({}, { linkLoss: 0.5 })).toBe(200);
  expect(await sending({}, { linkBytesPerSecond: 500_000_000 })).toBe(200);
});

test('the hypervisor measures what a running guest writes', async () => {
  const { host } = world({});
  const machines = host('one').virtualMachines;
  const rate = async () => {
    const listed = await machines.list();
    return listed.ok ? listed.value[0]?.dirtyBytesPerSecond : undefined;
  };
  // 500 of the 1000 writes fall on 10 hot pages, the others on 24,414 pages: about 10 + 495 distinct ones.
  const measured = ((await rate()) ?? 0) / 4096;
  expect(measured).toBeGreaterThan(490);
  expect(measured).toBeLessThan(510);
  await machines.pause('vm');
  expect(await rate()).toBeNull();
});
