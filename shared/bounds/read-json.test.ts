import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPieces } from '../test-support/count-pieces.ts';
import { spoils, spoilt } from '../test-support/hostile-texts.ts';
import { numRuns } from '../test-support/property-runs.ts';
import { atOnce } from './pieces.ts';
import { readJson } from './read-json.ts';

const bounds = { entries: 20_000, text: 200_000, depth: 100, values: 200_000 };
/** A text of this length more is read piece by piece. */
const blanks = ' '.repeat(65_536);

function parsed(text: string): unknown {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return 'not-json';
  }
}

function read(text: string): unknown {
  const found = atOnce(readJson(text, bounds));
  return found.kind === 'value' ? { value: found.value } : found.kind;
}

describe('a large text is read as JSON.parse reads it', () => {
  it('whatever it says', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), fc.nat({ max: 3 }), (text, space) => {
        const spaced = JSON.stringify(JSON.parse(text), null, space);
        for (const one of [text, spaced]) {
          expect(read(one + blanks)).toEqual(parsed(one));
          expect(read(blanks + one)).toEqual(parsed(one));
        }
      }),
      { numRuns: numRuns(100, 5000) },
    );
  });

  it('and is refused where JSON.parse refuses it', () => {
    const decoder = new TextDecoder();
    let [refused, taken] = [0, 0];
    fc.assert(
      fc.property(fc.json(), spoils, (text, spoil) => {
        const broken = decoder.decode(spoilt(new TextEncoder().encode(text), spoil));
        const expected = parsed(broken);
        const found = read(blanks + broken);
        // Some are nested as deeply as could hurt; the bounds have a test of their own.
        if (found === 'excess') return;
        if (expected === 'not-json') refused += 1;
        else taken += 1;
        expect(found).toEqual(expected);
      }),
      { numRuns: numRuns(200, 5000), seed: 7 },
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(30);
  });

  it.each([
    '"\\u00e9\\ud83d\\ude00 \\n\\"\\\\\\/"',
    '"\ud83d"',
    `"${'\\\\'.repeat(20_000)}"`,
    `"${'é\\u0041'.repeat(15_000)}"`,
    `"${'x'.repeat(150_000)}"`,
    '{"__proto__":{"x":1},"constructor":[2]}',
    '{"a":1,"a":2,"1":3,"0":4}',
    '[-0,0.5,1e3,1E-7,-12.25e+10,123456789012345678901234567890]',
    '[[],{},[{}],{"a":[]}]',
    'true',
  ])('%.60s', (text) => {
    const { value } = read(blanks + text) as { value: unknown };
    expect(value).toEqual(JSON.parse(text));
    expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(text)));
  });

  it.each([
    '',
    '[1,]',
    '[,1]',
    '{"a":1,}',
    '{"a"}',
    '{a:1}',
    '[1 2]',
    '[1]]',
    '"a',
    '"\n"',
    '"\\x"',
    '"\\u12g4"',
    '01',
    '1.',
    '.5',
    '+1',
    '1e',
    'tru',
    'truex',
    'NaN',
    "'a'",
    '[}',
    '{]',
    '\u00a01',
    '"\\',
  ])('%j is no JSON', (text) => {
    expect(parsed(text)).toBe('not-json');
    expect(read(blanks + text)).toBe('not-json');
  });

  it('says in which line and column', () => {
    expect(atOnce(readJson(`${blanks}\n{\n  "a": 1,\n  b\n}`, bounds))).toEqual({
      kind: 'not-json',
      message: 'Unexpected "b" at position 65551 (line 4 column 3)',
    });
    expect(atOnce(readJson(`${blanks}[1`, bounds))).toEqual({
      kind: 'not-json',
      message: 'Unexpected end of the text at position 65538 (line 1 column 65539)',
    });
  });
});

describe('a large text that is too large', () => {
  const tooLarge: readonly (readonly [string, string, object])[] = [
    [
      'entries of an array',
      `{"a":[${'1,'.repeat(20_000)}1]}`,
      { path: ['a'], message: expect.stringContaining('more than 20000 entries') },
    ],
    [
      'keys of an object',
      `[{${Array.from({ length: 20_001 }, (_, index) => `"k${index}":1`).join(',')}}]`,
      { path: [0], message: expect.stringContaining('more than 20000 entries') },
    ],
    [
      'values altogether',
      `[${Array.from({ length: 19_000 }, () => '[1,2,3,4,5,6,7,8,9,10]').join(',')}]`,
      { path: [], message: 'There are more than 200000 values' },
    ],
    [
      'a text',
      `[0,{"b":"${'x'.repeat(300_000)}"}]`,
      { path: [1, 'b'], message: expect.stringContaining('at most 200000') },
    ],
    [
      'a text of escapes',
      `["${'\\u0041'.repeat(300_000)}"]`,
      { path: [0], message: expect.stringContaining('at most 200000') },
    ],
    ['a key', `{"a":{"${'k'.repeat(2000)}":1}}`, { path: ['a'], message: 'A key has 2002 characters' }],
    [
      'a million levels',
      `{"a":${'['.repeat(1_000_000)}`,
      { path: ['a', ...new Array(99).fill(0)], message: 'More than 100 levels are inside each other' },
    ],
    ['a million levels of objects', '{"a":'.repeat(1_000_000), { path: new Array(100).fill('a') }],
  ];
  it.each(tooLarge)('%s: is named, and not read any further', (_what, text, excess) => {
    const beyond = `${blanks}${text}`;
    expect(atOnce(readJson(beyond, bounds))).toEqual({
      kind: 'excess',
      excess: expect.objectContaining(excess),
    });
  });
});

it('a large text is read in pieces, a small one at once', () => {
  const list = (length: number) => JSON.stringify(Array.from({ length }, (_, index) => ({ index })));
  expect(countPieces(readJson(list(100), bounds)).pieces).toBe(1);
  // Two values for each element.
  expect(countPieces(readJson(list(10_000), bounds)).pieces).toBeGreaterThanOrEqual(9);
  const text = `"${'x'.repeat(20_000_000)}"`;
  expect(countPieces(readJson(text, { ...bounds, text: 30_000_000 })).pieces).toBeGreaterThan(4);
});
