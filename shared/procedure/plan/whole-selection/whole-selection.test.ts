import { describe, expect, it } from 'vitest';
import { mostTogether } from '../../../fleet/rules/together.ts';
import type { Controller, Fleet, SecondaryController } from '../../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../../fleet/selectors.ts';
import { migrationFleet } from '../../../test-support/migration-fleet.ts';
import { expectThereAndBack } from '../../../test-support/rules-agree.ts';
import { type Intent, intentSchema } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { withLayers } from '../builder.ts';
import { plan } from '../plan.ts';
import { planUndo } from '../undo.ts';

const perDrive = 300;
const drives = ['hv-a/0000:41:00.0', 'hv-b/0000:41:00.0'] as const;
const idsOf = (drive: string, from: number, count: number) =>
  Array.from({ length: count }, (_, index) => `${drive}/${from + index}`);
/** Free functions of both drives, none of which anybody uses: 250 of each. */
const free = drives.flatMap((drive) => idsOf(drive, 10, mostTogether / 2));

/** Two drives on two hosts, each with hundreds of functions and resources for all of them. */
function largeFleet(): Fleet {
  const fleet = migrationFleet(2);
  const pool = { total: 4096, secondaryMaximum: 16 };
  for (const drive of drives) {
    const primary = findPrimary(fleet, drive);
    const template = Object.values(fleet.controllers).find(
      (one): one is SecondaryController => one.role === 'secondary' && !one.online,
    );
    if (primary === undefined || template === undefined) throw new Error('no drive');
    Object.assign(primary.vq, pool);
    Object.assign(primary.vi, pool);
    Object.assign(primary, { totalVfs: perDrive, numVfs: perDrive });
    const { hostId, subsystemId } = primary;
    for (let vfn = primary.secondaryIds.length + 1; vfn <= perDrive; vfn += 1) {
      const id = `${drive}/${vfn}`;
      primary.secondaryIds.push(id);
      fleet.controllers[id] = {
        ...structuredClone(template),
        ...{ id, hostId, subsystemId, primaryId: drive, vfn, cntlid: vfn, iommuGroup: 1000 + vfn },
        ...{ pciAddress: `0000:42:${vfn.toString(16)}`, online: false, nvq: 0, nvi: 0, driver: null },
        ...{ virtualMachineId: null, virtualSubsystemId: null, attachedNamespaces: [], vfioState: null },
      };
    }
  }
  return fleet;
}

function changed(fleet: Fleet, ids: readonly string[], change: Partial<SecondaryController>): Fleet {
  const entries = ids.map((id) => [id, { ...findSecondary(fleet, id), ...change } as Controller]);
  return { ...fleet, controllers: { ...fleet.controllers, ...Object.fromEntries(entries) } };
}

function planned(fleet: Fleet, intent: Intent): Plan {
  const answer = plan(fleet, intentSchema.parse(intent));
  if (!answer.ok) throw new Error(answer.error.details?.slice(0, 5).join('\n') ?? answer.error.message);
  return answer.value;
}

function refusal(fleet: Fleet, intent: Intent): readonly string[] {
  const answer = plan(fleet, intent);
  if (answer.ok) throw new Error('not refused');
  return answer.error.details ?? [];
}

const fleet = largeFleet();
const ready = changed(fleet, free, { nvq: 2, nvi: 1 });
const online = changed(ready, free, { online: true });

describe('an action on a selection of hundreds, on two drives', () => {
  const cases: readonly [name: string, from: Fleet, intent: Intent, steps: number, title: string][] = [
    [
      'brings them online',
      ready,
      { kind: 'set-online', secondaryIds: free, online: true },
      mostTogether,
      'Bring 500 secondary controllers online',
    ],
    [
      'takes them offline',
      online,
      { kind: 'set-online', secondaryIds: free, online: false },
      mostTogether,
      'Take 500 secondary controllers offline',
    ],
    [
      'gives all of them the same resources',
      fleet,
      { kind: 'set-resources', secondaryIds: free, vq: 4, vi: 2 },
      3 * mostTogether,
      'Give 500 secondary controllers 4 VQ and 2 VI each',
    ],
    [
      'binds all of them to a driver',
      fleet,
      { kind: 'set-driver', controllerIds: free, driver: 'vfio-pci' },
      mostTogether,
      'Bind 500 secondary controllers to vfio-pci',
    ],
    [
      'attaches a namespace to all of them',
      fleet,
      { kind: 'set-namespaces', controllerIds: free, attach: [2], detach: [] },
      mostTogether,
      'Let 500 secondary controllers reach namespace 2',
    ],
    [
      'sets the VF count of several primary controllers',
      fleet,
      { kind: 'set-vf-count', primaryIds: [...drives], count: 4 },
      // Two functions of one drive are in use; each drive goes through 0.
      2 * 3 + 2 * 2,
      'Set the VF count of hv-a/nvme1 and hv-b/nvme1 to 4',
    ],
  ];

  it.each(cases)('%s in one procedure, there and back', (_, from, intent, steps, title) => {
    const made = planned(from, intent);
    expect(made.title).toBe(title);
    expect(made.steps).toHaveLength(steps);
    expect(made.left).toBeUndefined();
    // Which drive a step is about can be read in it.
    for (const { words } of made.steps) expect(words).toMatch(/^hv-[ab]\/nvme1: /);
    const there = expectThereAndBack(withLayers(from), made);
    const done = made.steps.map(() => ({
      ...{ status: 'done' as const, startedAt: 0, durationMicroseconds: 1, readBack: '', error: null },
    }));
    const undo = planUndo(there, { plan: made, steps: done, status: 'done', undoneBy: null, undoes: null });
    if (!undo.ok) throw new Error(undo.error.message);
    expect(undo.value.title).toBe(`Undo: ${title}`);
    expect(undo.value.steps[0]?.words).toMatch(/^hv-b\/nvme1: /);
  });

  it('resets all of them in one procedure, functions before the primary controller that they belong to', () => {
    const ids = [drives[0], ...free.slice(0, 3)];
    const made = planned(online, { kind: 'reset', controllerIds: ids, reset: 'function' });
    expect(made.title).toBe('Reset 4 controllers');
    expect(made.steps.map(({ step }) => 'controllerId' in step && step.controllerId)).toEqual([
      ...free.slice(0, 3),
      drives[0],
    ]);
    const all = planned(online, { kind: 'reset', controllerIds: free, reset: 'function' });
    expect(all.steps).toHaveLength(mostTogether);
  });

  it('resets an NVM subsystem once, however many of its controllers are chosen', () => {
    const made = planned(fleet, {
      kind: 'reset',
      controllerIds: [...free.slice(2), ...drives],
      reset: 'subsystem',
    });
    expect(made.title).toBe('Reset the NVM subsystems of hv-a/nvme1 and hv-b/nvme1');
    expect(made.steps).toHaveLength(2);
  });
});

