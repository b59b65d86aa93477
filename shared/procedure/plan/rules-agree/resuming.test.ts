import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heldFunctions, resumeBlockers, resumeWarnings } from '../../../fleet/rules/resuming.ts';
import type { Fleet, SecondaryController, VirtualMachine } from '../../../fleet/schema.ts';
import { migrationFleet } from '../../../test-support/migration-fleet.ts';
import { finishedMigration } from '../../../test-support/migration-run.ts';
import { randomFleets } from '../../../test-support/random-fleet.ts';
import {
  agreementRuns,
  expectRunnable,
  expectSame,
  expectThereAndBack,
  Outcomes,
} from '../../../test-support/rules-agree.ts';
import { allVfioStates } from '../../../vfio/device-state.ts';
import { requireAgreement } from '../../agreement.ts';
import type { Intent } from '../../intent.ts';
import { plan } from '../plan.ts';

const guestId = 'hv-a:db-primary';
const copyId = 'hv-b:db-primary';
const intent: Intent = { kind: 'resume-machine', virtualMachineId: guestId };

const usual = ['RUNNING', 'STOP', 'STOP_COPY', 'RUNNING_P2P', 'PRE_COPY'] as const;

/** What a function of a guest that stands still is found in. */
const conditions = fc.record({
  vfioState: fc.constantFrom(null, ...allVfioStates, ...usual, ...usual, ...usual),
  suspended: fc.constantFrom(false, false, true),
  p2p: fc.constantFrom(true, true, false),
  fault: fc.constantFrom(...Array<''>(20).fill(''), 'fatal', 'offline', 'unbound', 'fixed', 'gone'),
});
type Condition = typeof conditions extends fc.Arbitrary<infer Value> ? Value : never;

/** Guests that stand still in every way, with and without a copy on the other host. */
const stoppedFleets = fc
  .record({
    fleet: randomFleets,
    state: fc.constantFrom<VirtualMachine['state']>(
      ...Array<'paused'>(8).fill('paused'),
      'incoming',
      'incoming',
      'running',
      'stopped',
    ),
    memoryArrived: fc.constantFrom(true, true, false, undefined),
    functions: fc.array(conditions, { minLength: 3, maxLength: 3 }),
    copy: fc.constantFrom<VirtualMachine['state'] | null>(
      null,
      null,
      'paused',
      'incoming',
      'stopped',
      'running',
    ),
    unread: fc.constantFrom('', '', '', 'hv-a', 'hv-b'),
    primaryFailed: fc.constantFrom(...Array<false>(9).fill(false), true),
    lost: fc.constantFrom(...Array<false>(9).fill(false), true),
  })
  .map((given) => {
    const fleet = structuredClone(given.fleet);
    const machine = fleet.virtualMachines[guestId];
    if (machine === undefined) throw new Error('the guest is missing');
    machine.state = given.state;
    if (given.state === 'incoming' && given.memoryArrived !== undefined)
      machine.memoryArrived = given.memoryArrived;
    if (given.lost) machine.lostDevices = ['0000:99:00.1'];
    machine.deviceIds.forEach((id, index) => {
      const condition = given.functions[index];
      if (condition !== undefined) putIn(fleet, id, condition);
    });
    const { lostDevices: _, memoryArrived: __, ...copied } = machine;
    if (given.copy !== null)
      fleet.virtualMachines[copyId] = {
        ...{ ...copied, id: copyId, hostId: 'hv-b', state: given.copy, deviceIds: [] },
      };
    const silent = fleet.hosts[given.unread];
    if (silent !== undefined) silent.unread = true;
    const primary = fleet.controllers['hv-a/0000:41:00.0'];
    if (given.primaryFailed && primary !== undefined) primary.failure = 'not-answering';
    return fleet;
  });

function putIn(fleet: Fleet, id: string, { vfioState, suspended, p2p, fault }: Condition): void {
  const secondary = fleet.controllers[id] as SecondaryController;
  const flags = { p2p, preCopy: true, dmaLogging: false };
  Object.assign(secondary, { vfioState, vfioOffer: { flags, reason: '' } });
  if (suspended && vfioState === 'RUNNING') secondary.suspended = true;
  if (fault === 'fatal') secondary.failure = 'fatal';
  if (fault === 'offline') secondary.online = false;
  if (fault === 'unbound') Object.assign(secondary, { driver: null, vfioState: null });
  if (fault === 'fixed') secondary.migrationEnabled = false;
  if (fault === 'gone') delete fleet.controllers[id];
}

