import { expect, it } from 'vitest';
import type { Check } from '#shared/migration/checks/check.ts';
import { groupChecks } from './check-groups.ts';

function check(id: string, group: Check['group'], verdict: Check['verdict']): Check {
  return { id, group, title: id, verdict, evidence: '', source: '', destination: '', fix: '' };
}

it('puts groups and checks that need attention first, and sums each group up', () => {
  const groups = groupChecks([
    check('fr', 'identity', 'warning'),
    check('a', 'capabilities', 'passed'),
    check('nguid', 'identity', 'passed'),
    check('cntlid', 'identity', 'error'),
    check('b', 'capabilities', 'passed'),
  ]);
  expect(groups.map(({ id, summary, tone }) => [id, summary, tone])).toEqual([
    ['identity', '1 blocking · 1 warning', 'bad'],
    ['capabilities', '2 of 2', 'ok'],
  ]);
  expect(groups[0]?.checks.map((one) => one.id)).toEqual(['cntlid', 'fr', 'nguid']);
  expect(groupChecks([])).toEqual([]);
});
