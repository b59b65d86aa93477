import { describe, expect, it } from 'vitest';
import type { Fleet, PrimaryController, SecondaryController } from '../../../fleet/schema.ts';
import { migrationFleet, migrationRequest } from '../../../test-support/migration-fleet.ts';
import { forecastMigration } from '../../forecast.ts';
import { defaultPreCopyOptions } from '../../pre-copy/options.ts';
import type { MigrationRequest } from '../../request.ts';
import { checkCompatibility } from '../compatibility.ts';

/** Two drives that do not share their namespaces. */
function twoStorages(change: (fleet: Fleet) => void = () => undefined): Fleet {
  const fleet = migrationFleet();
  for (const namespace of Object.values(fleet.namespaces)) {
    delete namespace.dispersed;
    namespace.shared = false;
  }
  for (const controller of Object.values(fleet.controllers))
    if (controller.role === 'secondary')
      controller.vfioOffer = { flags: { p2p: true, preCopy: true, dmaLogging: true }, reason: '' };
  change(fleet);
  return fleet;
}

function request(fleet: Fleet): MigrationRequest {
  const { options, ...rest } = migrationRequest(fleet);
  return { ...rest, options: { ...options, preCopy: defaultPreCopyOptions } };
}

function errorsOf(fleet: Fleet, asked = request(fleet)): string[] {
  return checkCompatibility(fleet, asked)
    .checks.filter(({ verdict, group }) => verdict === 'error' && group === 'namespaces')
    .map(({ id }) => id.split(':')[0] ?? '');
}

const sourceId = 'hv-a/0000:41:00.0';
const source = (fleet: Fleet) => fleet.controllers[sourceId] as PrimaryController;

describe('namespaces on two storages', () => {
  it('are copied where the mapping is proposed, and need not be shareable', () => {
    const fleet = twoStorages();
    const asked = request(fleet);
    expect(asked.devices.flatMap(({ namespaces }) => namespaces.map(({ copy }) => copy))).toEqual([
      ...[true, true, true, true],
    ]);
    expect(errorsOf(fleet)).toEqual([]);
    expect(
      request(migrationFleet()).devices.some(({ namespaces }) => namespaces.some(({ copy }) => copy)),
    ).toBe(false);
  });

  it('are refused without a copy, which the fix names', () => {
    const fleet = twoStorages();
    const asked = request(fleet);
    const devices = asked.devices.map((device) => ({
      ...device,
      namespaces: device.namespaces.map(({ source: from, destination }) => ({ source: from, destination })),
    }));
    const found = checkCompatibility(fleet, { ...asked, devices }).checks.filter(({ id }) =>
      id.startsWith('namespaces.identity:'),
    );
    expect(found.map(({ verdict, fix }) => [verdict, fix])).toEqual(
      found.map(() => ['error', 'Let its contents be copied']),
    );
    expect(found.length).toBe(4);
  });

  it.each<[string, (fleet: Fleet) => void]>([
    [
      'namespaces.log',
      (fleet) => {
        source(fleet).userDataTracking = { available: false, reason: 'TRATTR bit 1 is clear.' };
      },
    ],
    [
      'namespaces.log-queue',
      (fleet) => {
        source(fleet).userDataQueues = { ofController: 1, ofSubsystem: 8 };
      },
    ],
    [
      'namespaces.log-queue',
      (fleet) => {
        (fleet.controllers[`${sourceId}/1`] as SecondaryController).userDataQueue = true;
      },
    ],
    [
      'namespaces.source-alone',
      (fleet) => {
        for (const namespace of Object.values(fleet.namespaces))
          if (namespace.subsystemId === source(fleet).subsystemId) namespace.attachedTo = [`${sourceId}/5`];
      },
    ],
    [
      'namespaces.destination-alone',
      (fleet) => {
        for (const namespace of Object.values(fleet.namespaces))
          if (namespace.subsystemId !== source(fleet).subsystemId)
            namespace.attachedTo = ['hv-b/0000:41:00.0/6'];
      },
    ],
  ])('%s fails for what stands against the copy', (rule, change) => {
    const found = errorsOf(twoStorages(change));
    expect([...new Set(found)]).toEqual([rule]);
  });

  it('need no log when the guest is stopped first', () => {
    const fleet = twoStorages((one) => {
      source(one).userDataTracking = { available: false, reason: 'TRATTR bit 1 is clear.' };
    });
    expect(errorsOf(fleet, migrationRequest(fleet))).toEqual([]);
  });

  it('are in the forecast: in the first round while it goes on, in the standstill when it is stopped', () => {
    const fleet = twoStorages();
    // Both devices have both namespaces, of 512 and 1024 million bytes.
    const bytes = 3 * 512 * 1_000_000;
    const goesOn = forecastMigration(fleet, request(fleet));
    expect(goesOn.rounds[0]?.bytes).toBe(2 ** 30 + bytes);
    const term = (forecast: typeof goesOn) => forecast.phases.find(({ phase }) => phase === 'user data');
    expect(term(goesOn)?.milliseconds).toBeLessThan(5);
    const stops = forecastMigration(fleet, migrationRequest(fleet));
    expect(term(stops)?.milliseconds).toBeCloseTo((bytes / 2.9e9) * 1000 + 1, 0);
    expect(term(forecastMigration(migrationFleet(), migrationRequest(migrationFleet())))).toBeUndefined();
  });
});
