import { describe, expect, test } from 'vitest';
import { execute } from '../commands/execute.ts';
import { shownResources } from '../controller/exposed-answers.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  identifyCommand,
  plainInput,
  primaryInput,
  virtMgmt,
} from '../testing/test-kit.ts';

const pf = '/sys/bus/pci/devices/0000:01:00.0';
const vf = (n: number) => `/sys/bus/pci/devices/0000:01:00.${n}`;
const nvme = '/sys/bus/pci/drivers/nvme';
const vfio = '/sys/bus/pci/drivers/vfio-pci';

function world(profile: 'berth' | 'qemu-7.2' = 'qemu-7.2') {
  const created = createWorld(
    fleetInput({
      profile,
      controllers: [primaryInput({ sriov: { totalVfs: 4, numVfs: 0 } }), plainInput],
    }),
  );
  const host = created.host('one');
  const write = async (path: string, value: string) => {
    const answer = await host.writeSysfs(path, value);
    return answer.ok ? 'ok' : `${answer.stage} ${answer.errno}`;
  };
  return { ...created, host, write };
}

describe('sriov_numvfs', () => {
  test('as the kernel answers', async () => {
    const { write, host } = world();
    await write(`${pf}/sriov_drivers_autoprobe`, '0');
    expect(await write(`${pf}/sriov_numvfs`, '5')).toBe('write ERANGE');
    expect(await write(`${pf}/sriov_numvfs`, 'many')).toBe('write EINVAL');
    expect(await write(`${pf}/sriov_numvfs`, '70000')).toBe('write ERANGE');
    expect(await write(`${pf}/sriov_numvfs`, '4')).toBe('ok');
    expect(await write(`${pf}/sriov_numvfs`, '4')).toBe('ok');
    expect(await write(`${pf}/sriov_numvfs`, '2')).toBe('write EBUSY');
    const functions = await host.functions();
    expect(functions.ok && functions.value.map((entry) => [entry.address, entry.driver])).toEqual([
      ['0000:01:00.0', 'nvme'],
      ['0000:01:00.1', null],
      ['0000:01:00.2', null],
      ['0000:01:00.3', null],
      ['0000:01:00.4', null],
      ['0000:02:00.0', 'nvme'],
    ]);
    expect(await write(`${pf}/sriov_numvfs`, '0')).toBe('ok');
    expect(await write(`${nvme}/unbind`, '0000:01:00.0')).toBe('ok');
    expect(await write(`${pf}/sriov_numvfs`, '2')).toBe('write ENOENT');
  });

  test('a function that is not there, an attribute that is not there', async () => {
    const { write } = world();
    expect(await write(`${vf(1)}/reset`, '1')).toBe('open ENOENT');
    expect(await write('/sys/bus/pci/devices/0000:02:00.0/sriov_numvfs', '1')).toBe('open EACCES');
    expect(await write(`${pf}/colour`, '1')).toBe('open EACCES');
    expect(await write('/sys/bus/pci/drivers/e1000/bind', '0000:01:00.0')).toBe('open ENOENT');
    expect(await write(`${pf}/reset`, '2')).toBe('write EINVAL');
    expect(await write(`${pf}/sriov_drivers_autoprobe`, 'perhaps')).toBe('write EINVAL');
  });
});

