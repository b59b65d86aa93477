import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { machinesToEvacuate, type Placement, placeMachines } from '#shared/migration/batch/placement.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { planMigration } from '#shared/procedure/plan/migrate/migrate.ts';
import { definitionOf } from '#shared/procedure/step.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { discoverFleet } from '../../fleet/discovery.ts';
import { createSimulatedFleet } from '../../hosts/simulated/simulated-fleet.ts';
import { SimulatedClock } from '../../simulation/simulated-clock.ts';
import { systemClock } from '../../system-clock.ts';
import { type GuestFleetOptions, guestFleet } from '../../test-support/guest-fleet.ts';
import { openMigrationWorld } from '../../test-support/migration-world.ts';

const options = { ...defaultMigrationOptions, downtimeBudgetMilliseconds: 600_000 };

async function fleetOf(guests: GuestFleetOptions, stopped: readonly string[] = []): Promise<Fleet> {
  const clock = new SimulatedClock(systemClock, { mode: 'as-fast-as-possible', microseconds: 0 });
  const simulated = createSimulatedFleet(guestFleet(guests), { clock, trace: (queue) => queue });
  if (!simulated.ok) throw new Error(simulated.error.message);
  const { hosts } = simulated.value;
  const source = {
    kind: 'simulated',
    name: 'g',
    label: '',
    simulated: true,
    readOnly: null,
    seed: 1,
  } as const;
  const { fleet } = await discoverFleet(hosts, source, { timeoutMilliseconds: 1000, clock, parallel: 8 });
  for (const host of hosts) await host.close();
  return {
    ...fleet,
    virtualMachines: Object.fromEntries(
      Object.values(fleet.virtualMachines).map((machine) => [
        machine.id,
        stopped.includes(machine.id) ? { ...machine, state: 'stopped' as const } : machine,
      ]),
    ),
  };
}

const evacuated = (fleet: Fleet, hostId: string): Placement[] =>
  atOnce(placeMachines(fleet, machinesToEvacuate(fleet, hostId), { options, closed: [hostId] }));

/** The fleet after a migration has got to its point of no return; throws where it does not plan. */
function after(fleet: Fleet, request: MigrationRequest): Fleet {
  const planned = planMigration(fleet, request);
  if (!planned.ok) throw new Error(`${planned.error.message} ${planned.error.details?.join('\n')}`);
  const { steps, pointOfNoReturn } = planned.value;
  return steps
    .slice(0, pointOfNoReturn ?? undefined)
    .reduce((next, { step }) => definitionOf(step).predict(step, next), fleet);
}

const randomGuests: fc.Arbitrary<{ readonly guests: GuestFleetOptions; readonly stopped: number }> = fc
  .record({
    hosts: fc.integer({ min: 2, max: 4 }),
    counts: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 4, maxLength: 4 }),
    /** VQ and VI of each drive beyond those that the fullest one needs. */
    more: fc.constantFrom(0, 1, 4, 9, 40),
    spare: fc.integer({ min: 0, max: 3 }),
    stopped: fc.integer({ min: 0, max: 6 }),
  })
  .map(({ hosts, counts, more, spare, stopped }) => {
    const used = counts.slice(0, hosts).map((count, index) => (index === 0 ? Math.max(1, count) : count));
    return {
      stopped,
      guests: {
        guests: Object.fromEntries(used.map((count, index) => [`hv-${'abcd'[index]}`, count])),
        resources: Math.max(...used) * 4 + more,
        spare,
      },
    };
  });

