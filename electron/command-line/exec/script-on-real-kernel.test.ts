import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../testing/run-command-line.ts';

const recorded = path.join(import.meta.dirname, '../../../e2e/script-on-real-kernel');
const textOf = (file: string) => readFile(path.join(recorded, file), 'utf8');

/** Runs scripts one behind the other on the twin of what was recorded before. */
async function onTwin(...scripts: readonly string[]) {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-real-kernel-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'bring-up.sh');
  await writeFile(file, (await Promise.all(scripts.map(textOf))).join(''));
  return runCommandLine(['exec', path.join(recorded, 'before.tar.gz'), '--plain', '--file', file]);
}

/** The script's own messages, which name no line. */
function messages(stderr: string): readonly string[] {
  return stderr.split('\n').flatMap((line) => /\[bring-up\] .*/.exec(line) ?? []);
}

it('a script does on a twin what it did on the real kernel', async () => {
  expect((await textOf('bring-up.sh')).split('\n').length).toBeGreaterThan(40);
  const { code, out, err } = await onTwin('bring-up.sh');
  expect(out).toBe(await textOf('stdout.txt'));
  const said = await textOf('stderr.txt');
  expect(messages(said)).toHaveLength(4);
  expect(messages(err)).toEqual(messages(said));
  expect(said).toContain('bring-up.sh: line 75: echo: write error: Device or resource busy\n');
  expect(err).toContain('bring-up.sh: line 75: write error: Device or resource busy\n');
  expect(code).toBe(0);
});

it('and leaves the twin in the state in which it left the real drive', async () => {
  const after = await textOf('end-state.txt');
  expect((await onTwin('bring-up.sh', 'end-state.sh')).out).toBe((await textOf('stdout.txt')) + after);
  expect((await onTwin('end-state.sh')).out).not.toBe(after);
});
