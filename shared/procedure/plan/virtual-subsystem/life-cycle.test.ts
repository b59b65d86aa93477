import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../../fleet/schema.ts';
import { guestNqn, migrationFleet, migrationRequest } from '../../../test-support/migration-fleet.ts';
import { baselineMask, baselineRows } from '../../../virtual-subsystem/baseline/baseline.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { definitionOf } from '../../step.ts';
import { plan } from '../plan.ts';

const primaryId = 'hv-a/0000:41:00.0';
const virtualSubsystemId = `${primaryId}|${guestNqn}`;
const nqn = 'nqn.2026-11.io.berth:made';
const identity = { serialNumber: 'S', modelNumber: 'M', firmwareRevision: '1' };
const narrow = { offset: 520, size: 2, rule: 'keep-bits', value: '0x5f' } as const;

/** The fleet with its guest out of the way, so that what it read may change. */
function idleFleet(): Fleet {
  const fleet = migrationFleet(2);
  for (const machine of Object.values(fleet.virtualMachines)) {
    machine.state = 'stopped';
    machine.deviceIds = [];
  }
  for (const controller of Object.values(fleet.controllers))
    if (controller.role === 'secondary') controller.virtualMachineId = null;
  return fleet;
}

function planned(fleet: Fleet, intent: Intent): Plan {
  const answer = plan(fleet, intent);
  if (!answer.ok) throw new Error(answer.error.details?.join('\n') ?? answer.error.message);
  return answer.value;
}

function refusal(fleet: Fleet, intent: Intent): string {
  const answer = plan(fleet, intent);
  if (answer.ok) throw new Error('not refused');
  return answer.error.details?.join('\n') ?? '';
}

/** The fleet after the steps, and after their inverses from the last to the first. */
function thereAndBack(fleet: Fleet, { steps }: Plan): [Fleet, Fleet] {
  const there = steps.reduce((before, { step }) => definitionOf(step).predict(step, before), fleet);
  const back = steps.toReversed().flatMap(({ inverse }) => inverse ?? []);
  return [there, back.reduce((now, step) => definitionOf(step).predict(step, now), there)];
}

const kinds = ({ steps }: Plan) => steps.map(({ step }) => step.kind);

describe('provisioning', () => {
  const secondaryIds = [`${primaryId}/3`, `${primaryId}/4`];
  const into = { kind: 'new', nqn, primaryVirtualId: 1, identity, exposed: [narrow] } as const;
  const intent: Intent = {
    kind: 'provision',
    functions: { kind: 'existing', secondaryIds },
    enableMigration: true,
    visible: true,
    virtualMachineId: null,
    into: { ...into, exposed: [...into.exposed] },
    vq: 4,
    vi: 2,
    attach: [1],
  };

  it('makes functions visible through VFIO only when they are complete, and can be undone', () => {
    const fleet = idleFleet();
    const made = planned(fleet, intent);
    // Hidden, online, named and narrowed, with namespaces, and only then visible.
    const resources = ['secondary-assign', 'function-level-reset', 'secondary-online'];
    const order = kinds(made).filter((kind, index, all) => kind !== all[index - 1]);
    expect(order).toEqual([
      'function-set-visible',
      ...resources,
      ...resources,
      'virtual-subsystem-create',
      'virtual-subsystem-set-capabilities',
      'virtual-subsystem-add',
      'attach-namespace',
      'function-set-visible',
      'set-driver',
      'function-set-visible',
      'set-driver',
    ]);
    const [there, back] = thereAndBack(fleet, made);
    expect(there.virtualSubsystems[`${primaryId}|${nqn}`]).toMatchObject({
      exposed: [narrow],
      members: secondaryIds.map((controllerId, index) => ({ controllerId, virtualControllerId: index + 2 })),
    });
    expect(back.virtualSubsystems).toEqual(fleet.virtualSubsystems);
  });

  it('refuses functions in use, a mask that widens and a bad name, each with its reason', () => {
    const fleet = idleFleet();
    expect(
      refusal(fleet, { ...intent, functions: { kind: 'existing', secondaryIds: [`${primaryId}/1`] } }),
    ).toMatch(/VF 1 of hv-a\/nvme1 is in use now: .*\. Take it back to the pool first/);
    const wide = { ...narrow, value: '0xffff' };
    expect(refusal(fleet, { ...intent, into: { ...into, exposed: [wide] } })).toMatch(/would widen/);
    const nameTooLong = { ...into, nqn: 'x'.repeat(224), exposed: [] };
    expect(refusal(fleet, { ...intent, into: nameTooLong })).toMatch(/224 bytes/);
  });
});

