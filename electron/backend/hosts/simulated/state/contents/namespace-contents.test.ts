import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { NamespaceContents } from './namespace-contents.ts';
import { tagOf } from './tags.ts';

const blocks = 200_000;
const range = fc
  .record({ from: fc.nat({ max: blocks - 1 }), length: fc.integer({ min: 1, max: 90_000 }) })
  .map(({ from, length }) => ({ from, to: Math.min(blocks, from + length) }));

function toldApart(name: string): NamespaceContents {
  const contents = new NamespaceContents(tagOf(name));
  contents.tellApart(blocks);
  return contents;
}

function copy(from: NamespaceContents, to: NamespaceContents, part = { from: 0, to: blocks }): void {
  to.receive(from.runs(part.from, part.to));
}

describe('contents of a namespace', () => {
  test('are equal after a copy of everything that was written, and only then', () => {
    fc.assert(
      fc.property(
        fc.array(range, { minLength: 1, maxLength: 30 }),
        fc.array(range, { minLength: 1, maxLength: 30 }),
        (before, after) => {
          const [source, destination] = [toldApart('source'), toldApart('destination')];
          for (const { from, to } of before) source.write(from, to);
          expect(destination.digest()).not.toBe(source.digest());
          copy(source, destination);
          expect(destination.digest()).toBe(source.digest());
          for (const { from, to } of after) source.write(from, to);
          expect(destination.digest()).not.toBe(source.digest());
          const forgotten = after.at(-1);
          for (const part of after.slice(0, -1)) copy(source, destination, part);
          if (
            forgotten !== undefined &&
            !after.slice(0, -1).some(({ from, to }) => from <= forgotten.from && to >= forgotten.to)
          ) {
            const rest = new Set(destination.runs(forgotten.from, forgotten.to).map(({ tag }) => tag));
            const wanted = source.runs(forgotten.from, forgotten.to);
            if (wanted.some(({ tag }) => !rest.has(tag)))
              expect(destination.digest()).not.toBe(source.digest());
          }
          if (forgotten !== undefined) copy(source, destination, forgotten);
          expect(destination.digest()).toBe(source.digest());
        },
      ),
      { numRuns: numRuns(60, 1000), seed: 20261128 },
    );
  });

  test('stay what they are when nobody copies them any more, and in a file', () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 30 }), fc.boolean(), (writes, joins) => {
        const source = toldApart('source');
        for (const { from, to } of writes) source.write(from, to);
        const digest = source.digest();
        if (joins) source.joinAgain();
        const again = new NamespaceContents(tagOf('source'));
        const file = source.toFile();
        if (file !== undefined) again.restore(JSON.parse(JSON.stringify(file)), blocks);
        expect([source.digest(), again.digest()]).toEqual([digest, digest]);
        // What is written next is the same for both.
        source.tellApart(blocks);
        again.tellApart(blocks);
        source.write(5, 9);
        again.write(5, 9);
        expect(again.digest()).toBe(source.digest());
      }),
      { numRuns: numRuns(60, 1000), seed: 20261128 },
    );
  });

  test('what is written without a look at it is one number', () => {
    const contents = new NamespaceContents(tagOf('source'));
    expect(contents.toFile()).toBeUndefined();
    const before = contents.digest();
    contents.writtenSomewhere(3);
    contents.writtenSomewhere(2);
    const once = new NamespaceContents(tagOf('source'));
    once.writtenSomewhere(5);
    expect(contents.digest()).toBe(once.digest());
    expect(contents.digest()).not.toBe(before);
    expect(contents.toFile()).toEqual({ tag: tagOf('source'), writes: 5 });
    contents.erase();
    const other = new NamespaceContents(tagOf('other'));
    other.erase();
    expect(contents.digest()).toBe(other.digest());
  });

  test('two namespaces with the same contents to which the same is written differ', () => {
    const [source, destination] = [toldApart('source'), toldApart('destination')];
    copy(source, destination);
    for (const contents of [source, destination]) {
      contents.joinAgain();
      contents.tellApart(blocks);
      contents.write(0, 10);
    }
    expect(destination.digest()).not.toBe(source.digest());
  });

  test('a file stays small, however much is told apart', () => {
    const contents = toldApart('source');
    for (let index = 0; index < 30_000; index++) contents.write(index * 4, index * 4 + 1);
    const digest = contents.digest();
    expect(contents.toFile()).toEqual({ tag: digest, writes: 0 });
  });
});
