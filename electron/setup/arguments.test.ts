import { describe, expect, test } from 'vitest';
import { parseBench, parsePackage, parseStart, parseTest } from './arguments.mjs';

describe('npm start', () => {
  test.each([
    [[], { demo: false, forwarded: [] }],
    [['--demo'], { demo: true, forwarded: [] }],
    [['capture/', '--theme=dark'], { demo: false, forwarded: ['capture/', '--theme=dark'] }],
    [['a', '--demo', '--', '--demo'], { demo: true, forwarded: ['a', '--demo'] }],
  ])('%o', (words, parsed) => expect(parseStart(words)).toEqual(parsed));
});

describe('npm test', () => {
  test.each([
    [[], { parts: 'all', forwarded: [] }],
    [['--unit', 'shared/nvme'], { parts: 'unit', forwarded: ['shared/nvme'] }],
    [['--deep', 'invariants'], { parts: 'deep', forwarded: ['invariants'] }],
    [['--e2e', '--grep', 'drag'], { parts: 'e2e', forwarded: ['--grep', 'drag'] }],
  ])('%o', (words, parsed) => expect(parseTest(words)).toEqual(parsed));

  test('an unknown word is refused with the usage', () => {
    expect(() => parseTest(['--units'])).toThrow(/"--units".*--unit.*--e2e/);
  });
});

describe('npm run bench', () => {
  const known = ['memory', 'replay'];

  test('all figures when none is named', () => {
    expect(parseBench([], known)).toEqual({ names: known, json: undefined });
  });

  test('named figures and a file', () => {
    const parsed = { names: ['replay'], json: 'out.json' };
    expect(parseBench(['replay', '--json', 'out.json'], known)).toEqual(parsed);
  });

  test.each([[['speed']], [['--json']], [['--fast']]])('%o is refused', (words) => {
    expect(() => parseBench(words, known)).toThrow('NAME one of memory, replay');
  });
});

test('npm run package', () => {
  expect(parsePackage([])).toEqual({ testBuild: false });
  expect(parsePackage(['--test-build'])).toEqual({ testBuild: true });
  expect(() => parsePackage(['--test'])).toThrow('"--test"');
});
