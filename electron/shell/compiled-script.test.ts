import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compiledFileOf, loadScript } from './compiled-script.ts';

const asScript = (body: string) =>
  `(function (exports, require, module, __filename, __dirname) {\n${body}\n})\n`;
const body = `
  const path = require('node:path');
  exports.add = (a, b) => a + b;
  exports.place = path.relative(__dirname, __filename);
`;

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'berth-script-'));
  file = join(folder, 'backend.script.js');
  await writeFile(file, asScript(body));
});
afterEach(() => rm(folder, { recursive: true }));

/** V8's compiled code of a text, as the build makes it. */
const compile = (text: string) => new Script(text).createCachedData();

function load() {
  const { exports, fromCompiled } = loadScript(file);
  const { add, place } = exports as { add: (a: number, b: number) => number; place: string };
  return { sum: add(2, 3), place, fromCompiled };
}

describe('a script of the build', () => {
  it('runs as a CommonJS module of its place, without compiled code', () => {
    expect(load()).toEqual({ sum: 5, place: 'backend.script.js', fromCompiled: false });
  });

  it('runs from its compiled code', async () => {
    await writeFile(compiledFileOf(file), compile(asScript(body)));
    expect(load()).toEqual({ sum: 5, place: 'backend.script.js', fromCompiled: true });
  });

  it.each([
    ['of a text of another length', () => compile(asScript('exports.add = () => 0;'))],
    ['that is cut off', () => compile(asScript(body)).subarray(0, 64)],
    ['that is something else', () => Buffer.from('not compiled')],
    ['that is empty', () => Buffer.alloc(0)],
  ])('runs from its text beside compiled code %s', async (_what, compiled) => {
    await writeFile(compiledFileOf(file), compiled());
    expect(load()).toEqual({ sum: 5, place: 'backend.script.js', fromCompiled: false });
  });

  it('is required by what it requires later', async () => {
    await writeFile(file, asScript("exports.one = 1;\nexports.later = () => require('./later.cjs').two;"));
    await writeFile(join(folder, 'later.cjs'), "exports.two = require('./backend.script.js').one + 1;");
    const { later } = loadScript(file).exports as { later: () => number };
    expect(later()).toBe(2);
  });

  it('throws what the script throws', async () => {
    await writeFile(file, asScript("throw new RangeError('too far');"));
    expect(() => loadScript(file)).toThrow(RangeError);
  });

  it('cannot run a script that is not there', async () => {
    await rm(file);
    expect(() => loadScript(file)).toThrow(/ENOENT/);
  });
});
