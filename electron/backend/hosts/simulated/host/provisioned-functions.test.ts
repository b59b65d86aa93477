import { expect, test } from 'vitest';
import { provisionedUuid } from '#shared/fleet-file/controller/provisioned-functions.ts';
import type { FleetFileInput } from '#shared/fleet-file/schema.ts';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import {
  createWorld,
  fleetInput,
  functionCommand,
  run,
  siovFleetInput,
  siovPrimaryInput,
  status,
} from '../testing/test-kit.ts';

const nqn = 'nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555';
const address = `0000:01:00.0/${provisionedUuid(nqn, 256)}`;

function siovFleet(visible: boolean, devices: readonly string[] = []): FleetFileInput {
  const input = siovFleetInput({
    maximum: 3,
    firstCntlid: 256,
    functions: [{ cntlid: 256, vq: 4, vi: 2, online: true, migrationEnabled: true, visible }],
  });
  const machine = { name: 'guest', vcpus: 2, memoryBytes: 1 << 20, devices: [...devices] };
  return { ...input, hosts: [{ name: 'one', virtualMachines: [machine] }] };
}

test('a visible function is a VFIO device below its parent, with an IOMMU group of its own', async () => {
  const world = createWorld(siovFleet(true, [address]));
  const functions = await world.host('one').functions();
  expect(functions.ok && functions.value).toMatchObject([
    { address: '0000:01:00.0', transport: 'pcie', sriov: null, provisionsFunctions: true, iommuGroup: 0 },
    {
      address,
      transport: 'siov',
      driver: 'vfio-siov',
      deviceName: null,
      iommuGroup: 1,
      virtualFunction: { physicalFunction: '0000:01:00.0', vfn: 0, uuid: provisionedUuid(nqn, 256) },
    },
  ]);
  // Its guest runs, so it is in use: nothing hides it under the guest.
  expect(status(world.controller(0), functionCommand(5, 256)) & 0x3fff).toBe(0xc);
  expect(world.host('one').kernel.find(address)?.owner).toBe('guest');
});

test('its state goes through VFIO like that of a virtual function, and its reset through the parent', async () => {
  const world = createWorld(siovFleet(true, [address]));
  const host = world.host('one');
  const device = host.vfioDevice(address);
  if (!device.ok) throw new Error(device.error.message);
  expect(await device.value.setState('STOP_COPY')).toEqual({ ok: true, value: 'STOP_COPY' });
  const state = await device.value.readState();
  expect(state.ok && state.value.length).toBeGreaterThan(96);
  expect(await host.pci.functionLevelReset(address)).toEqual({ ok: true, value: undefined });
  expect(device.value.state()).toBe('RUNNING');
  expect(await host.writeSysfs(`/sys/bus/pci/devices/${address}/reset`, '1')).toEqual({ ok: true });
  expect(await host.pci.setDriver(address, 'nvme')).toMatchObject({ ok: false });
});

test('it comes and goes with its visibility, and with the driver of its parent', async () => {
  const world = createWorld(siovFleet(false));
  const host = world.host('one');
  const shown = () => [...host.kernel.functions.keys()].filter((key) => key.includes('/'));
  expect(shown()).toEqual([]);
  run(world.controller(0), functionCommand(4, 256));
  expect(shown()).toEqual([address]);
  await host.virtualMachines.attachDevice('guest', address);
  expect(await host.pci.setDriver('0000:01:00.0', null)).toMatchObject({
    ok: false,
    error: { code: 'busy' },
  });
  await host.virtualMachines.detachDevice('guest', address);
  run(world.controller(0), functionCommand(5, 256));
  expect(shown()).toEqual([]);
  run(world.controller(0), functionCommand(4, 256));
  await host.pci.setDriver('0000:01:00.0', null);
  expect(shown()).toEqual([]);
  await host.pci.setDriver('0000:01:00.0', 'nvme');
  expect(shown()).toEqual([address]);
});

test('an exported fleet goes on where it was', () => {
  const world = createWorld(siovFleet(true, [address]));
  run(world.controller(0), functionCommand(0, 258));
  const exported: unknown = JSON.parse(JSON.stringify(world.fleet.exportState()));
  const checked = fleetFileOf(exported, 'export');
  if (!checked.ok) throw new Error((checked.error.details ?? []).join());
  const again = createWorld(checked.value);
  expect(again.fleet.exportState()).toEqual(world.fleet.exportState());
  expect(again.host('one').kernel.find(address)?.owner).toBe('guest');
});

test('a file that cannot be is refused at its place', () => {
  const problem = (change: (file: FleetFileInput) => unknown) => {
    const checked = fleetFileOf(change(siovFleet(true, [address])), 'test');
    return checked.ok ? [] : (checked.error.details ?? [checked.error.message]);
  };
  expect(problem((file) => file)).toEqual([]);
  expect(problem(() => siovFleet(false, [address]))[0]).toContain('has no function');
  const other = (profile: 'berth' | 'siov-like', controller: ReturnType<typeof siovPrimaryInput>) =>
    fleetInput({ profile, controllers: [controller], namespaces: [] });
  expect(problem(() => other('berth', siovPrimaryInput())).join()).toContain('Use profile siov-like');
  const { provisioned: _none, ...alone } = siovPrimaryInput();
  expect(problem(() => other('siov-like', alone)).join()).toContain('controls nothing');
  expect(
    problem(() =>
      siovFleetInput({ maximum: 1, firstCntlid: 256, functions: [{ cntlid: 257 }, { cntlid: 257 }] }),
    ).join(),
  ).toMatch(/outside 256 to 256.*cntlid 257 is used twice/s);
});
