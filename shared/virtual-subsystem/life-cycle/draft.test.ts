import { describe, expect, it } from 'vitest';
import type { SecondaryController } from '../../fleet/schema.ts';
import { plan } from '../../procedure/plan/plan.ts';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import { draftIntent, draftProblems, nextDraftIds, type VirtualSubsystemDraft } from './draft.ts';

const primaryId = 'hv-a/0000:41:00.0';
const draft: VirtualSubsystemDraft = {
  id: 'draft-1',
  nqn: 'nqn.2026-11.io.berth:wanted',
  primaryId,
  primaryVirtualId: 1,
  identity: { serialNumber: 'S', modelNumber: 'M', firmwareRevision: '1' },
  exposure: 'everything',
  members: [{ secondaryId: `${primaryId}/5`, virtualControllerId: 20 }],
  savedAt: 0,
};
const problems = (patch: Partial<VirtualSubsystemDraft>, change?: (five: SecondaryController) => void) => {
  const fleet = migrationFleet(1);
  const five = fleet.controllers[`${primaryId}/5`];
  if (five?.role !== 'secondary') throw new Error('fixture');
  change?.(five);
  const found = draftProblems(fleet, { ...draft, ...patch });
  for (const { fix } of found) expect(fix).not.toBe('');
  return found.map(({ field, message }) => `${field}: ${message}`);
};

describe('a draft against the fleet', () => {
  it('can be created when nothing stands against it, with its members in the same procedure', () => {
    expect(problems({})).toEqual([]);
    const fleet = migrationFleet(1);
    const intent = draftIntent(fleet, draft);
    const planned = intent === null ? null : plan(fleet, intent);
    if (planned?.ok !== true) throw new Error('refused');
    const kinds = planned.value.steps.map(({ step }) => step.kind);
    expect(kinds[0]).toBe('virtual-subsystem-create');
    expect(kinds.at(-1)).toBe('virtual-subsystem-add');
    expect(planned.value.steps.at(-1)?.step).toMatchObject({ virtualControllerId: 20 });
  });

  it.each([
    [
      'a name that is taken meanwhile',
      { nqn: Object.values(migrationFleet(1).virtualSubsystems)[0]?.nqn ?? '' },
      /^nqn: .*is already used on hv-a\/nvme1/,
    ],
    ['a name that is none', { nqn: '' }, /^nqn: /],
    [
      'the name of the drive',
      { nqn: Object.keys(migrationFleet(1).subsystems)[0] ?? '' },
      /^nqn: .*physical NVM subsystem/,
    ],
    ['no primary', { primaryId: null, members: [] }, /^primary: No primary/],
    [
      'a primary controller that no longer exists',
      { primaryId: 'hv-z/1' },
      /^primary: hv-z\/1 is not a primary/,
    ],
    ['a reserved id of the primary', { primaryVirtualId: 0xfff0 }, /^primary: Virtual id 65520/],
    [
      'a reserved id of a member',
      { members: [{ secondaryId: `${primaryId}/5`, virtualControllerId: 65520 }] },
      /^members: Virtual id 65520/,
    ],
    [
      'the id of the primary again',
      { members: [{ secondaryId: `${primaryId}/5`, virtualControllerId: 1 }] },
      /^members: Virtual id 1 is requested twice/,
    ],
    [
      'a member of another primary',
      { members: [{ secondaryId: 'hv-b/0000:41:00.0/5', virtualControllerId: 20 }] },
      /^members: VF 5 of hv-b\/nvme1 is not controlled by nvme1/,
    ],
    [
      'a member that is used already',
      { members: [{ secondaryId: `${primaryId}/1`, virtualControllerId: 20 }] },
      /^members: VF 1 of hv-a\/nvme1 is in use now/,
    ],
    [
      'a member that is gone',
      { members: [{ secondaryId: `${primaryId}/500`, virtualControllerId: 20 }] },
      /^members: .*is not a secondary controller/,
    ],
    [
      'a serial number that is too long',
      { identity: { ...draft.identity, serialNumber: 'x'.repeat(21) } },
      /^plan: The virtual serial number has 21/,
    ],
  ])('names %s, and the fix', (_words, patch, expected) => {
    const found = problems(patch);
    expect(
      found.some((line) => expected.test(line)),
      found.join('\n'),
    ).toBe(true);
  });

  it('notices that a member was put to use after it was saved', () => {
    expect(problems({}, (five) => (five.virtualMachineId = 'hv-a:db-primary')).join()).toContain(
      'in use now',
    );
  });

  it('counts new virtual ids on from the highest one', () => {
    expect(nextDraftIds({ ...draft, members: [] }, 2)).toEqual([2, 3]);
    expect(nextDraftIds(draft, 1)).toEqual([21]);
  });
});