describe('drivers', () => {
  test('with autoprobe, offline functions are probed and dropped after half a second', async () => {
    const { write, host, clock } = world();
    await write(`${pf}/sriov_numvfs`, '2');
    expect(host.deviceNames()).toEqual(['nvme0', 'nvme1']);
    expect(host.kernel.functions.get('0000:01:00.2')).toMatchObject({ driver: 'nvme', instance: 3 });
    clock.advance(499);
    expect(host.kernel.find('0000:01:00.2')?.driver).toBe('nvme');
    clock.advance(1);
    expect(host.kernel.find('0000:01:00.2')).toMatchObject({ driver: null, instance: null });
  });

  test('autoprobe off makes even an explicit bind fail, unless driver_override names the driver', async () => {
    const { write, controller, host } = world();
    await write(`${pf}/sriov_drivers_autoprobe`, '0');
    await write(`${pf}/sriov_numvfs`, '4');
    bringUp(controller(0), 1);
    bringUp(controller(0), 2);
    expect(await write(`${nvme}/bind`, '0000:01:00.1')).toBe('write ENODEV');
    await write(`${vf(2)}/driver_override`, 'nvme');
    expect(await write(`${nvme}/bind`, '0000:01:00.2')).toBe('ok');
    await write(`${pf}/sriov_drivers_autoprobe`, '1');
    expect(await write(`${nvme}/bind`, '0000:01:00.1')).toBe('ok');
    expect(await write(`${nvme}/bind`, '0000:01:00.1')).toBe('write EBUSY');
    expect(await write(`${nvme}/bind`, '0000:01:00.9')).toBe('write ENODEV');
    expect(host.deviceNames()).toEqual(['nvme0', 'nvme1', 'nvme2', 'nvme3']);
    expect(host.addressOfDevice('/dev/nvme2')).toBe('0000:01:00.2');
    expect(host.addressOfDevice('/dev/nvme3')).toBe('0000:01:00.1');
  });

  test('unbinding frees the device number; the lowest free one is next', async () => {
    const { write, controller, host } = world();
    await write(`${pf}/sriov_drivers_autoprobe`, '0');
    await write(`${pf}/sriov_numvfs`, '4');
    await write(`${pf}/sriov_drivers_autoprobe`, '1');
    for (const cntlid of [1, 2]) {
      bringUp(controller(0), cntlid);
      await write(`${nvme}/bind`, `0000:01:00.${cntlid}`);
    }
    expect(await write(`${nvme}/unbind`, '0000:01:00.1')).toBe('ok');
    expect(await write(`${nvme}/unbind`, '0000:01:00.1')).toBe('write ENODEV');
    expect(controller(1).isOffline).toBe(false);
    bringUp(controller(0), 3);
    await write(`${nvme}/bind`, '0000:01:00.3');
    expect(host.addressOfDevice('nvme2')).toBe('0000:01:00.3');
  });

  test('vfio-pci by driver_override, by new_id, and back', async () => {
    const { write, host } = world();
    await write(`${pf}/sriov_drivers_autoprobe`, '0');
    await write(`${pf}/sriov_numvfs`, '4');
    await write(`${pf}/sriov_drivers_autoprobe`, '1');
    expect(await write(`${vfio}/bind`, '0000:01:00.1')).toBe('write ENODEV');
    await write(`${vf(1)}/driver_override`, 'vfio-pci');
    expect(await write('/sys/bus/pci/drivers_probe', '0000:01:00.1')).toBe('ok');
    const driver = (n: number) => host.kernel.find(`0000:01:00.${n}`)?.driver;
    expect([driver(1), driver(2)]).toEqual(['vfio-pci', null]);
    expect(await write(`${vfio}/new_id`, '1de5 0010')).toBe('ok');
    expect([1, 2, 3, 4].map(driver)).toEqual(['vfio-pci', 'vfio-pci', 'vfio-pci', 'vfio-pci']);
    expect(await write(`${vfio}/unbind`, '0000:01:00.2')).toBe('ok');
    await write(`${vf(2)}/driver_override`, '\n');
    expect(host.kernel.find('0000:01:00.2')?.driverOverride).toBeNull();
    expect(await write(`${pf}/sriov_numvfs`, '0')).toBe('ok');
  });

  test('no IOMMU, no vfio-pci', async () => {
    const created = createWorld({
      ...fleetInput({ controllers: [primaryInput()] }),
      hosts: [{ name: 'one', iommu: '' }],
    });
    const host = created.host('one');
    await host.writeSysfs(`${vf(1)}/driver_override`, 'vfio-pci');
    expect(await host.writeSysfs(`${vfio}/bind`, '0000:01:00.1')).toMatchObject({
      ok: false,
      errno: 'EINVAL',
    });
    expect(await host.describe()).toMatchObject({
      ok: true,
      value: { capabilities: { vfioMigration: { available: false } } },
    });
  });
});

