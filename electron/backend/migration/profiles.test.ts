import { describe, expect, it } from 'vitest';
import { deviceAbilities } from '#shared/fleet/device-abilities.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { checkCompatibility, unacknowledgedWarnings } from '#shared/migration/checks/compatibility.ts';
import { destinationOptions } from '#shared/migration/destination-options.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { zoo } from '../hosts/simulated/built-in/zoo.ts';
import { type MigrationWorld, openMigrationWorld } from '../test-support/migration-world.ts';

const openZoo = () => openMigrationWorld(zoo.build());

const requestOf = ({ requestFor }: MigrationWorld, name: string, from: string, to: string) =>
  requestFor({ virtualMachineId: `${from}:${name}`, destinationHostId: to });

const rules = (fleet: Fleet, request: MigrationRequest, verdict: 'warning' | 'error') =>
  checkCompatibility(fleet, request)
    .checks.filter((check) => check.verdict === verdict)
    .map((check) => check.id.split(':')[0]);

describe('the zoo', () => {
  it.each([
    ['standard', 'standard', []],
    ['december', 'vendor-2022', ['environment.pre-copy', 'identity.cntlid']],
    ['island', 'self-contained', ['environment.pre-copy', 'identity.cntlid']],
    ['fixed', 'standard', []],
    ['provisioned', 'standard', []],
    ['local', 'standard', []],
  ] as const)('%s moves to the twin of its device and back, with proof', async (name, kind, warnings) => {
    const world = await openZoo();
    for (const [from, to] of [
      ['zoo-a', 'zoo-b'],
      ['zoo-b', 'zoo-a'],
    ] as const) {
      const fleet = await world.writer.reread(['zoo-a', 'zoo-b']);
      const request = requestOf(world, name, from, to);
      expect(rules(fleet, request, 'error')).toEqual([]);
      // The other member stayed at home, so the virtual subsystem is there on the way back.
      const found = rules(fleet, request, 'warning').filter((rule) => rule !== 'identity.nqn');
      expect(found).toEqual(warnings);
      const acknowledged = unacknowledgedWarnings(checkCompatibility(fleet, request), []).map(({ id }) => id);
      const ended = await world.run({ kind: 'migrate', request: { ...request, acknowledged } });
      expect([ended.status, ended.error]).toEqual(['done', null]);
      const facts = ended.migration;
      expect(facts?.proof.filter((line) => !line.equal)).toEqual([]);
      expect(facts?.proof.length).toBeGreaterThan(5);
      const [device] = facts?.devices ?? [];
      expect(device?.destinationStateSha256).toBe(device?.sourceStateSha256);
      expect(device?.stateBytes).toBeGreaterThan(100);
      expect(facts?.userData?.length ?? 0).toBe(name === 'local' ? 1 : 0);
      const end = await world.writer.reread(['zoo-a', 'zoo-b']);
      const moved = end.virtualMachines[`${to}:${name}`];
      expect(moved?.state).toBe('running');
      const primaryId = findSecondary(end, moved?.deviceIds[0] ?? '')?.primaryId ?? '';
      expect(end.controllers[primaryId]).toMatchObject({ migrationInterface: kind, hostId: to });
    }
  });

  it('refuses what cannot work, and says what it is', async () => {
    const world = await openZoo();
    const { fleet } = world.writer;
    expect(rules(fleet, requestOf(world, 'mixed', 'zoo-a', 'zoo-b'), 'error')).toEqual(['environment.p2p']);
    const old = destinationOptions(fleet, 'zoo-a:standard').find(({ hostId }) => hostId === 'zoo-old');
    expect(old?.eligible).toBe(false);
    expect(old?.reasons.join(' ')).toContain('VFIO migration is not supported in kernel');
    const source = fleet.virtualMachines['zoo-a:december']?.deviceIds[0] ?? '';
    const crossed = {
      ...requestOf(world, 'december', 'zoo-a', 'zoo-b'),
      devices: [{ sourceId: source, destinationId: 'zoo-b/0000:31:00.0/65', namespaces: [] }],
    };
    const interfaces = checkCompatibility(fleet, crossed).checks.find(
      ({ title }) => title === 'Migration interface',
    );
    expect(interfaces).toMatchObject({
      verdict: 'error',
      source: 'Vendor commands of December 2022',
      destination: 'State in its own BAR',
    });
  });

  it('tells of every device what it can do, and why', async () => {
    const { writer } = await openZoo();
    const { fleet } = writer;
    const told = (id: string) =>
      Object.fromEntries(
        deviceAbilities(fleet, fleet.controllers[id]!).map(({ key, verdict, reason }) => {
          expect(reason).toMatch(/\.$/);
          return [key, verdict];
        }),
      );
    const all = {
      virtualization: 'yes',
      'flexible-resources': 'yes',
      'namespace-management': 'yes',
      migration: 'yes',
      p2p: 'yes',
      'pre-copy': 'yes',
      memory: 'yes',
      'user-data': 'yes',
      'virtual-subsystems': 'yes',
    };
    const stopCopyOnly = {
      p2p: 'no',
      'pre-copy': 'no',
      memory: 'no',
      'user-data': 'no',
      'virtual-subsystems': 'no',
    };
    expect(told('zoo-a/0000:11:00.0')).toEqual(all);
    expect(told('zoo-a/0000:11:00.0/17')).toEqual(all);
    expect(told('zoo-a/0000:21:00.0/17')).toEqual({ ...all, ...stopCopyOnly });
    expect(told('zoo-a/0000:31:00.0')).toEqual({ ...all, ...stopCopyOnly, 'flexible-resources': 'no' });
    expect(told('zoo-a/0000:41:00.0')).toEqual({ ...all, 'flexible-resources': 'no' });
    expect(told('zoo-a/0000:91:00.0/256')).toEqual(all);
    // Nobody has asked a driver there yet.
    expect(told('zoo-b/0000:21:00.0')).toEqual({
      ...all,
      ...stopCopyOnly,
      p2p: 'unknown',
      'pre-copy': 'unknown',
    });
    expect(told('zoo-a/0000:61:00.0')).toMatchObject({
      virtualization: 'yes',
      migration: 'no',
      p2p: 'unknown',
    });
    expect(told('zoo-b/0000:71:00.0')).toEqual({ functions: 'no' });
  });
});