describe('exposed capabilities and identity', () => {
  it('sets both, reports the words, and goes back', () => {
    const fleet = idleFleet();
    const rows = baselineRows(Object.values(fleet.controllers).filter(({ role }) => role === 'primary'));
    const mask = baselineMask(rows);
    const narrowed = planned(fleet, {
      kind: 'set-exposed-capabilities',
      virtualSubsystemIds: [virtualSubsystemId],
      exposed: mask,
    });
    expect(narrowed.steps[0]?.words).toMatch(new RegExp(`${mask.length} fields$`));
    expect(narrowed.steps[0]?.commandLines[0]).toMatch(/admin-passthru \/dev\/nvme1 --opcode=0xc1/);
    const [there, back] = thereAndBack(fleet, narrowed);
    expect(there.virtualSubsystems[virtualSubsystemId]?.exposed).toEqual(mask);
    expect(back).toEqual(fleet);
    const named = planned(fleet, {
      kind: 'set-virtual-identity',
      virtualSubsystemIds: [virtualSubsystemId],
      identity: { ...identity, ieee: 0x525400 },
    });
    expect(named.steps[0]?.words).toContain('SN S, MN M, FR 1, IEEE 525400');
    expect(thereAndBack(fleet, named)[1]).toEqual(fleet);
  });

  it('is refused while a guest runs, and for a name that does not fit', () => {
    const running = migrationFleet(2);
    const exposed = [narrow];
    const ids = [virtualSubsystemId];
    expect(refusal(running, { kind: 'set-exposed-capabilities', virtualSubsystemIds: ids, exposed })).toMatch(
      /used by db-primary \(running\).*Take it out of the virtual machine first/,
    );
    expect(
      refusal(idleFleet(), {
        kind: 'set-virtual-identity',
        virtualSubsystemIds: ids,
        identity: { ...identity, serialNumber: 'x'.repeat(21) },
      }),
    ).toMatch(/21 characters; at most 20 fit/);
  });
});

describe('renumbering', () => {
  const members = (first: number, second: number) => [
    { secondaryId: `${primaryId}/1`, virtualControllerId: first },
    { secondaryId: `${primaryId}/2`, virtualControllerId: second },
  ];
  const kind = 'renumber-virtual-controllers';

  it('exchanges ids, because all leave before the first comes back', () => {
    const fleet = idleFleet();
    const ids = fleet.virtualSubsystems[virtualSubsystemId]!.members.map((one) => one.virtualControllerId);
    const swapped = planned(fleet, { kind, virtualSubsystemId, members: members(ids[1]!, ids[0]!) });
    const [there, back] = thereAndBack(fleet, swapped);
    expect(there.virtualSubsystems[virtualSubsystemId]?.members.map((one) => one.controllerId)).toEqual([
      `${primaryId}/2`,
      `${primaryId}/1`,
    ]);
    expect(back).toEqual(fleet);
  });

  it.each([
    ['an id twice', members(50, 50), /Virtual id 50 is already used/],
    ['the id of the primary', members(1, 50), /Virtual id 1 is already used/],
    ['a reserved id', members(0xfff0, 50), /65520 is reserved; use 0 to 65519/],
    [
      'a stranger',
      [{ secondaryId: `${primaryId}/3`, virtualControllerId: 50 }],
      /is not a member\. Add it first/,
    ],
  ])('refuses %s', (_, given, words) => {
    expect(refusal(idleFleet(), { kind, virtualSubsystemId, members: given })).toMatch(words);
  });
});

describe('migration of a narrowed virtual subsystem', () => {
  it('creates it at the destination with the same mask before the first controller joins', () => {
    const fleet = migrationFleet(2);
    fleet.virtualSubsystems[virtualSubsystemId]!.exposed = [narrow];
    const moved = planned(fleet, { kind: 'migrate', request: migrationRequest(fleet) });
    const of = kinds(moved);
    const set = moved.steps.find(({ step }) => step.kind === 'virtual-subsystem-set-capabilities');
    expect(set).toMatchObject({ hostId: 'hv-b', step: { nqn: guestNqn, exposed: [narrow] } });
    expect(of.indexOf('virtual-subsystem-set-capabilities')).toBe(of.indexOf('virtual-subsystem-create') + 1);
    expect(of.indexOf('virtual-subsystem-add')).toBeGreaterThan(of.indexOf('virtual-subsystem-create') + 1);
  });
});