describe('resets', () => {
  test('only the function level reset applies a primary allocation; numvfs stays', async () => {
    const { write, host, primary, controller } = world();
    await write(`${pf}/sriov_drivers_autoprobe`, '0');
    await write(`${pf}/sriov_numvfs`, '2');
    bringUp(controller(0), 1);
    execute(controller(0), virtMgmt(1, 0, 0, 4));
    expect(await host.resetDevice('/dev/nvme0')).toEqual({ ok: true });
    expect(primary(0).part).toMatchObject({ numVfs: 2, vq: { allocatedToPrimary: 0 } });
    expect(controller(1).isOffline).toBe(true);
    expect(await write(`${pf}/reset`, '1')).toBe('ok');
    expect(primary(0).part).toMatchObject({ numVfs: 2, vq: { allocatedToPrimary: 4 } });
    // Private 3 and allocated 4 make 6 I/O queue pairs, but 2 vectors only one.
    expect(shownResources(primary(0)).ioQueuePairs).toBe(6);
    expect(primary(0).live.submissionQueues.size).toBe(1);
  });

  test('a controller taken offline under its driver times out and loses its device', async () => {
    const { write, host, controller, clock } = world();
    await write(`${pf}/sriov_drivers_autoprobe`, '0');
    await write(`${pf}/sriov_numvfs`, '2');
    await write(`${pf}/sriov_drivers_autoprobe`, '1');
    bringUp(controller(0), 1);
    await write(`${nvme}/bind`, '0000:01:00.1');
    const queue = host.queueOfDevice('/dev/nvme2');
    if (!queue.ok) throw new Error(queue.error.message);
    expect(await queue.value.submit(identifyCommand(1))).toMatchObject({ ok: true });
    execute(controller(0), virtMgmt(7, 1));
    const before = clock.now();
    expect(await queue.value.submit(identifyCommand(1))).toMatchObject({
      ok: false,
      error: { code: 'device-timeout', object: 'one nvme2' },
    });
    expect(clock.now() - before).toBe(5000);
    expect(host.deviceNames()).toEqual(['nvme0', 'nvme1']);
    expect(host.queueOfDevice('/dev/nvme2')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  test('an NVM subsystem reset needs CAP.NSSRS and reaches all hosts', async () => {
    const created = createWorld(
      fleetInput({ controllers: [primaryInput(), primaryInput({ cntlid: 10, host: 'two' })] }),
    );
    bringUp(created.controller(10), 11);
    execute(created.controller(0), virtMgmt(1, 0, 0, 4));
    expect(await created.host('one').resetSubsystemOfDevice('nvme0')).toEqual({ ok: true });
    expect(created.controller(11).isOffline).toBe(true);
    expect(created.primary(0).part.vq.allocatedToPrimary).toBe(4);
    expect(created.controller(10).isEnabled).toBe(true);
    const old = createWorld(fleetInput({ controllers: [primaryInput({ cap: '0x4018200f0107ff' })] }));
    expect(await old.host('one').resetSubsystemOfDevice('nvme0')).toMatchObject({
      ok: false,
      errno: 'ENOTTY',
    });
    expect(await old.host('one').rescanNamespaces('nvme7')).toMatchObject({ ok: false, errno: 'ENOENT' });
  });

  test('waiting commands can be given up', async () => {
    const created = createWorld(fleetInput({ controllers: [primaryInput()] }));
    const never = { ...created.clock, sleep: () => new Promise<void>(() => undefined) };
    const queue = created.host('one').guestQueue('0000:01:00.1');
    if (!queue.ok) throw new Error(queue.error.message);
    Object.assign(created.clock, never);
    const answer = queue.value.submit(identifyCommand(1));
    created.host('one').cancelPending();
    expect(await answer).toMatchObject({ ok: false, error: { code: 'aborted' } });
  });
});

test('queues are refused where the host has none', async () => {
  const { host, write } = world();
  await write(`${pf}/sriov_drivers_autoprobe`, '0');
  await write(`${pf}/sriov_numvfs`, '1');
  expect(host.adminQueue('0000:01:00.1')).toMatchObject({
    ok: false,
    error: { code: 'not-supported', field: 'driver' },
  });
  expect(host.adminQueue('0000:09:00.0')).toMatchObject({ ok: false, error: { code: 'not-found' } });
});

test('the PCI side of the connection uses the same writes and words their errors', async () => {
  const { host } = world('berth');
  expect(await host.pci.setVfCount('0000:01:00.0', 9)).toMatchObject({
    ok: false,
    error: { code: 'invalid-request', object: '/sys/bus/pci/devices/0000:01:00.0/sriov_numvfs' },
  });
  await host.pci.setDriversAutoprobe('0000:01:00.0', false);
  expect(await host.pci.setVfCount('0000:01:00.0', 2)).toMatchObject({ ok: true });
  expect(await host.pci.setDriver('0000:01:00.1', 'vfio-pci')).toMatchObject({ ok: true });
  expect(host.kernel.find('0000:01:00.1')?.driver).toBe('vfio-pci');
  expect(await host.pci.setDriver('0000:01:00.1', null)).toMatchObject({ ok: true });
  expect(host.kernel.find('0000:01:00.1')).toMatchObject({ driver: null, driverOverride: null });
  expect(await host.pci.controllerReset('0000:01:00.1')).toMatchObject({
    ok: false,
    error: { code: 'refused' },
  });
  expect(await host.pci.subsystemReset('0000:01:00.0')).toMatchObject({ ok: true });
});
