import fc from 'fast-check';
import { hostileValues, mutated } from './hostile-values.ts';

/** What is done to a file: to its JSON, or to its bytes as a broken disk, a bad copy or a wrong hand would. */
export type Spoil =
  | { readonly kind: 'value'; readonly choice: number; readonly value: unknown }
  | { readonly kind: 'number'; readonly at: number; readonly digits: string }
  | { readonly kind: 'flip'; readonly at: readonly number[]; readonly bit: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly text: string }
  | { readonly kind: 'replace'; readonly text: string };

const position = fc.nat({ max: 2 ** 30 });

/** Numbers that are too large, too small, or none. */
const odd = [
  '0',
  '-1',
  '65535',
  '65536',
  '4294967295',
  '4294967296',
  '1e308',
  '1e999',
  '9'.repeat(400),
  '0.5',
  '-0',
];

export const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('value' as const), choice: position, value: hostileValues }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('number' as const),
      at: position,
      digits: fc.constantFrom(...odd),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('flip' as const),
      at: fc.array(position, { minLength: 1, maxLength: 4 }),
      bit: fc.nat({ max: 7 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: position }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('insert' as const),
      at: position,
      text: fc.constantFrom('\0', '\u001b[2J', ']', '}', ',', '"', '\n\n', '\ufeff', '['.repeat(20_000)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('replace' as const),
      text: fc.constantFrom(
        '',
        '\0',
        'null',
        '[]',
        '{}',
        '0',
        '"text"',
        'not JSON',
        '\u007fELF',
        '<html>',
        '[[',
      ),
    }),
  },
);

/** The bytes after it. What is not JSON, or becomes none, is spoilt as bytes. */
export function spoilt(bytes: Uint8Array, spoil: Spoil): Uint8Array {
  const { length } = bytes;
  switch (spoil.kind) {
    case 'value': {
      const text = withValue(new TextDecoder().decode(bytes), spoil);
      return text === null ? bytes.slice(0, spoil.choice % (length + 1)) : new TextEncoder().encode(text);
    }
    case 'number': {
      const text = new TextDecoder('latin1').decode(bytes);
      const numbers = [...text.matchAll(/\d+/g)];
      const found = numbers[spoil.at % Math.max(1, numbers.length)];
      if (found === undefined) return new Uint8Array();
      const after = text.slice(found.index + found[0].length);
      return Uint8Array.from(`${text.slice(0, found.index)}${spoil.digits}${after}`, (character) =>
        character.charCodeAt(0),
      );
    }
    case 'flip': {
      const flipped = bytes.slice();
      for (const at of spoil.at)
        if (length > 0) flipped[at % length] = (flipped[at % length] ?? 0) ^ (1 << spoil.bit);
      return flipped;
    }
    case 'cut':
      return bytes.slice(0, spoil.at % (length + 1));
    case 'insert': {
      const at = spoil.at % (length + 1);
      const added = new TextEncoder().encode(spoil.text);
      return new Uint8Array([...bytes.slice(0, at), ...added, ...bytes.slice(at)]);
    }
    case 'replace':
      return new TextEncoder().encode(spoil.text);
  }
}

/** Null when the text is no JSON, or the value cannot be written as JSON. */
function withValue(text: string, { choice, value }: Extract<Spoil, { kind: 'value' }>): string | null {
  try {
    return JSON.stringify(mutated(JSON.parse(text), choice, value)) ?? null;
  } catch {
    return null;
  }
}