describe('rules, planner and preconditions of resuming a guest agree', () => {
  it('a guest goes on exactly when nothing keeps it, with everything that held it let go, there and back', () => {
    const outcomes = new Outcomes();
    let held = 0;
    let hops = 0;
    fc.assert(
      fc.property(stoppedFleets, (fleet) => {
        const machine = fleet.virtualMachines[guestId] as VirtualMachine;
        const planned = plan(fleet, intent);
        expectSame(planned, resumeBlockers(fleet, machine));
        outcomes.add(planned.ok);
        if (!planned.ok) return;
        const functions = heldFunctions(fleet, machine);
        held += functions.length;
        const steps = planned.value.steps.map(({ step }) => step);
        const states = steps.flatMap((step) => (step.kind === 'vfio-set-state' ? step.state : []));
        if (states.includes('RUNNING_P2P')) {
          hops += 1;
          expect(states.lastIndexOf('RUNNING_P2P')).toBeLessThan(states.indexOf('RUNNING'));
        }
        expect(steps.at(-1)).toEqual({ kind: 'vm-resume', virtualMachineId: guestId });
        const there = expectThereAndBack(fleet, planned.value);
        expect(there.virtualMachines[guestId]?.state).toBe('running');
        expect(heldFunctions(there, machine)).toEqual([]);
        const back = expectRunnable(
          there,
          planned.value.steps.toReversed().flatMap(({ inverse }) => inverse ?? []),
        );
        expect(back.virtualMachines[guestId]?.state).toBe('paused');
        // What stood still stands still again.
        for (const { id, vfioState } of functions)
          if (vfioState === 'STOP' || vfioState === 'STOP_COPY')
            expect(back.controllers[id]).toMatchObject({ vfioState: 'STOP' });
        expect(planned.value.steps.every(({ inverse }) => inverse !== null)).toBe(true);
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
    expect(held).toBeGreaterThan(20);
    expect(hops).toBeGreaterThan(3);
  });

  it('what warns of something starts exactly when all of it was agreed to', () => {
    const outcomes = new Outcomes();
    fc.assert(
      fc.property(stoppedFleets, fc.boolean(), (fleet, agrees) => {
        const machine = fleet.virtualMachines[guestId] as VirtualMachine;
        const warnings = resumeWarnings(fleet, machine);
        const ids = warnings.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const planned = plan(fleet, intent);
        if (!planned.ok) return;
        expect(planned.value.warnings ?? []).toEqual(warnings);
        const agreed = { guests: [], warnings: agrees ? ids : ids.slice(1) };
        const answer = requireAgreement(planned.value, [], agreed);
        expect(answer.ok).toBe(agrees || warnings.length === 0);
        outcomes.add(answer.ok);
      }),
      agreementRuns,
    );
    outcomes.expectBoth();
  });
});

describe('a procedure that has the guest', () => {
  it.each([
    ['running', /is under way and has db-primary in its hands. Wait for its end, or abort it/],
    ['interrupted', /was interrupted and has db-primary in its hands. Resume it, roll it back or dismiss it/],
  ] as const)('%s: nothing else resumes it', (status, words) => {
    const fleet = structuredClone(migrationFleet());
    const run = finishedMigration(migrationFleet());
    Object.assign(fleet.virtualMachines[guestId] ?? {}, { state: 'paused' });
    const planned = plan(fleet, intent, { unfinished: [{ ...run, status }] });
    expect(planned.ok ? '' : planned.error.details?.join()).toMatch(words);
    const other = finishedMigration(migrationFleet());
    const elsewhere = { ...other.plan, steps: [] };
    const free = plan(fleet, intent, { unfinished: [{ plan: elsewhere, status }] });
    expect(free.ok ? '' : free.error.details?.join()).not.toMatch(words);
  });
});
