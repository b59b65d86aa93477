import { describe, expect, it } from 'vitest';
import { agreedSchema, guestsWords, nothingAgreed, requireAgreement } from './agreement.ts';

const guests = (...names: string[]) => names.map((name) => ({ id: `hv-a:${name}`, title: name }));
const plan = { title: 'Return VF 3 to the pool' };

describe('requireAgreement', () => {
  it('lets pass what cuts off and warns of nothing', () => {
    expect(requireAgreement(plan, [], nothingAgreed).ok).toBe(true);
  });

  it('refuses every guest that is not among those agreed to, by name, field and fix', () => {
    const agreed = { guests: ['hv-a:web', 'hv-b:db'], warnings: ['hv-a:db'] };
    expect(requireAgreement(plan, guests('db', 'web', 'mail'), agreed)).toEqual({
      ok: false,
      error: {
        code: 'refused',
        message: 'You have not agreed that db and mail lose a drive or data that may be in use.',
        object: plan.title,
        field: 'agreed.guests',
        fix: 'Review “Return VF 3 to the pool”, and agree there that db and mail are cut off.',
        details: ['db', 'mail'],
      },
    });
    expect(requireAgreement(plan, guests('web'), agreed).ok).toBe(true);
  });

  it('refuses every warning that is not among those agreed to', () => {
    const warnings = [
      { id: 'copy', words: 'The copy must never run again.' },
      { id: 'memory', words: 'Its memory is not known.' },
    ];
    const answer = (ids: string[]) =>
      requireAgreement({ ...plan, warnings }, [], { guests: ids, warnings: ids });
    expect(answer(['copy', 'memory']).ok).toBe(true);
    expect(answer(['copy'])).toMatchObject({
      error: { code: 'refused', field: 'agreed.warnings', details: ['Its memory is not known.'] },
    });
  });
});

it('names four guests at most, and counts the others', () => {
  expect(guestsWords(guests('a'))).toBe('a');
  expect(guestsWords(guests('a', 'b', 'c', 'd'))).toBe('a, b, c and d');
  expect(guestsWords(guests('a', 'b', 'c', 'd', 'e', 'f'))).toBe('a, b, c, d and 2 more guests');
});

it('what was agreed to is bounded', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, index) => `hv-a:${index}`);
  expect(agreedSchema.safeParse({ guests: ids(4096), warnings: ids(200) }).success).toBe(true);
  for (const excess of [
    { guests: ids(4097), warnings: [] },
    { guests: ['x'.repeat(1025)], warnings: [] },
    { guests: [], warnings: ids(201) },
    { guests: [], warnings: ['x'.repeat(8193)] },
  ])
    expect(agreedSchema.safeParse(excess).success).toBe(false);
});
