import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { virtualSubsystemIdOf } from '../fleet/ids.ts';
import type { Fleet, SecondaryController, VirtualMachine } from '../fleet/schema.ts';
import { plan } from '../procedure/plan/plan.ts';
import type { ProcedureRun, RunStatus } from '../procedure/procedure.ts';
import { definitionOf } from '../procedure/step.ts';
import { guestNqn, migrationFleet } from '../test-support/migration-fleet.ts';
import { finishedMigration } from '../test-support/migration-run.ts';
import { numRuns } from '../test-support/property-runs.ts';
import { randomFleets } from '../test-support/random-fleet.ts';
import { auditOwnership } from './audit.ts';
import { type OwnershipFinding, ownershipFindingKinds, ownershipFindingSchema } from './finding.ts';

const guestId = 'hv-a:db-primary';
const sourceId = 'hv-a/0000:41:00.0/1';
const idleId = 'hv-a/0000:41:00.0/6';
const destinationId = 'hv-b/0000:41:00.0/1';

/** The guest works with what it has, or is switched off and has nothing. */
const inOrder: fc.Arbitrary<Fleet> = fc.tuple(randomFleets, fc.boolean()).map(([fleet, isOff]) => {
  const machine = guest(fleet);
  machine.state = 'running';
  if (isOff) {
    machine.state = 'stopped';
    for (const id of machine.deviceIds) secondary(fleet, id).virtualMachineId = null;
    machine.deviceIds = [];
  }
  return fleet;
});

function guest(fleet: Fleet): VirtualMachine {
  const machine = fleet.virtualMachines[guestId];
  if (machine === undefined) throw new Error('the guest is missing');
  return machine;
}

function secondary(fleet: Fleet, id: string): SecondaryController {
  const controller = fleet.controllers[id];
  if (controller?.role !== 'secondary') throw new Error(`${id} is missing`);
  return controller;
}

const kindsIn = (findings: readonly OwnershipFinding[]) => findings.map(({ kind }) => kind);

/** A migration that ended like this, on the fleet before it. */
function migration(status: RunStatus, about: Partial<ProcedureRun> = {}): ProcedureRun {
  return { ...finishedMigration(migrationFleet()), status, ...about };
}

/** The fleet as the first steps of the migration leave it, up to the last that `until` names. */
function halfWay(until: (kind: string) => boolean): Fleet {
  const { steps } = migration('failed').plan;
  const last = steps.findLastIndex(({ step }) => until(step.kind));
  return steps
    .slice(0, last + 1)
    .reduce((fleet, { step }) => definitionOf(step).predict(step, fleet), migrationFleet());
}

describe('a fleet in order', () => {
  it('gives no finding, whatever its functions do', () => {
    let withGuest = 0;
    fc.assert(
      fc.property(inOrder, (fleet) => {
        if (guest(fleet).deviceIds.length > 0) withGuest += 1;
        expect(auditOwnership(fleet)).toEqual([]);
      }),
      { numRuns: numRuns(300, 5000), seed: 20261127 },
    );
    expect(withGuest).toBeGreaterThan(50);
  });

  it('gives none before and after a migration that its record tells of', () => {
    const fleet = migrationFleet();
    for (const status of ['rolled-back', 'failed'] as const)
      expect(auditOwnership(fleet, [], migration(status))).toEqual([]);
    const done = migration('done');
    const moved = done.plan.steps.reduce((next, { step }) => definitionOf(step).predict(step, next), fleet);
    expect(auditOwnership(moved, [], done)).toEqual([]);
  });

  it('gives none for what a procedure under way has in its hands', () => {
    const fleet = halfWay((kind) => kind === 'vm-pause');
    expect(auditOwnership(fleet)).not.toEqual([]);
    for (const status of ['running', 'aborting'] as const)
      expect(auditOwnership(fleet, [migration(status)])).toEqual([]);
  });
});

