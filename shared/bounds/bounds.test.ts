import { describe, expect, it } from 'vitest';
import { findExcess } from './find-excess.ts';
import { shorten, shortenError } from './shorten.ts';

const bounds = { entries: 10, text: 20, depth: 5, values: 40 };

describe('findExcess', () => {
  it('lets pass what is just within', () => {
    const value = { list: Array.from({ length: 10 }, () => 'x'.repeat(20)), deep: { a: { b: { c: {} } } } };
    expect(findExcess(value, bounds)).toBeNull();
  });

  it('names the first place and the bound, and never the content', () => {
    const secret = 'secret'.repeat(10);
    expect(findExcess({ a: [{ name: secret }] }, bounds)).toEqual({
      path: ['a', 0, 'name'],
      message: 'The text has 60 characters, and at most 20 are possible',
      fix: 'Shorten the text',
    });
    expect(findExcess({ a: { list: new Array(11).fill(0) } }, bounds)).toMatchObject({ path: ['a', 'list'] });
    expect(findExcess([[[[[[]]]]]], bounds)?.message).toBe('More than 5 levels are inside each other');
    const many = Array.from({ length: 10 }, () => [1, 2, 3, 4]);
    expect(findExcess(many, bounds)?.message).toBe('There are more than 40 values');
    expect(JSON.stringify(findExcess({ [secret.repeat(100)]: 1 }, bounds))).not.toContain('secret');
  });

  it('does not overflow on a million levels, and ends early on millions of values', () => {
    let deep: unknown = 0;
    for (let level = 0; level < 1_000_000; level += 1) deep = [deep];
    expect(findExcess(deep, bounds)).toMatchObject({ path: [0, 0, 0, 0, 0] });
    expect(findExcess({ a: new Array(5_000_000).fill({}) }, bounds)?.path).toEqual(['a']);
  });
});

describe('shortenError', () => {
  it('keeps both ends of every text and says how many lines are left out', () => {
    const long = `first ${'x'.repeat(1_000_000)} last`;
    const error = shortenError({
      ...{ code: 'not-found', message: long, object: long, field: long, fix: long },
      details: Array.from({ length: 10_000 }, () => long),
    });
    expect(JSON.stringify(error).length).toBeLessThan(120_000);
    for (const text of [error.message, error.object, error.field, error.fix, error.details?.[0]]) {
      expect(text?.startsWith('first x')).toBe(true);
      expect(text?.endsWith('x last')).toBe(true);
    }
    expect(error.details?.length).toBe(200);
    expect(error.details?.at(-1)).toBe('… and 9801 more');
  });

  it('shows what a terminal would obey and what turns the direction of reading', () => {
    const object = '\u001b]0;title\u0007/tmp/\u202efnosj.x';
    const error = shortenError({ code: 'not-found', message: object, object, details: [object] });
    for (const text of [error.message, error.object, error.details?.[0]])
      expect(text).toBe('\\u001b]0;title\\u0007/tmp/\\u202efnosj.x');
  });

  it('leaves a short error as it is, and cuts no character in two', () => {
    const short = { code: 'busy', message: 'It runs.', details: ['a'] } as const;
    expect(shortenError({ ...short, details: ['a'] })).toEqual(short);
    for (let length = 10; length < 30; length += 1) {
      const cut = shorten('😀'.repeat(50), length);
      expect(cut.length).toBeLessThanOrEqual(length);
      expect(Buffer.from(cut, 'utf8').toString('utf8')).toBe(cut);
    }
  });
});
