import { describe, expect, test } from 'vitest';
import { allVfioStates, hasVfioState, type VfioState, vfioDataSession } from '#shared/vfio/device-state.ts';
import { getState, resume, suspend } from '../testing/migration-commands.ts';
import {
  guestFleet,
  guestFunction,
  type MigratingProfile,
  migratingProfiles,
} from '../testing/profile-fleets.ts';
import { createWorld, fleetInput, primaryInput, run, type World } from '../testing/test-kit.ts';
import { identityBytes, manageVirtual, receiveVirtual } from '../testing/virtual-subsystem-commands.ts';

const virtualFunction = '0000:01:00.1';

/** The function of a running guest. */
const guestOf = (profile: MigratingProfile): World => createWorld(guestFleet(profile));

function deviceOf(world: World, profile: MigratingProfile) {
  const found = world.host('one').kernel.find(guestFunction(profile).address)?.vfio;
  if (!found) throw new Error('no VFIO device');
  return found;
}

/** Brings the device into a state, with data in its session where the state has one. */
async function bringInto(device: ReturnType<typeof deviceOf>, state: VfioState): Promise<void> {
  if (state === 'ERROR') {
    await device.setState('RESUMING');
    await device.writeState(new Uint8Array(64));
    expect(await device.setState('STOP')).toMatchObject({ ok: false });
  } else {
    expect(await device.setState(state)).toEqual({ ok: true, value: state });
  }
  expect(device.state()).toBe(state);
  if (state === 'RESUMING') expect((await device.writeState(new Uint8Array(64))).ok).toBe(true);
  if (vfioDataSession(state) === 'save') expect(await device.read(16)).toMatchObject({ ok: true });
}

describe.each(migratingProfiles)('the function of profile %s', (profile) => {
  const flags = deviceOf(guestOf(profile), profile).flags();
  const states = allVfioStates.filter((state) => hasVfioState(state, flags));

  test.each(
    states.flatMap((state) =>
      (['VFIO_DEVICE_RESET', 'function level reset'] as const).map((reset) => ({ state, reset })),
    ),
  )('$reset in $state: RUNNING, data dropped, no session', async ({ state, reset }) => {
    const world = guestOf(profile);
    const device = deviceOf(world, profile);
    const controller = world.controller(guestFunction(profile).cntlid);
    await bringInto(device, state);
    const done =
      reset === 'VFIO_DEVICE_RESET'
        ? await device.reset()
        : await world.host('one').pci.functionLevelReset(guestFunction(profile).address);
    expect(done).toEqual({ ok: true, value: undefined });
    expect(device.state()).toBe('RUNNING');
    expect({ suspended: controller.suspended, incoming: controller.incoming }).toEqual({
      suspended: false,
      incoming: null,
    });
    // The guest still runs, so it starts the controller again.
    expect(controller.isEnabled).toBe(true);
    expect(await device.readState()).toMatchObject({ ok: false, error: { field: 'data_fd' } });
    expect(await device.writeState(new Uint8Array(4))).toMatchObject({ ok: false });
    expect(await device.precopyInfo()).toMatchObject({ ok: false, error: { code: 'invalid-request' } });
    expect(device.toFile()).toBeUndefined();
    // Nothing of the old session is left in a new one: exactly one final state, of the length that was said.
    expect(await device.setState('STOP_COPY')).toMatchObject({ ok: true });
    const size = await device.dataSize();
    const saved = await device.readState();
    expect(saved.ok && saved.value.length).toBe(size.ok && size.value);
    expect(await device.setState('RUNNING')).toMatchObject({ ok: true });
  });

  test.each(states)('MIG_DATA_SIZE in %s changes nothing', async (state) => {
    const world = guestOf(profile);
    const device = deviceOf(world, profile);
    await bringInto(device, state);
    const before = JSON.stringify(device.toFile());
    const size = await device.dataSize();
    expect(size.ok && size.value).toBeGreaterThan(0);
    expect(device.state()).toBe(state);
    expect(JSON.stringify(device.toFile())).toBe(before);
  });

  test.each(states)('VFIO_MIG_GET_PRECOPY_INFO in %s: only in PRE_COPY and PRE_COPY_P2P', async (state) => {
    const device = deviceOf(guestOf(profile), profile);
    await bringInto(device, state);
    const isEarly = state === 'PRE_COPY' || state === 'PRE_COPY_P2P';
    expect(await device.precopyInfo()).toMatchObject(
      isEarly ? { ok: true } : { ok: false, error: { code: 'invalid-request', field: 'device_state' } },
    );
    expect(device.state()).toBe(state);
  });

  test.each(states.filter((state) => state !== 'ERROR'))(
    'a reset in the middle of a way to %s ends it in RUNNING',
    async (target) => {
      const world = guestOf(profile);
      const device = deviceOf(world, profile);
      const isThere = target === 'RUNNING';
      if (isThere) await bringInto(device, 'STOP');
      const walk = device.setState(target);
      await world.host('one').pci.functionLevelReset(guestFunction(profile).address);
      expect(await walk).toMatchObject({ ok: false, error: { code: 'aborted', field: 'device_state' } });
      expect(device.state()).toBe('RUNNING');
      expect(world.controller(guestFunction(profile).cntlid).suspended).toBe(false);
    },
  );
});

