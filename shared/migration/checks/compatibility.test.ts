// Longer than 400 lines: one table of cases, read side by side.
import { describe, expect, it } from 'vitest';
import {
  type Fleet,
  fleetSchema,
  type PrimaryController,
  type SecondaryController,
} from '../../fleet/schema.ts';
import { guestNqn, migrationFleet, migrationRequest } from '../../test-support/migration-fleet.ts';
import { destinationOptions } from '../destination-options.ts';
import { forecastMigration } from '../forecast.ts';
import { proposeMapping } from '../mapping.ts';
import { checkCompatibility, requireAcknowledgement, unacknowledgedWarnings } from './compatibility.ts';

/** Changes the fleet after the request was made, then names the checks that do not pass. */
function findings(change: (fleet: Fleet) => void, devices = 1): string[] {
  const fleet = migrationFleet(devices);
  const request = migrationRequest(fleet);
  change(fleet);
  expect(() => fleetSchema.parse(fleet)).not.toThrow();
  return checkCompatibility(fleet, request)
    .checks.filter((check) => check.verdict !== 'passed')
    .map((check) => `${check.verdict} ${check.id.slice(0, check.id.indexOf(':'))}`);
}

const primaryAt = (fleet: Fleet, host: string) =>
  fleet.controllers[`${host}/0000:41:00.0`] as PrimaryController;
const secondaryAt = (fleet: Fleet, host: string, vfn: number) =>
  fleet.controllers[`${host}/0000:41:00.0/${vfn}`] as SecondaryController;

describe('compatibility of a fitting destination', () => {
  it('passes every check, each with evidence', () => {
    const fleet = migrationFleet();
    const { checks, errors, warnings, passed } = checkCompatibility(fleet, migrationRequest(fleet));
    expect(checks.filter((check) => check.verdict !== 'passed')).toEqual([]);
    expect({ errors, warnings, passed }).toEqual({ errors: 0, warnings: 0, passed: checks.length });
    expect(checks.every((check) => check.evidence !== '')).toBe(true);
    expect(new Set(checks.map((check) => check.id)).size).toBe(checks.length);
    expect(new Set(checks.map((check) => check.group)).size).toBe(6);
  });
});

describe('what was not recorded', () => {
  it('is no verdict on the device: the check says which command would tell', () => {
    const fleet = migrationFleet();
    const request = migrationRequest(fleet);
    const primary = primaryAt(fleet, 'hv-b');
    const gap = { kind: 'not-recorded', tellBy: 'nvme primary-ctrl-caps /dev/nvme1' } as const;
    primary.vq = { ...primary.vq, supported: false, gap };
    const evidence = checkCompatibility(fleet, request).checks.flatMap((check) =>
      check.verdict === 'error' ? [check.evidence] : [],
    );
    expect(evidence).toContainEqual(
      expect.stringContaining('not recorded: nvme primary-ctrl-caps /dev/nvme1 would tell'),
    );
    expect(evidence.join(' ')).not.toContain('CRT');
  });
});