/** Every disorder, how it comes about, and the one finding that it gives. */
const disorders: Partial<Record<OwnershipFinding['kind'], readonly ((fleet: Fleet) => string)[]>> = {
  'guest-on-two-hosts': (['incoming', 'paused', 'stopped', 'running'] as const).map(
    (state) => (fleet: Fleet) => {
      const copy = { ...guest(fleet), id: 'hv-b:db-primary', hostId: 'hv-b', deviceIds: [], state };
      fleet.virtualMachines[copy.id] = copy;
      return guestId;
    },
  ),
  'guest-paused': [inState('paused')],
  'guest-incoming': [inState('incoming')],
  'stopped-guest-holds-functions': [inState('stopped')],
  'guest-without-drive': [
    (fleet) => {
      guest(fleet).lostDevices = ['0000:99:00.1'];
      return guestId;
    },
    (fleet) => {
      // Back on the bus, and free.
      guest(fleet).lostDevices = [secondary(fleet, idleId).pciAddress ?? ''];
      return guestId;
    },
  ],
  'function-offline': [withFunction({ online: false })],
  'function-failed': (['fatal', 'removed', 'not-answering'] as const).map((failure) =>
    withFunction({ failure }),
  ),
  'function-in-error': [withFunction({ vfioState: 'ERROR' })],
  'function-suspended': [
    ...(['STOP', 'STOP_COPY', 'RESUMING'] as const).map((vfioState) => withFunction({ vfioState })),
    withFunction({ suspended: true }),
  ],
  'function-left-in-state': [
    ...(['PRE_COPY', 'PRE_COPY_P2P', 'RUNNING_P2P'] as const).map((vfioState) => withFunction({ vfioState })),
    ...(['STOP', 'RESUMING', 'ERROR'] as const).map((vfioState) => (fleet: Fleet) => {
      Object.assign(secondary(fleet, idleId), { driver: 'vfio-pci', vfioState });
      return idleId;
    }),
  ],
  'function-left': [
    (fleet) => {
      secondary(fleet, idleId).virtualMachineId = 'hv-a:gone';
      return idleId;
    },
  ],
};

function inState(state: VirtualMachine['state']) {
  return (fleet: Fleet) => {
    guest(fleet).state = state;
    return guestId;
  };
}

function withFunction(change: Partial<SecondaryController>) {
  return (fleet: Fleet) => {
    Object.assign(secondary(fleet, sourceId), change);
    return sourceId;
  };
}

describe('each disorder gives exactly its finding', () => {
  it.each(Object.entries(disorders))('%s', (kind, makings) => {
    for (const make of makings ?? []) {
      const fleet = migrationFleet();
      const about = make(fleet);
      const found = auditOwnership(fleet);
      expect(kindsIn(found)).toEqual([kind]);
      expect(found[0]?.objectIds[0]).toBe(about);
      for (const finding of found) expectUsable(fleet, finding);
    }
  });

  it.each(['paused', 'incoming'] as const)(
    '%s, it offers to resume the guest, or says what keeps it',
    (state) => {
      const fleet = migrationFleet();
      guest(fleet).state = state;
      const intent = { kind: 'resume-machine', virtualMachineId: guestId };
      expect(auditOwnership(fleet)[0]?.waysOut[0]).toMatchObject({ kind: 'change', intent });
      secondary(fleet, sourceId).failure = 'fatal';
      const [found] = auditOwnership(fleet);
      expect(found?.waysOut.some(({ kind }) => kind === 'change')).toBe(false);
      expect(found?.lines.join()).toContain('On hv-a it cannot go on: VF 1 of hv-a/nvme1 has failed');
    },
  );

  it('on any fleet in order', () => {
    const makings = Object.entries(disorders).flatMap(([kind, list]) =>
      (list ?? []).map((make) => ({ kind, make })),
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(inOrder, fc.constantFrom(...makings), (fleet, { kind, make }) => {
        // Most of them are about a function that a guest has.
        fc.pre(guest(fleet).deviceIds.includes(sourceId) && secondary(fleet, idleId).driver === null);
        make(fleet);
        const found = auditOwnership(fleet);
        expect(kindsIn(found)).toEqual([kind]);
        seen.add(kind);
        for (const finding of found) expectUsable(fleet, finding);
      }),
      { numRuns: numRuns(300, 5000), seed: 20261127 },
    );
    expect([...seen].sort()).toEqual(Object.keys(disorders).sort());
  });
});

