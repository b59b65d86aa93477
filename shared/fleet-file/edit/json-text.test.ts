import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numRuns } from '../../test-support/property-runs.ts';
import type { FieldPath } from '../problems.ts';
import { insertItem, nodeAt, removeValue, scanJson, setValue } from './json-text.ts';

const json = fc.jsonValue({ depthSize: 'small' });
const indentation = fc.constantFrom(undefined, 1, 2, 4, '\t');

/** Every path of a value, the empty one first. */
function pathsOf(value: unknown): FieldPath[] {
  if (Array.isArray(value))
    return [[], ...value.flatMap((item, index) => pathsOf(item).map((path) => [index, ...path]))];
  if (typeof value === 'object' && value !== null)
    return [
      [],
      ...Object.entries(value).flatMap(([key, item]) => pathsOf(item).map((path) => [key, ...path])),
    ];
  return [[]];
}

describe('values in a JSON text', () => {
  test('every value is found where it stands', () => {
    fc.assert(
      fc.property(json, indentation, (value, indent) => {
        const text = `\n ${JSON.stringify(value, null, indent)}\n`;
        const root = scanJson(text);
        for (const path of pathsOf(value)) {
          const node = nodeAt(root, path);
          const expected = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], value);
          expect(JSON.parse(text.slice(node?.start, node?.end))).toEqual(
            JSON.parse(JSON.stringify(expected)),
          );
        }
      }),
      { numRuns: numRuns(80, 800) },
    );
  });

  test('setting a value changes it and leaves everything around it as it was', () => {
    fc.assert(
      fc.property(json, json, indentation, fc.nat(), (value, next, indent, pick) => {
        const text = JSON.stringify(value, null, indent);
        const paths = pathsOf(value);
        const path = paths[pick % paths.length] ?? [];
        const node = nodeAt(scanJson(text), path);
        const changed = setValue(text, path, next);
        expect(changed.startsWith(text.slice(0, node?.start))).toBe(true);
        expect(changed.endsWith(text.slice(node?.end))).toBe(true);
        const back = setValue(changed, path, JSON.parse(text.slice(node?.start, node?.end)));
        expect(JSON.parse(back)).toEqual(JSON.parse(text));
      }),
      { numRuns: numRuns(80, 800) },
    );
  });

  test('an item put in and taken away again leaves the same items', () => {
    fc.assert(
      fc.property(
        fc.array(json, { maxLength: 4 }),
        json,
        indentation,
        fc.nat(),
        (items, item, indent, pick) => {
          const text = JSON.stringify({ before: 1, items, after: 2 }, null, indent);
          const index = pick % (items.length + 1);
          const added = insertItem(text, ['items'], index, item);
          const expected = JSON.parse(JSON.stringify({ before: 1, items, after: 2 }));
          expected.items.splice(index, 0, JSON.parse(JSON.stringify(item)));
          expect(JSON.parse(added)).toEqual(expected);
          expect(JSON.parse(removeValue(added, ['items', index]))).toEqual(JSON.parse(text));
        },
      ),
      { numRuns: numRuns(80, 800) },
    );
  });

  test('what is written in an unusual way stays so', () => {
    const text = '{ "a":1.50,\n\t"b" : [ 1e3 , "\\u0041" ],"c":{}}';
    expect(setValue(text, ['a'], 2)).toBe('{ "a":2,\n\t"b" : [ 1e3 , "\\u0041" ],"c":{}}');
    expect(removeValue(text, ['b', 0])).toBe('{ "a":1.50,\n\t"b" : [ "\\u0041" ],"c":{}}');
    expect(removeValue(text, ['a'])).toBe('{ "b" : [ 1e3 , "\\u0041" ],"c":{}}');
    expect(removeValue(text, ['missing'])).toBe(text);
  });

  test('members on the way are made', () => {
    expect(setValue('{}', ['a', 'b'], 1)).toBe('{\n  "a": {\n    "b": 1\n  }\n}');
    expect(insertItem('{\n    "x": 1\n}', ['list'], 0, 'y')).toBe(
      '{\n    "x": 1,\n    "list": [\n        "y"\n    ]\n}',
    );
    expect(setValue('{"a": 1}', ['b'], 2)).toBe('{"a": 1, "b": 2}');
  });
});