describe('one difference, one finding', () => {
  const cases: [string, (fleet: Fleet) => void, string[]][] = [
    [
      'a missing ONCS bit',
      (fleet) => {
        primaryAt(fleet, 'hv-b').capabilities = { ...primaryAt(fleet, 'hv-b').capabilities!, oncs: 0x5f };
      },
      ['error capabilities.oncs'],
    ],
    [
      'an additional ONCS bit',
      (fleet) => {
        primaryAt(fleet, 'hv-b').capabilities = { ...primaryAt(fleet, 'hv-b').capabilities!, oncs: 0x3ff };
      },
      ['warning capabilities.oncs'],
    ],
    [
      'a smaller MDTS',
      (fleet) => {
        primaryAt(fleet, 'hv-b').capabilities = { ...primaryAt(fleet, 'hv-b').capabilities!, mdts: 5 };
      },
      ['error capabilities.mdts'],
    ],
    [
      'an unlimited MDTS is larger, not smaller',
      (fleet) => {
        primaryAt(fleet, 'hv-b').capabilities = { ...primaryAt(fleet, 'hv-b').capabilities!, mdts: 0 };
      },
      ['warning capabilities.mdts'],
    ],
    [
      'another vendor',
      (fleet) => {
        primaryAt(fleet, 'hv-b').identity = { ...primaryAt(fleet, 'hv-b').identity!, vid: 0x144d };
      },
      ['error capabilities.vid'],
    ],
    [
      'an unreadable primary',
      (fleet) => {
        primaryAt(fleet, 'hv-b').capabilities = null;
      },
      ['error capabilities.readable'],
    ],
    [
      'a drained pool',
      (fleet) => {
        primaryAt(fleet, 'hv-b').vq.allocatedToPrimary = 60;
      },
      ['error resources.vq-pool'],
    ],
    [
      'a small maximum per secondary',
      (fleet) => {
        primaryAt(fleet, 'hv-b').vi.secondaryMaximum = 3;
      },
      ['error resources.vi-size'],
    ],
    [
      'a VF that is not enabled',
      (fleet) => {
        secondaryAt(fleet, 'hv-b', 1).pciAddress = null;
      },
      ['error resources.exists'],
    ],
    [
      'a VF that the host uses',
      (fleet) => {
        Object.assign(secondaryAt(fleet, 'hv-b', 1), { driver: 'nvme', deviceName: 'nvme5', online: true });
      },
      ['error resources.free'],
    ],
    [
      'other data behind the NSID',
      (fleet) => {
        Object.values(fleet.namespaces).at(-1)!.nguid = 'f'.repeat(32);
      },
      ['error namespaces.identity'],
    ],
    [
      'a namespace without identifiers',
      (fleet) => {
        for (const namespace of Object.values(fleet.namespaces))
          if (namespace.nsid === 2) namespace.nguid = '';
      },
      ['error namespaces.identity'],
    ],
    [
      'another block size',
      (fleet) => {
        Object.values(fleet.namespaces).at(-1)!.blockSize = 4096;
      },
      ['error namespaces.format'],
    ],
    [
      'a private namespace',
      (fleet) => {
        Object.values(fleet.namespaces).at(-1)!.shared = false;
      },
      ['error namespaces.shared'],
    ],
    [
      'no common state version',
      (fleet) => {
        primaryAt(fleet, 'hv-b').stateFormats!.versions = [1];
      },
      ['error state-format.version'],
    ],
    [
      'no common vendor state',
      (fleet) => {
        primaryAt(fleet, 'hv-b').stateFormats!.uuids = [];
      },
      ['error state-format.uuid'],
    ],
    [
      'no live migration bit',
      (fleet) => {
        for (const host of ['hv-a', 'hv-b']) {
          const primary = primaryAt(fleet, host);
          primary.capabilities = { ...primary.capabilities!, oacs: primary.capabilities!.oacs & ~(1 << 11) };
        }
      },
      ['error environment.live-migration'],
    ],
    [
      'another interface at the destination',
      (fleet) => {
        primaryAt(fleet, 'hv-b').migrationInterface = 'vendor-2022';
      },
      ['error environment.live-migration'],
    ],
    [
      'no interface at the source',
      (fleet) => {
        primaryAt(fleet, 'hv-a').migrationInterface = null;
      },
      ['error environment.live-migration'],
    ],
    [
      'a source with STOP_COPY only',
      (fleet) => {
        const flags = { p2p: false, preCopy: false, dmaLogging: false };
        secondaryAt(fleet, 'hv-a', 1).vfioOffer = { flags, reason: 'asked' };
      },
      ['warning environment.pre-copy'],
    ],
    [
      'a machine of the same name',
      (fleet) => {
        const machine = Object.values(fleet.virtualMachines)[0]!;
        const id = 'hv-b:db-primary';
        fleet.virtualMachines[id] = { ...machine, id, hostId: 'hv-b', deviceIds: [] };
      },
      ['error identity.machine-name'],
    ],
    [
      'a guest without a virtual subsystem',
      (fleet) => {
        Object.assign(secondaryAt(fleet, 'hv-a', 1), { virtualSubsystemId: null, virtualControllerId: null });
      },
      ['error identity.virtual-subsystem'],
    ],
    [
      'a virtual firmware revision left open',
      (fleet) => {
        Object.values(fleet.virtualSubsystems)[0]!.identity.firmwareRevision = '';
      },
      ['warning identity.firmware-revision'],
    ],
    [
      'a virtual serial number left open',
      (fleet) => {
        Object.values(fleet.virtualSubsystems)[0]!.identity.serialNumber = '';
      },
      ['error identity.serial-number'],
    ],
    [
      'the virtual NQN and the virtual id taken at the destination',
      (fleet) => {
        const original = Object.values(fleet.virtualSubsystems)[0]!;
        const id = `hv-b/0000:41:00.0|${guestNqn}`;
        fleet.virtualSubsystems[id] = {
          ...original,
          id,
          hostId: 'hv-b',
          primaryId: 'hv-b/0000:41:00.0',
          members: [{ controllerId: 'hv-b/0000:41:00.0/6', virtualControllerId: 20 }],
        };
      },
      ['warning identity.nqn', 'error identity.virtual-controller-id'],
    ],
    [
      'the virtual NQN with another identity',
      (fleet) => {
        const original = Object.values(fleet.virtualSubsystems)[0]!;
        const id = `hv-b/0000:41:00.0|${guestNqn}`;
        const identity = { ...original.identity, serialNumber: 'OTHER' };
        fleet.virtualSubsystems[id] = {
          ...original,
          id,
          hostId: 'hv-b',
          primaryId: 'hv-b/0000:41:00.0',
          identity,
          members: [],
        };
      },
      ['error identity.nqn'],
    ],
    [
      'the virtual subsystem prepared with another mask',
      (fleet) => {
        const original = Object.values(fleet.virtualSubsystems)[0]!;
        original.exposed = [{ offset: 520, size: 2, rule: 'keep-bits', value: '0x1f' }];
        const place = { id: `hv-b/0000:41:00.0|${guestNqn}`, hostId: 'hv-b', primaryId: 'hv-b/0000:41:00.0' };
        const exposed = [{ ...original.exposed[0]!, value: '0xf' }];
        fleet.virtualSubsystems[place.id] = { ...original, ...place, exposed, members: [] };
      },
      ['error identity.nqn', 'error capabilities.oncs'],
    ],
    [
      'a missing ONCS bit that the mask hides from the guest',
      (fleet) => {
        primaryAt(fleet, 'hv-b').capabilities = { ...primaryAt(fleet, 'hv-b').capabilities!, oncs: 0x5f };
        const mask = { offset: 520, size: 2, rule: 'keep-bits', value: '0x5f' } as const;
        Object.values(fleet.virtualSubsystems)[0]!.exposed = [mask];
      },
      [],
    ],
    [
      'a mask that still promises what the destination lacks',
      (fleet) => {
        primaryAt(fleet, 'hv-b').capabilities = { ...primaryAt(fleet, 'hv-b').capabilities!, mdts: 5 };
        const mask = { offset: 77, size: 1, rule: 'limit', value: '0x6' } as const;
        Object.values(fleet.virtualSubsystems)[0]!.exposed = [mask];
      },
      ['error capabilities.mdts'],
    ],
    [
      'another OUI behind a virtual one',
      (fleet) => {
        primaryAt(fleet, 'hv-b').identity = { ...primaryAt(fleet, 'hv-b').identity!, ieee: 0x123456 };
        Object.values(fleet.virtualSubsystems)[0]!.identity.ieee = 0x525400;
      },
      [],
    ],
    [
      'an unknown link',
      (fleet) => {
        fleet.hosts['hv-b']!.linkBytesPerSecond = 0;
      },
      ['warning environment.link', 'warning environment.downtime'],
    ],
    [
      'a slow link',
      (fleet) => {
        fleet.hosts['hv-b']!.linkBytesPerSecond = 1e8;
      },
      ['warning environment.downtime'],
    ],
    [
      'a paused guest',
      (fleet) => {
        Object.values(fleet.virtualMachines)[0]!.state = 'paused';
      },
      ['error environment.machine-running'],
    ],
    [
      'a destination without VFIO migration',
      (fleet) => {
        fleet.hosts['hv-b']!.capabilities.vfioMigration = { available: false, reason: 'kernel too old' };
      },
      ['error environment.vfio'],
    ],
    [
      'a destination without an IOMMU',
      (fleet) => {
        fleet.hosts['hv-b']!.iommu = '';
      },
      ['error environment.iommu'],
    ],
  ];
  it.each(cases)('%s', (_name, change, expected) => {
    expect(findings(change)).toEqual(expected);
  });

  it('needs peer-to-peer quiescence for several devices only', () => {
    const withoutP2p = (fleet: Fleet) => {
      fleet.hosts['hv-b']!.vfioFlags.p2p = false;
    };
    expect(findings(withoutP2p, 1)).toEqual([]);
    expect(findings(withoutP2p, 2)).toEqual(['error environment.p2p']);
  });

  it('names the devices that lack it when the hosts have it', () => {
    const withoutP2p = (fleet: Fleet) => {
      const flags = { p2p: false, preCopy: true, dmaLogging: true };
      secondaryAt(fleet, 'hv-a', 2).vfioOffer = { flags, reason: 'asked' };
    };
    expect(findings(withoutP2p, 2)).toEqual(['error environment.p2p']);
    const fleet = migrationFleet(2);
    const request = migrationRequest(fleet);
    withoutP2p(fleet);
    const check = checkCompatibility(fleet, request).checks.find(({ id }) =>
      id.startsWith('environment.p2p'),
    );
    expect(check?.evidence).toContain('VF 2 of hv-a/nvme1 without P2P');
  });

  it('lets a device without virtual subsystems move as itself between two ports of one subsystem', () => {
    const alone = (fleet: Fleet) => {
      for (const host of ['hv-a', 'hv-b']) {
        const primary = primaryAt(fleet, host);
        primary.virtualSubsystems = { available: false, reason: 'none' };
        primary.migrationInterface = 'vendor-2022';
        primary.identity = primaryAt(fleet, 'hv-a').identity;
      }
      secondaryAt(fleet, 'hv-a', 1).virtualSubsystemId = null;
      secondaryAt(fleet, 'hv-a', 1).virtualControllerId = null;
      secondaryAt(fleet, 'hv-b', 1).cntlid = 0x51;
    };
    expect(findings(alone)).toEqual(['warning identity.cntlid']);
    const otherDrive = (fleet: Fleet) => {
      alone(fleet);
      const primary = primaryAt(fleet, 'hv-b');
      primary.identity = {
        ...primary.identity!,
        serialNumber: 'B',
        subsystemNqn: 'nqn.2024-01.org.example:B',
      };
    };
    expect(findings(otherDrive)).toEqual([
      'error identity.subsystem-nqn',
      'error identity.serial-number',
      'warning identity.cntlid',
    ]);
  });

  it('counts all devices against the one pool', () => {
    const halfPool = (fleet: Fleet) => {
      primaryAt(fleet, 'hv-b').vq.total = 12;
    };
    expect(findings(halfPool, 1)).toEqual([]);
    expect(findings(halfPool, 2)).toEqual(['error resources.vq-pool']);
  });

  it('answers for ids that name nothing, or that every object has', () => {
    const fleet = migrationFleet(1);
    const request = migrationRequest(fleet);
    for (const id of ['nowhere', 'constructor', '__proto__']) {
      const foreign = {
        ...request,
        virtualMachineId: id,
        destinationHostId: id,
        devices: [{ sourceId: id, destinationId: id, namespaces: [] }],
      };
      expect(checkCompatibility(fleet, foreign).errors).toBeGreaterThan(3);
    }
  });

  it('keeps an acknowledged warning acknowledged over re-checks', () => {
    const fleet = migrationFleet(1);
    fleet.hosts['hv-b']!.linkBytesPerSecond = 0;
    const request = migrationRequest(fleet);
    const open = unacknowledgedWarnings(checkCompatibility(fleet, request), []);
    expect(open).toHaveLength(2);
    const again = checkCompatibility(structuredClone(fleet), request);
    expect(unacknowledgedWarnings(again, [open[0]!.id])).toEqual([open[1]]);
    const acknowledged = open.map((check) => check.id);
    expect(requireAcknowledgement(again, { ...request, acknowledged })).toEqual({
      ok: true,
      value: undefined,
    });
    expect(requireAcknowledgement(again, { ...request, acknowledged: acknowledged.slice(1) })).toMatchObject({
      ok: false,
      error: { code: 'refused', details: [expect.stringContaining('Migration link')] },
    });
  });
});

