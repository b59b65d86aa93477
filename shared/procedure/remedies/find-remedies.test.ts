import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Fleet,
  fleetSchema,
  type PrimaryController,
  type SecondaryController,
} from '../../fleet/schema.ts';
import { checkCompatibility } from '../../migration/checks/compatibility.ts';
import { ruleNameOf } from '../../migration/checks/rules/with-rules.ts';
import { proposeMapping } from '../../migration/mapping.ts';
import { migrationFleet, migrationRequest } from '../../test-support/migration-fleet.ts';
import { numRuns } from '../../test-support/property-runs.ts';
import { plan } from '../plan/plan.ts';
import { findRemedies } from './find-remedies.ts';
import { fleetAfterPlan } from './fleet-after-plan.ts';
import { pathToAble } from './path-to-able.ts';
import { checkRemediesSchema, pathToAbleSchema, type Remedy } from './remedy.ts';

const machine = 'hv-a:db-primary';
const primaryAt = (fleet: Fleet, host: string) =>
  fleet.controllers[`${host}/0000:41:00.0`] as PrimaryController;
const secondariesAt = (fleet: Fleet, host: string) =>
  primaryAt(fleet, host).secondaryIds.map((id) => fleet.controllers[id] as SecondaryController);

/** What a function of the destination is found doing. */
const state = fc.constantFrom('pool', 'pool', 'pool', 'held', 'host', 'member');

/** The destination with anything between nothing and much standing in the way of a guest with one or two devices. */
const fleets = fc
  .record({
    devices: fc.integer({ min: 1, max: 2 }),
    states: fc.array(state, { minLength: 6, maxLength: 6 }),
    spare: fc.constantFrom(0, 4, 8, 64),
    ownVq: fc.constantFrom(0, 0, 8, 32),
    numVfs: fc.constantFrom(6, 6, 2, 1, 0),
    totalVfs: fc.constantFrom(6, 6, 1),
    budget: fc.constantFrom(1, 1000),
    state: fc.constantFrom('running' as const, 'running' as const, 'paused' as const),
  })
  .map((choice) => {
    const fleet = structuredClone(migrationFleet(choice.devices));
    const request = {
      ...migrationRequest(fleet),
      options: { ...migrationRequest(fleet).options, downtimeBudgetMilliseconds: choice.budget },
    };
    const primary = primaryAt(fleet, 'hv-b');
    const secondaries = secondariesAt(fleet, 'hv-b');
    const nqn = 'nqn.2014-08.org.nvmexpress:uuid:aaaaaaaa-0b0a-4908-8706-050403020100';
    const virtualSubsystemId = `${primary.id}|${nqn}`;
    secondaries.forEach((one, index) => {
      const kind = choice.states[index];
      if (kind === 'held' || kind === 'host') Object.assign(one, { nvq: 8, nvi: 4, online: kind === 'host' });
      if (kind === 'host') Object.assign(one, { driver: 'nvme', deviceName: `nvme9${index}` });
      if (kind === 'member') Object.assign(one, { virtualSubsystemId, virtualControllerId: index + 1 });
    });
    const members = secondaries.flatMap(({ id, virtualControllerId }) =>
      virtualControllerId === null ? [] : [{ controllerId: id, virtualControllerId }],
    );
    if (members.length > 0)
      fleet.virtualSubsystems[virtualSubsystemId] = {
        ...Object.values(fleet.virtualSubsystems)[0]!,
        ...{
          id: virtualSubsystemId,
          hostId: 'hv-b',
          primaryId: primary.id,
          nqn,
          members,
          primaryVirtualId: 0,
        },
      };
    primary.totalVfs = Math.max(choice.totalVfs, choice.numVfs);
    primary.numVfs = choice.numVfs;
    for (const one of secondaries)
      if (one.vfn > primary.numVfs)
        Object.assign(one, { pciAddress: null, online: false, driver: null, deviceName: null });
    const held = (key: 'nvq' | 'nvi') => secondaries.reduce((sum, one) => sum + one[key], 0);
    Object.assign(primary.vq, {
      ...{ assignedToSecondaries: held('nvq'), allocatedToPrimary: choice.ownVq },
      total: held('nvq') + choice.ownVq + choice.spare,
    });
    Object.assign(primary.vi, { assignedToSecondaries: held('nvi'), total: held('nvi') + choice.spare });
    for (const one of Object.values(fleet.virtualMachines)) one.state = choice.state;
    return { fleet, request };
  });

