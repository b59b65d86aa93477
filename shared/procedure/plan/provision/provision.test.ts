import { describe, expect, it } from 'vitest';
import type { Fleet } from '../../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../../fleet/selectors.ts';
import { migrationFleet } from '../../../test-support/migration-fleet.ts';
import type { Intent } from '../../intent.ts';
import type { Plan } from '../../procedure.ts';
import { definitionOf } from '../../step.ts';
import { plan } from '../plan.ts';

const primaryId = 'hv-a/0000:41:00.0';
const first = `${primaryId}/256`;

/** The primary of the source host provisions up to two functions. */
function siovFleet(): Fleet {
  const fleet = migrationFleet(2);
  const primary = findPrimary(fleet, primaryId);
  if (primary === undefined) throw new Error('no primary');
  primary.functions = {
    manage: { available: true },
    provision: { available: true },
    maximumProvisioned: 2,
    firstCntlid: 256,
  };
  return fleet;
}

const intent: Extract<Intent, { kind: 'provision' }> = {
  kind: 'provision',
  functions: { kind: 'new', primaryId, count: 1 },
  into: { kind: 'none' },
  vq: 2,
  vi: 1,
  attach: [1],
  enableMigration: true,
  visible: true,
  virtualMachineId: null,
};

function planned(fleet: Fleet, wanted: Intent): Plan {
  const answer = plan(fleet, wanted);
  if (!answer.ok) throw new Error(answer.error.details?.join('\n') ?? answer.error.message);
  return answer.value;
}

function refusal(fleet: Fleet, wanted: Intent): string {
  const answer = plan(fleet, wanted);
  if (answer.ok) throw new Error('not refused');
  return answer.error.details?.join('\n') ?? '';
}

const reached = (fleet: Fleet, { steps }: Plan) =>
  steps.reduce((now, { step }) => definitionOf(step).predict(step, now), fleet);

describe('functions that do not exist yet', () => {
  it('are provisioned, sized, given namespaces, enabled and only then shown; all of it can be undone', () => {
    const fleet = siovFleet();
    const made = planned(fleet, intent);
    expect(made.steps.map(({ step }) => step.kind)).toEqual([
      'function-provision',
      'secondary-assign',
      'secondary-assign',
      'secondary-online',
      'attach-namespace',
      'function-set-migration',
      'function-set-visible',
    ]);
    expect(
      made.steps.flatMap(({ commandLines }) => commandLines).filter((line) => line.includes('virtual_')),
    ).toEqual([
      'nvme virtual_function_provision --dev=/dev/nvme1 --cntlid=256',
      'nvme virtual_function_set --dev=/dev/nvme1 --cntlid=256 --migration=1',
      'nvme virtual_function_set --dev=/dev/nvme1 --cntlid=256 --visible=1',
    ]);
    const there = reached(fleet, made);
    expect(findSecondary(there, first)).toMatchObject({
      online: true,
      nvq: 2,
      visible: true,
      driver: 'vfio-siov',
    });
    const back = made.steps.toReversed().flatMap(({ inverse }) => inverse ?? []);
    expect(back.reduce((now, step) => definitionOf(step).predict(step, now), there)).toEqual(fleet);
  });

  it('go to a virtual machine at the end, and are destroyed only when no guest has them', () => {
    const fleet = siovFleet();
    const given = reached(fleet, planned(fleet, { ...intent, virtualMachineId: 'hv-a:db-primary' }));
    expect(findSecondary(given, first)?.virtualMachineId).toBe('hv-a:db-primary');
    const deprovision: Intent = { kind: 'deprovision', secondaryIds: [first] };
    expect(refusal(given, deprovision)).toMatch(
      /used by db-primary\. Take it out of the virtual machine first/,
    );
    const free = reached(fleet, planned(fleet, intent));
    const away = planned(free, deprovision);
    expect(away.steps.map(({ step }) => step.kind)).toEqual([
      'function-set-visible',
      'detach-namespace',
      'secondary-offline',
      'function-destroy',
    ]);
    expect(reached(free, away)).toEqual(fleet);
  });

  it.each<[string, Partial<typeof intent>, RegExp]>([
    [
      'more than there can be',
      { functions: { kind: 'new', primaryId, count: 3 } },
      /2 provisioned functions \(MAXPF\), of which 2 are left; 3/,
    ],
    [
      'a primary that is none',
      { functions: { kind: 'new', primaryId: 'gone', count: 1 } },
      /not a primary controller/,
    ],
    ['more resources than there are', { vq: 9999 }, /can hold at most/],
    [
      'a hidden function for a guest',
      { visible: false, virtualMachineId: 'hv-a:db-primary' },
      /hidden function cannot be handed/,
    ],
  ])('refuses %s, before anything is done', (_, change, words) => {
    expect(refusal(siovFleet(), { ...intent, ...change })).toMatch(words);
  });

  it('are refused where the primary provisions none', () => {
    expect(refusal(migrationFleet(2), intent)).toMatch(/Virtual functions only/);
  });
});
