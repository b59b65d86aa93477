import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import type { Controller, Fleet, PrimaryController, SecondaryController } from '../schema.ts';
import { assignmentTargets, canAssign, refusalWords } from './assignment.ts';
import type { AssignmentTarget } from './assignment-target.ts';
import { defaultResources } from './resources.ts';
import { mostTogether } from './together.ts';

const fleet = migrationFleet();
const primaryId = 'hv-a/0000:41:00.0';
const subsystem = Object.values(fleet.virtualSubsystems)[0]!;
const toSubsystem: AssignmentTarget = { kind: 'virtual-subsystem', virtualSubsystemId: subsystem.id };
const toMachine: AssignmentTarget = { kind: 'virtual-machine', virtualMachineId: 'hv-a:db-primary' };
const free = `${primaryId}/3`;

function changed<Kind extends Controller>(id: string, change: Partial<Kind>): Fleet {
  const controller = { ...fleet.controllers[id]!, ...change } as Controller;
  return { ...fleet, controllers: { ...fleet.controllers, [id]: controller } };
}

function reasons(from: Fleet, ids: readonly string[], target: AssignmentTarget, wishes = {}): string {
  const verdict = canAssign(from, ids, target, wishes);
  return verdict.allowed ? 'allowed' : verdict.reasons.join('\n');
}

describe('canAssign', () => {
  it('says what a drop on a virtual subsystem will do', () => {
    expect(canAssign(fleet, [free], toSubsystem)).toEqual({
      allowed: true,
      words: 'add as virtual id 22, 4 VQ 2 VI',
      virtualControllerIds: [22],
      vq: 4,
      vi: 2,
    });
    expect(canAssign(fleet, [free, `${primaryId}/4`], toSubsystem)).toMatchObject({
      words: 'add as virtual ids 22–23, 4 VQ 2 VI each',
    });
  });

  it('says what a drop on a virtual machine and on the pool will do', () => {
    expect(canAssign(fleet, [free], toMachine)).toMatchObject({ words: 'hand to db-primary, 4 VQ 2 VI' });
    expect(canAssign(fleet, [`${primaryId}/1`], { kind: 'pool' })).toMatchObject({
      words: 'back to the pool, frees 8 VQ 4 VI',
    });
  });

  it('gives every reason against it at once', () => {
    const all = reasons(fleet, [`${primaryId}/1`, 'hv-b/0000:41:00.0/1'], toSubsystem);
    expect(all).toContain('VF 1 of hv-a/nvme1 is already a member of');
    expect(all).toContain('VF 1 of hv-b/nvme1 is on hv-b and');
  });

  it('takes the rest of a selection back to the pool, and says how many are there already', () => {
    const mixed = [`${primaryId}/1`, free, `${primaryId}/4`];
    expect(canAssign(fleet, mixed, { kind: 'pool' })).toMatchObject({
      words: 'back to the pool, frees 8 VQ 4 VI; 2 are already there',
    });
    expect(reasons(fleet, [free, `${primaryId}/4`], { kind: 'pool' })).toBe('All 2 are already in the pool.');
    expect(reasons(fleet, [free], { kind: 'pool' })).toBe('VF 3 is already in the pool.');
  });

  it('refuses more controllers than one procedure changes, and says what to do instead', () => {
    const template = fleet.controllers[free] as SecondaryController;
    const many = Array.from({ length: mostTogether + 1 }, (_, index) => ({
      ...template,
      id: `many-${index}`,
    }));
    const big = {
      ...fleet,
      controllers: { ...fleet.controllers, ...Object.fromEntries(many.map((one) => [one.id, one])) },
    };
    const ids = many.map(({ id }) => id);
    expect(reasons(big, ids, toSubsystem)).toMatch(
      /^501 controllers are selected, .* at most 500\. Select fewer/,
    );
    expect(reasons(big, ids.slice(1), toMachine)).not.toContain('are selected');
    // What stays in the pool is not changed and does not count.
    expect(canAssign(big, [...ids, `${primaryId}/1`], { kind: 'pool' }).allowed).toBe(true);
  });

  it('gives a few of hundreds of reasons in one place', () => {
    const many = Array.from({ length: 400 }, (_, index) => `Reason ${index}.`);
    expect(refusalWords(many)).toBe('Reason 0. Reason 1. Reason 2. And 397 more reasons.');
    expect(refusalWords(many.slice(0, 2))).toBe('Reason 0. Reason 1.');
  });

  it('refuses ids that are unknown or no secondaries, and an empty selection', () => {
    expect(reasons(fleet, [], { kind: 'pool' })).toContain('Select at least one');
    expect(reasons(fleet, [primaryId, 'nowhere'], { kind: 'pool' })).toContain('nowhere is not a secondary');
  });

  it('refuses another primary, a missing capability, a recording and a migrating secondary', () => {
    const foreign = changed<SecondaryController>(free, { primaryId: 'hv-b/0000:41:00.0' });
    expect(reasons(foreign, [free], toSubsystem)).toContain('is controlled by');
    const reason = 'It has no such commands.';
    const plain = changed<PrimaryController>(primaryId, { virtualSubsystems: { available: false, reason } });
    expect(reasons(plain, [free], toSubsystem)).toContain(reason);
    const recorded = { ...fleet, source: { ...fleet.source, readOnly: 'A recording.' } };
    expect(reasons(recorded, [free], toMachine)).toBe('A recording.');
    const migrating = changed<SecondaryController>(`${primaryId}/1`, { vfioState: 'STOP_COPY' });
    expect(reasons(migrating, [`${primaryId}/1`], { kind: 'pool' })).toContain(
      'migrating with db-primary (STOP_COPY)',
    );
  });

  it('refuses resources beyond the limit of a secondary or beyond what is free', () => {
    expect(reasons(fleet, [free], toSubsystem, { vq: 17 })).toContain(
      'at most 16 VQ (VQFRSM); 17 were requested',
    );
    expect(reasons(fleet, [free], toSubsystem, { vq: 1 })).toContain('at least 2 VQ to go online');
    const tight = changed<PrimaryController>(primaryId, {
      vi: { ...(fleet.controllers[primaryId] as PrimaryController).vi, total: 9, allocatedToPrimary: 1 },
    });
    const words = reasons(tight, [free], toSubsystem);
    expect(words).toContain('has 0 VI free, 1 are needed');
    expect(words).toContain('or reduce the 1 VI that the primary itself holds');
  });

  it('refuses a VF that does not exist while others are in use, and raises the count when none is', () => {
    const fewer = changed<PrimaryController>(primaryId, { numVfs: 2 });
    expect(reasons(fewer, [free], toSubsystem)).toContain('Raise the VF count to 3 first');
    const idle: Fleet = {
      ...fleet,
      controllers: Object.fromEntries(
        Object.entries(fleet.controllers).map(([id, one]) => [
          id,
          one.role === 'secondary'
            ? { ...one, online: false, driver: null, virtualMachineId: null, nvq: 0, nvi: 0 }
            : { ...one, numVfs: 0 },
        ]),
      ),
    };
    expect(canAssign(idle, [free], toSubsystem)).toMatchObject({
      words: expect.stringContaining('after raising the VF count to 3'),
    });
  });

  it('refuses to split an IOMMU group and a host without IOMMU', () => {
    const shared = changed(primaryId, { iommuGroup: 4 });
    expect(reasons(shared, [free], toMachine)).toContain('IOMMU group 4 of VF 3 also holds hv-a/nvme1');
    const without = { ...fleet, hosts: { ...fleet.hosts, 'hv-a': { ...fleet.hosts['hv-a']!, iommu: '' } } };
    expect(reasons(without, [free], toMachine)).toContain('has no IOMMU');
  });

  it('never gives more than there is, whatever the selection', () => {
    // Mostly what can be given, now and then anything else.
    const ids = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.subarray(
          [3, 4, 5, 6].map((vfn) => `${primaryId}/${vfn}`),
          { minLength: 1 },
        ),
      },
      { weight: 1, arbitrary: fc.subarray(Object.keys(fleet.controllers)) },
    );
    let allowed = 0;
    fc.assert(
      fc.property(ids, fc.integer({ min: 0, max: 64 }), (chosen, total) => {
        const vq = { ...(fleet.controllers[primaryId] as PrimaryController).vq, total };
        const from = changed<PrimaryController>(primaryId, { vq });
        const verdict = canAssign(from, chosen, toSubsystem);
        if (!verdict.allowed) return;
        allowed += 1;
        expect(verdict.vq * chosen.length + vq.assignedToSecondaries).toBeLessThanOrEqual(total);
        expect(new Set(verdict.virtualControllerIds).size).toBe(chosen.length);
      }),
      { seed: 20261127 },
    );
    expect(allowed).toBeGreaterThan(20);
    expect(allowed).toBeLessThan(80);
  });
});