const afterChange = (fleet: Fleet, remedy: Extract<Remedy, { kind: 'change' }>): Fleet => {
  const planned = plan(fleet, remedy.intent);
  if (!planned.ok) throw new Error(`${remedy.words}: ${planned.error.message}`);
  return fleetAfterPlan(fleet, planned.value);
};

describe('remedies', () => {
  it('make their check pass and no other one fail; a check without any says what a person can do', () => {
    const helped = new Set<string>();
    let without = 0;
    fc.assert(
      fc.property(fleets, ({ fleet, request }) => {
        expect(() => fleetSchema.parse(fleet)).not.toThrow();
        const before = checkCompatibility(fleet, request);
        const found = findRemedies(fleet, request);
        for (const one of found) expect(checkRemediesSchema.parse(one)).toEqual(one);
        for (const check of before.checks.filter(({ verdict }) => verdict !== 'passed')) {
          const { remedies = [], refused = [] } = found.find(({ checkId }) => checkId === check.id) ?? {};
          if (remedies.length === 0) {
            without += 1;
            // The answer names why not.
            expect(check.fix).not.toBe('');
            for (const { reason } of refused) expect(reason).not.toBe('');
          }
          for (const remedy of remedies) {
            helped.add(`${ruleNameOf(check)} ${remedy.kind}`);
            const changed = remedy.kind === 'change' ? afterChange(fleet, remedy) : fleet;
            const devices =
              remedy.kind === 'request'
                ? remedy.devices
                : remedy.thenPropose
                  ? proposeMapping(changed, machine, 'hv-b').devices
                  : undefined;
            const options = remedy.kind === 'request' ? remedy.options : undefined;
            const after = checkCompatibility(changed, {
              ...request,
              devices: devices ?? request.devices,
              options: options ?? request.options,
            });
            const now = after.checks.find(({ id }) => id === check.id);
            expect(now?.verdict ?? 'passed', `${remedy.words} for ${check.id}`).toBe('passed');
            expect(after.errors).toBeLessThanOrEqual(before.errors);
          }
        }
      }),
      { numRuns: numRuns(60, 600) },
    );
    expect(without).toBeGreaterThan(0);
    for (const rule of ['resources.exists change', 'resources.free request', 'environment.downtime request'])
      expect(helped).toContain(rule);
  });

  it('a path to a host that can take it holds: after its changes the best mapping has no error', () => {
    let [able, unable] = [0, 0];
    fc.assert(
      fc.property(fleets, ({ fleet }) => {
        const path = pathToAble(fleet, machine, 'hv-b');
        expect(pathToAbleSchema.parse(path)).toEqual(path);
        let now = fleet;
        for (const remedy of path.remedies) if (remedy.kind === 'change') now = afterChange(now, remedy);
        const { devices, unmapped } = proposeMapping(now, machine, 'hv-b');
        const { errors } = checkCompatibility(now, { ...migrationRequest(fleet), devices });
        expect(errors + unmapped.length === 0).toBe(path.able);
        expect(path.remaining.length === 0).toBe(path.able);
        for (const { fix } of path.remaining) expect(fix).not.toBe('');
        if (path.able && path.remedies.length > 0) able += 1;
        if (!path.able) unable += 1;
      }),
      { numRuns: numRuns(40, 400) },
    );
    expect(able).toBeGreaterThan(0);
    expect(unable).toBeGreaterThan(0);
  });

  it('names a change that would help and is refused now, with the reason', () => {
    const fleet = migrationFleet();
    const request = migrationRequest(fleet);
    for (const subsystem of Object.values(fleet.virtualSubsystems)) subsystem.identity.serialNumber = '';
    const found = findRemedies(fleet, request).find(({ checkId }) =>
      checkId.startsWith('identity.serial-number:'),
    );
    expect(found?.remedies).toEqual([]);
    expect(found?.refused[0]?.reason).toContain('db-primary');
  });

  it('offers nothing on a source that only shows', () => {
    const fleet = migrationFleet();
    fleet.source.readOnly = 'A capture.';
    expect(findRemedies(fleet, migrationRequest(fleet))).toEqual([]);
  });
});