describe('what is as wanted already', () => {
  const half = changed(ready, free.slice(0, 250), { online: true });

  it('stays as it is, and the plan says how many there are and names some', () => {
    const made = planned(half, { kind: 'set-online', secondaryIds: free, online: true });
    expect(made.title).toBe('Bring 250 secondary controllers online');
    expect(made.steps).toHaveLength(250);
    expect(made.left).toEqual([
      expect.stringMatching(
        /^250 controllers are already online and stay as they are: VF 10 of hv-a\/nvme1, .* and 230 more\.$/,
      ),
    ]);
  });

  it('is no plan where it is all of them, and does not count for the bound', () => {
    expect(refusal(half, { kind: 'set-online', secondaryIds: free.slice(0, 9), online: true })).toEqual([
      'All 9 are already online.',
    ]);
    const more = [...free, ...idsOf(drives[0], 260, 1)];
    const more501 = changed(half, more.slice(-1), { nvq: 2, nvi: 1 });
    expect(planned(more501, { kind: 'set-online', secondaryIds: more, online: true }).steps).toHaveLength(
      251,
    );
    expect(refusal(more501, { kind: 'reset', controllerIds: more, reset: 'function' })).toEqual([
      expect.stringMatching(/^501 controllers are selected, and one procedure changes at most 500\. /),
    ]);
  });
});

describe('what stands against some of a selection', () => {
  it('is listed for each of them with its drive, and nothing is planned', () => {
    const reasons = refusal(fleet, { kind: 'set-online', secondaryIds: free, online: true });
    // VQ and VI of each.
    expect(reasons).toHaveLength(2 * mostTogether);
    expect(reasons[0]).toMatch(/^hv-a\/nvme1: VF 10 needs at least 2 VQ to go online/);
    expect(reasons.at(-1)).toMatch(/^hv-b\/nvme1: VF 259 needs at least 1 VI to go online/);
  });

  it('names every id that is unknown', () => {
    const ids = [...free.slice(0, 2), 'nowhere', drives[0]];
    expect(refusal(fleet, { kind: 'set-online', secondaryIds: ids, online: true })).toEqual([
      'nowhere is not a secondary controller of the fleet.',
      `${drives[0]} is not a secondary controller of the fleet.`,
    ]);
  });

  it('is too much at the door where there are more ids than the largest fleet has', () => {
    const ids = Array.from({ length: 32_769 }, (_, index) => `id-${index}`);
    expect(intentSchema.safeParse({ kind: 'set-online', secondaryIds: ids, online: true }).success).toBe(
      false,
    );
    expect(intentSchema.safeParse({ kind: 'reset', controllerIds: [], reset: 'function' }).success).toBe(
      false,
    );
    const most = { kind: 'set-online', secondaryIds: ids.slice(1), online: true };
    expect(intentSchema.safeParse(most).success).toBe(true);
  });
});

describe('resources of several at once', () => {
  it('are given back by all before any of them takes more', () => {
    const [one = '', other = ''] = idsOf(drives[0], 10, 2);
    const full = changed(fleet, [one], { nvq: 16, nvi: 1, online: true });
    const tight = changed(full, [other], { nvq: 2, nvi: 8 });
    const made = planned(tight, { kind: 'set-resources', secondaryIds: [other, one], vq: 8, vi: 4 });
    const kinds = made.steps.map(({ step }) => step.kind);
    expect(kinds.slice(0, 2)).toEqual(['secondary-offline', 'secondary-offline']);
    const there = expectThereAndBack(tight, made);
    expect(findSecondary(there, one)).toMatchObject({ online: true, nvq: 8, nvi: 4 });
    expect(findSecondary(there, other)).toMatchObject({ online: false, nvq: 8, nvi: 4 });
  });
});
