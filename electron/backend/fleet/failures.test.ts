import { describe, expect, it } from 'vitest';
import { controllerFailure, failedObjects, hostFailure, machineFailure } from '#shared/fleet/failures.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary, secondaryStateWords } from '#shared/fleet/selectors.ts';
import type { AdminCommand } from '#shared/nvme/command.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import { fail } from '#shared/result.ts';
import type { DeviceFault } from '#shared/simulation/device-faults.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { openSource } from '../sources/open-source.ts';
import { systemClock } from '../system-clock.ts';
import { openSimulatedBackend } from '../test-support/simulated-backend.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { createFleetWriter } from './fleet-writer.ts';

const nothing = { machines: [], hosts: [], controllers: [] };
const primaryId = 'hv-a/0000:41:00.0';

/** The fleet after a fault, and what the next start of the program reads. */
async function afterFault(fault: DeviceFault): Promise<[Fleet, Fleet]> {
  const backend = await openSimulatedBackend();
  expect(failedObjects(await backend.fleet())).toEqual(nothing);
  await backend.ask('simulation:device-fault', { fault });
  const now = await backend.fleet();
  await backend.close();
  const next = await openSimulatedBackend(backend.dataDir);
  return [now, await next.fleet()];
}

describe('what has failed is in the fleet', () => {
  it('a drive that loses power leaves its guests without it, also after a restart', async () => {
    for (const fleet of await afterFault({ kind: 'drive-power-loss', controllerId: primaryId })) {
      expect(failedObjects(fleet)).toMatchObject({ hosts: [], controllers: [] });
      const machine = fleet.virtualMachines['hv-a:db-primary'];
      expect(machine?.lostDevices).toEqual(['0000:41:00.4', '0000:41:00.5']);
      expect(machine && machineFailure(fleet, machine)).toBe('lost 2 of 2 drives');
      const other = fleet.virtualMachines['hv-a:web-07'];
      expect(other && machineFailure(fleet, other)).toBe('lost its drive');
    }
  });

  it('a host that loses power says so, and its virtual machines stand stopped without their drives', async () => {
    for (const fleet of await afterFault({ kind: 'host-power-loss', hostId: 'hv-a' })) {
      expect(failedObjects(fleet).hosts).toEqual(['hv-a']);
      const host = fleet.hosts['hv-a'];
      expect(host && hostFailure(fleet, host)).toBe('lost power');
      expect(fleet.virtualMachines['hv-a:web-07']).toMatchObject({ state: 'stopped', deviceIds: [] });
      expect(failedObjects(fleet).machines).toEqual(['hv-a:db-primary', 'hv-a:web-07']);
    }
  });

  it('a controller with fatal status and the guest that works with it, although only the guest could ask it', async () => {
    const id = `${primaryId}/4`;
    for (const fleet of await afterFault({ kind: 'controller-fatal', controllerId: id })) {
      const secondary = findSecondary(fleet, id);
      expect(secondary && controllerFailure(secondary)).toBe('fatal status');
      expect(secondaryStateWords(fleet, id)).toContain('Fatal status');
      const machine = Object.values(fleet.virtualMachines).find(({ deviceIds }) => deviceIds.includes(id));
      expect(machine && machineFailure(fleet, machine)).toContain('fatal status');
      expect(failedObjects(fleet)).toEqual({ ...nothing, controllers: [id], machines: [machine?.id] });
    }
  });

  it('a primary controller that falls silent stays with its functions, and answers again', async () => {
    let silent = false;
    const { writer, read } = await openWatched({
      interfere: (command) => silent && command.opcode === adminOpcodes.identify,
    });
    const before = writer.fleet;
    silent = true;
    for (const fleet of [await read(), await writer.refresh([{ hostId: 'hv-a', controllers: [scope] }])]) {
      expect(fleet.controllers[primaryId]).toMatchObject({ failure: 'not-answering' });
      expect(Object.keys(fleet.controllers)).toEqual(Object.keys(before.controllers));
      expect(fleet.virtualMachines).toEqual(before.virtualMachines);
    }
    silent = false;
    expect(failedObjects(await read())).toEqual(nothing);
    expect(writer.fleet).toEqual(before);
  });

  it('a function that reads all ones is gone from the bus; a host that cannot be read does not answer', async () => {
    let gone = false;
    let down = false;
    const { writer, read } = await openWatched({
      host: (host) => ({
        functions: async () => {
          const listed = await host.functions();
          if (!listed.ok || !gone) return listed;
          return {
            ...listed,
            value: listed.value.map((fn) =>
              fn.address === '0000:41:00.4' ? { ...fn, controllerStatus: 0xffff_ffff } : fn,
            ),
          };
        },
        describe: () =>
          down ? Promise.resolve(fail('storage', `${host.id} cannot be reached`)) : host.describe(),
      }),
    });
    gone = true;
    const fleet = await read();
    const found = Object.values(fleet.controllers).find(({ pciAddress }) => pciAddress === '0000:41:00.4');
    expect(found && controllerFailure(found)).toBe('gone from the bus');
    gone = false;
    down = true;
    const later = await read();
    expect(failedObjects(later).hosts).toEqual(['hv-a', 'hv-b']);
    expect(Object.keys(later.controllers)).toEqual(Object.keys(fleet.controllers));
    down = false;
    expect(failedObjects(await read())).toEqual(nothing);
    expect(failedObjects(writer.fleet)).toEqual(nothing);
  });
});

const scope = { address: '0000:41:00.0', resources: true, functions: true, virtualSubsystems: true };

/** `two-hosts` under a writer; commands may be kept from answering, and calls of the hosts replaced. */
async function openWatched({
  interfere = () => false,
  host = () => ({}),
}: {
  readonly interfere?: (command: AdminCommand) => boolean;
  readonly host?: (connection: HostConnection) => Partial<HostConnection>;
}) {
  const opened = await openSource(
    { kind: 'built-in', name: 'two-hosts' },
    {
      clock: createTestClock(),
      trace: (queue, { controller }) => ({
        ...queue,
        submit: (command) =>
          controller === 'nvme1' && interfere(command) ? new Promise(() => undefined) : queue.submit(command),
      }),
    },
  );
  if (!opened.ok) throw new Error(opened.error.message);
  const { source } = opened.value;
  const connections = opened.value.connections.map(
    (connection) =>
      new Proxy(connection, {
        get(target, name) {
          const replaced = host(target)[name as keyof HostConnection];
          const value: unknown = replaced ?? Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      }),
  );
  const writer = createFleetWriter(() => undefined, source, {
    ...{ timeoutMilliseconds: 50, clock: systemClock, parallel: 4 },
  });
  await writer.open(connections, source);
  expect(failedObjects(writer.fleet)).toEqual(nothing);
  return { writer, read: () => writer.reread(['hv-a', 'hv-b']) };
}