describe('destinations and mapping', () => {
  it('offers hv-b and keeps the own host in the list with the reason', () => {
    expect(destinationOptions(migrationFleet(), 'hv-a:db-primary')).toEqual([
      { hostId: 'hv-a', eligible: false, reasons: ['db-primary already runs here'] },
      { hostId: 'hv-b', eligible: true, reasons: [] },
    ]);
  });

  it('refuses a host whose pool is too small, with the numbers', () => {
    const fleet = migrationFleet();
    primaryAt(fleet, 'hv-b').vq.total = 12;
    const option = destinationOptions(fleet, 'hv-a:db-primary').find(({ hostId }) => hostId === 'hv-b');
    expect(option?.eligible).toBe(false);
    expect(option?.reasons.join()).toContain('needs 16 VQ, free 12 of 12');
  });

  it('maps each device to a free secondary and its namespaces to the same data', () => {
    const fleet = migrationFleet();
    Object.assign(secondaryAt(fleet, 'hv-b', 1), { virtualMachineId: 'hv-b:other' });
    expect(proposeMapping(fleet, 'hv-a:db-primary', 'hv-b')).toEqual({
      devices: [
        {
          sourceId: 'hv-a/0000:41:00.0/1',
          destinationId: 'hv-b/0000:41:00.0/2',
          namespaces: [
            { source: 1, destination: 1 },
            { source: 2, destination: 2 },
          ],
        },
        {
          sourceId: 'hv-a/0000:41:00.0/2',
          destinationId: 'hv-b/0000:41:00.0/3',
          namespaces: [
            { source: 1, destination: 1 },
            { source: 2, destination: 2 },
          ],
        },
      ],
      unmapped: [],
    });
  });

  it('names the devices for which nothing is free', () => {
    const fleet = migrationFleet();
    for (const vfn of [2, 3, 4, 5, 6]) secondaryAt(fleet, 'hv-b', vfn).virtualMachineId = 'hv-b:other';
    const { devices, unmapped } = proposeMapping(fleet, 'hv-a:db-primary', 'hv-b');
    expect(devices).toHaveLength(1);
    expect(unmapped).toEqual(['hv-a/0000:41:00.0/2']);
  });

  it('forecasts the memory by the slower link', () => {
    const fleet = migrationFleet(1);
    fleet.hosts['hv-b']!.linkBytesPerSecond = 2 ** 30;
    const forecast = forecastMigration(fleet, migrationRequest(fleet));
    expect(forecast.phases[1]).toEqual({ phase: 'memory', milliseconds: 1002 });
    expect(forecast.downtimeMilliseconds).toBeGreaterThan(1000);
    expect(forecast.totalMilliseconds).toBeGreaterThan(forecast.downtimeMilliseconds ?? 0);
  });
});
