import { expect, it } from 'vitest';
import type { BerthError } from '#shared/result.ts';
import { toldError } from './told-error.ts';

it('an error repeats no more of its input than anybody reads, and none of it does anything', () => {
  const long = 'x'.repeat(10_000_000);
  const told = toldError({
    code: 'invalid-file',
    message: `Not a host: ${long}`,
    object: '\u001b]0;title\u0007/tmp/\u202efnosj.x',
    field: long,
    details: Array.from({ length: 20_000 }, (_, index) => `line ${index}`),
  });
  expect(told.object).toBe('\\u001b]0;title\\u0007/tmp/\\u202efnosj.x');
  expect(told.details).toHaveLength(101);
  expect(told.details?.at(-1)).toBe('and 19900 more');
  expect(JSON.stringify(told).length).toBeLessThan(20_000);
  expect(told).not.toHaveProperty('fix');
});

it('an ordinary error stays as it is', () => {
  const error: BerthError = {
    code: 'busy',
    message: 'Wait.',
    object: 'A',
    field: 'b',
    fix: 'C',
    details: ['d'],
  };
  expect(toldError(error)).toEqual(error);
});