describe('a handle on the controlling side', () => {
  /** What the primary can still do with controller 1 by its CNTLID, and what it still says of it. */
  function expectHandle(world: World): void {
    const primary = world.primary(0);
    const controller = world.controller(1);
    expect(run(primary, suspend(1))).toMatchObject({ sct: 0, sc: 0 });
    expect(controller.suspended).toBe(true);
    const received = run(primary, getState(1));
    expect(received).toMatchObject({ sct: 0, sc: 0, dw0: 1 });
    expect(received.data?.length).toBeGreaterThan(0);
    expect(run(primary, resume(1))).toMatchObject({ sct: 0, sc: 0 });
    expect(controller.suspended).toBe(false);
    expect([...(primary.part.virtualSubsystems.get(1)?.members ?? [])]).toEqual([[1, 7]]);
    const subsystem = run(primary, receiveVirtual(1, 1));
    expect(subsystem).toMatchObject({ sct: 0, sc: 0 });
    expect(world.fleet.subsystems[0]?.namespaces.get(1)?.attachedTo.has(1)).toBe(true);
  }

  test('survives vfio-pci, function level resets and a virtual machine, without any driver on the function', async () => {
    const vf = { vfn: 1, vq: 4, vi: 2, online: true };
    const input = fleetInput({
      controllers: [primaryInput({ secondaries: [vf] })],
      namespaces: [{ nsid: 1, blocks: 1000, attachedTo: [1] }],
    });
    const machine = { name: 'vm', vcpus: 2, memoryBytes: 1 << 20 };
    const world = createWorld({
      ...input,
      hosts: input.hosts.map((host) =>
        host.name === 'one' ? { ...host, virtualMachines: [machine] } : host,
      ),
    });
    const { pci, virtualMachines, kernel } = world.host('one');
    const data = identityBytes('nqn.2026-11.io.berth:held');
    expect(run(world.primary(0), manageVirtual(0, { vcid: 1, data })).sc).toBe(0);
    expect(run(world.primary(0), manageVirtual(2, { vsid: 1, cntlid: 1, vcid: 7 })).sc).toBe(0);
    expect(kernel.find(virtualFunction)?.driver).toBeNull();
    expectHandle(world);
    const steps: readonly (() => Promise<unknown>)[] = [
      () => pci.setDriver(virtualFunction, 'nvme'),
      () => pci.setDriver(virtualFunction, 'vfio-pci'),
      () => pci.functionLevelReset(virtualFunction),
      () => virtualMachines.attachDevice('vm', virtualFunction),
      () => pci.functionLevelReset(virtualFunction),
      () => virtualMachines.detachDevice('vm', virtualFunction),
      () => pci.setDriver(virtualFunction, null),
    ];
    for (const step of steps) {
      expect(await step()).toEqual({ ok: true, value: undefined });
      expectHandle(world);
    }
  });
});