/** What is offered exists: a change can be planned, an object is there, a record is known. */
function expectUsable(fleet: Fleet, finding: OwnershipFinding, runs: readonly ProcedureRun[] = []) {
  expect(ownershipFindingSchema.parse(finding)).toEqual(finding);
  for (const way of finding.waysOut) {
    if (way.kind === 'change') expect(plan(fleet, way.intent)).toMatchObject({ ok: true });
    if (way.kind === 'recover') expect(runs.map(({ id }) => id)).toContain(way.runId);
    if (way.kind === 'show')
      expect({
        ...fleet.controllers,
        ...fleet.virtualMachines,
        ...fleet.hosts,
        ...fleet.virtualSubsystems,
      }).toHaveProperty([way.objectId]);
  }
}

describe('with the record of a migration', () => {
  it('a guest that is on neither side is lost; once it was found, it stays found', () => {
    const fleet = migrationFleet();
    for (const id of guest(fleet).deviceIds) secondary(fleet, id).virtualMachineId = null;
    delete fleet.virtualMachines[guestId];
    const ended = migration('failed');
    const found = auditOwnership(fleet, [], ended);
    expect(kindsIn(found)).toEqual(['guest-lost']);
    expect(auditOwnership(fleet, [{ ...ended, audit: found }])).toEqual(found);
    // Somebody removed it later: that is no loss of the migration.
    expect(auditOwnership(fleet, [ended])).toEqual([]);
    expect(
      auditOwnership(
        { ...fleet, hosts: { ...fleet.hosts, 'hv-b': { ...fleet.hosts['hv-b'], unread: true } as never } },
        [],
        ended,
      ),
    ).toEqual([]);
    for (const finding of found) expectUsable(fleet, finding);
  });

  it('a guest that runs without a function that it should have is found, and the function is handed back', () => {
    const fleet = migrationFleet();
    guest(fleet).deviceIds = guest(fleet).deviceIds.filter((id) => id !== sourceId);
    secondary(fleet, sourceId).virtualMachineId = null;
    const found = auditOwnership(fleet, [], migration('rolled-back'));
    expect(kindsIn(found)).toEqual(['guest-without-drive']);
    expect(found[0]?.waysOut[0]).toMatchObject({
      kind: 'change',
      intent: { kind: 'assign', secondaryIds: [sourceId] },
    });
    for (const finding of found) expectUsable(fleet, finding);
  });

  it('a container and functions that were made for the guest are found when it did not come, and can be removed', () => {
    const fleet = halfWay((kind) => kind === 'virtual-subsystem-add');
    delete fleet.virtualMachines['hv-b:db-primary'];
    const run = migration('failed');
    const containerId = virtualSubsystemIdOf('hv-b/0000:41:00.0', guestNqn);
    expect(fleet.virtualSubsystems).toHaveProperty([containerId]);
    const found = auditOwnership(fleet, [], run);
    expect(kindsIn(found)).toEqual(['container-left']);
    expect(found[0]?.objectIds[0]).toBe(containerId);
    expect(found[0]?.waysOut[0]).toMatchObject({ kind: 'change', intent: { kind: 'clean-up-source' } });
    for (const finding of found) expectUsable(fleet, finding);
    const alone = structuredClone(migrationFleet());
    Object.assign(secondary(alone, destinationId), { online: true, nvq: 8, nvi: 4 });
    expect(kindsIn(auditOwnership(alone, [], run))).toEqual(['function-left']);
  });

  it('an interrupted one offers to go on or to roll back first', () => {
    const fleet = halfWay((kind) => kind === 'vm-pause');
    const run = migration('interrupted');
    const found = auditOwnership(fleet, [run]);
    expect(kindsIn(found)).toContain('guest-on-two-hosts');
    for (const finding of found) {
      expect(finding.waysOut[0]).toMatchObject({ kind: 'recover', runId: run.id });
      expectUsable(fleet, finding, [run]);
    }
  });
});

it('every kind of finding is brought about in these tests', () => {
  expect([...Object.keys(disorders), 'guest-lost', 'container-left'].sort()).toEqual(
    [...ownershipFindingKinds].sort(),
  );
});