describe('what is placed', () => {
  it('is given nothing twice, and each checks on the fleet as those before it leave it', async () => {
    const seen = { placed: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(randomGuests, async ({ guests, stopped }) => {
        const fleet = await fleetOf(guests, [`hv-a:a-0${stopped}`]);
        const placements = evacuated(fleet, 'hv-a');
        expect(placements).toEqual(evacuated(fleet, 'hv-a'));
        expect(placements).toHaveLength(guests.guests['hv-a'] ?? 0);
        const taken = placements.flatMap(
          ({ request }) => request?.devices.map((one) => one.destinationId) ?? [],
        );
        expect(new Set(taken).size).toBe(taken.length);
        let ahead = fleet;
        for (const { request, refused, virtualMachineId } of placements) {
          if (request !== null) {
            seen.placed += 1;
            expect(request.destinationHostId).not.toBe('hv-a');
            expect(checkCompatibility(ahead, request).errors).toBe(0);
            ahead = after(ahead, request);
          } else {
            seen.refused += 1;
            expect(refused?.cause).toMatch(/\S/);
            expect(refused?.fix).toMatch(/\S/);
            for (const hostId of Object.keys(fleet.hosts)) {
              if (hostId === 'hv-a') continue;
              const { devices } = proposeMapping(ahead, virtualMachineId, hostId);
              const asked = {
                virtualMachineId,
                destinationHostId: hostId,
                devices,
                options,
                acknowledged: [],
              };
              expect(checkCompatibility(ahead, asked).errors).toBeGreaterThan(0);
            }
          }
        }
        for (const one of Object.values(ahead.controllers)) {
          if (one.role !== 'primary') continue;
          const held = one.secondaryIds.reduce((sum, id) => {
            const secondary = ahead.controllers[id];
            return sum + (secondary?.role === 'secondary' ? secondary.nvq : 0);
          }, 0);
          expect(held).toBeLessThanOrEqual(one.vq.total);
        }
      }),
      { numRuns: numRuns(25, 300) },
    );
    expect(seen.placed).toBeGreaterThan(10);
    expect(seen.refused).toBeGreaterThan(5);
  });

  it('all moves at once', { timeout: 60_000 }, async () => {
    const world = await openMigrationWorld(guestFleet({ guests: { 'hv-a': 5, 'hv-b': 1, 'hv-c': 0 } }));
    const { fleet } = world.writer;
    const ids: string[] = [];
    for (const { request } of evacuated(fleet, 'hv-a')) {
      const started = await world.runner.start({ kind: 'migrate', request: request! });
      if (!started.ok) throw new Error(`${started.error.message} ${started.error.details?.join('\n')}`);
      ids.push(started.value.id);
    }
    expect(world.runner.running()).toHaveLength(5);
    const runs = await Promise.all(ids.map((id) => world.runner.finished(id)));
    expect(runs.map((run) => run?.status)).toEqual(ids.map(() => 'done'));
    const left = Object.values(world.writer.fleet.virtualMachines).map(({ hostId }) => hostId);
    expect(left).not.toContain('hv-a');
  });

  it('spreads over the hosts, the least loaded first', async () => {
    const fleet = await fleetOf({ guests: { 'hv-a': 4, 'hv-b': 2, 'hv-c': 0 }, spare: 6 });
    expect(evacuated(fleet, 'hv-a').map(({ request }) => request?.destinationHostId)).toEqual([
      ...['hv-c', 'hv-c', 'hv-b', 'hv-c'],
    ]);
  });

  it('goes where a person wants it, and leaves the rest for the others', async () => {
    const fleet = await fleetOf({ guests: { 'hv-a': 2, 'hv-b': 2, 'hv-c': 0 } });
    const wishes = [
      { virtualMachineId: 'hv-a:a-00', destinationHostId: 'hv-b' },
      { virtualMachineId: 'hv-a:a-01' },
    ];
    const placed = atOnce(placeMachines(fleet, wishes, { options }));
    expect(placed.map(({ request }) => request?.destinationHostId)).toEqual(['hv-b', 'hv-c']);
  });

  it('says what is against one that stays, and what would help', async () => {
    const fleet = await fleetOf({ guests: { 'hv-a': 2, 'hv-b': 2 }, resources: 13 }, ['hv-a:a-01']);
    const [first, second] = evacuated(fleet, 'hv-a');
    expect(first?.request?.destinationHostId).toBe('hv-b');
    expect(second?.refused).toMatchObject({
      cause: expect.stringMatching(/running: a-01 is stopped/i),
      fix: expect.stringMatching(/\S/),
      hosts: [{ hostId: 'hv-b', reasons: expect.arrayContaining([expect.stringMatching(/stopped/)]) }],
    });
    const alone = await fleetOf({ guests: { 'hv-a': 1 } });
    expect(evacuated(alone, 'hv-a')[0]?.refused?.cause).toBe('No other host of the fleet may take a-00');
  });
});