describe('assignmentTargets', () => {
  it('lists pool, virtual subsystems and machines of the host, each with its verdict', () => {
    const options = assignmentTargets(fleet, [free]);
    expect(options.map(({ target, verdict }) => [target.kind, verdict.allowed])).toEqual([
      ['pool', false],
      ['virtual-subsystem', true],
      ['virtual-machine', true],
    ]);
    expect(options.map((option) => option.title)).toEqual([
      'Pool',
      '0f0e0d0c-0b0a-4908-8706-050403020100',
      'db-primary',
    ]);
  });
});

describe('defaultResources', () => {
  it('keeps what is held, shares a small pool, and gives nothing where nothing is flexible', () => {
    expect(defaultResources(fleet, `${primaryId}/1`)).toEqual({ vq: 8, vi: 4 });
    expect(defaultResources(fleet, free)).toEqual({ vq: 4, vi: 2 });
    const primary = fleet.controllers[primaryId] as PrimaryController;
    const small = changed<PrimaryController>(primaryId, { vq: { ...primary.vq, total: 22 } });
    expect(defaultResources(small, free, 2)).toEqual({ vq: 3, vi: 2 });
    const none = changed<PrimaryController>(primaryId, { vq: { ...primary.vq, supported: false } });
    expect(defaultResources(none, free)).toEqual({ vq: 0, vi: 2 });
  });
});
