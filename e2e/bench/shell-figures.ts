import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../../electron/setup/paths.mjs';
import { type Measurement, median, spreadOf } from './figure.ts';

const program = path.join(projectRoot, 'dist/main');
const chunks = path.join(program, 'berth-chunks');

/** The file that the shell's library was bundled into. */
function libraryFile(): string {
  const found = readdirSync(chunks).filter(
    (name) => name.endsWith('.js') && holdsLibrary(path.join(chunks, name)),
  );
  const [file] = found;
  if (file === undefined || found.length > 1)
    throw new Error(`The shell's library should be one file of its own, but is in ${found.length}`);
  return path.join(chunks, file);
}

/** The words of a limit that only the library has. */
function holdsLibrary(file: string): boolean {
  return readFileSync(file, 'utf8').includes('increase executionLimits.maxLoopIterations');
}

/** `berth exec` of 1,000 `virt-mgmt` lines in a loop of the shell, from start to end of the program. */
export async function shellLoop(): Promise<Measurement> {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-loop-'));
  const script = path.join(folder, 'loop.sh');
  const loop =
    'for i in $(seq 500); do\n  nvme virt-mgmt /dev/nvme1 -c 1 -a 7\n  nvme virt-mgmt /dev/nvme1 -c 1 -r 0 -a 8 -n 2\ndone\n';
  writeFileSync(script, loop);
  const time = (file: string) => {
    const words = [path.join(program, 'berth.js'), 'exec', 'two-hosts', '--file', file];
    const began = performance.now();
    const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: projectRoot, encoding: 'utf8' });
    const elapsed = performance.now() - began;
    const lines = `${stdout}${stderr}`.split('\n').filter((line) => /NRM|NVMe status/.test(line)).length;
    return { elapsed, lines };
  };
  try {
    const values = [1, 2, 3, 4, 5].map(() => {
      const { elapsed, lines } = time(script);
      if (lines !== 1000) throw new Error(`1,000 answers were expected, ${lines} came`);
      return elapsed;
    });
    writeFileSync(script, ':\n');
    const empty = [1, 2, 3].map(() => time(script).elapsed);
    return {
      value: median(values),
      unit: 'ms',
      baseline: median(empty),
      limit: { on: 'value', is: 'at most', value: 1500 },
      runs: values.length,
      spread: spreadOf(values),
      notes: [],
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** From the first use of the shell to the end of its first command: the library is read, compiled and started. */
export async function shellReady(): Promise<Measurement> {
  const url = pathToFileURL(libraryFile()).href;
  const use = `
    const began = performance.now();
    const library = Object.values(await import(${JSON.stringify(url)})).find((each) => each.Bash) ?? await import(${JSON.stringify(url)});
    const shell = new library.Bash({ defenseInDepth: false });
    const { stdout } = await shell.exec('echo ready');
    if (stdout !== 'ready\\n') throw new Error('it printed ' + stdout);
    console.log(performance.now() - began);`;
  const values = [1, 2, 3, 4, 5, 6, 7].map(() => {
    const words = ['--input-type=module', '--eval', use];
    const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    const value = Number(stdout);
    if (stdout === '' || Number.isNaN(value)) throw new Error(stderr);
    return value;
  });
  return {
    value: median(values),
    unit: 'ms',
    baseline: null,
    limit: { on: 'value', is: 'at most', value: 300 },
    runs: values.length,
    spread: spreadOf(values),
    notes: [],
  };
}

/** What of the shell's library is in the files that every start reads: nothing. */
export async function shellBefore(): Promise<Measurement> {
  libraryFile();
  const started = ['main.js', 'backend.script.js', 'berth.js'].map((name) => path.join(program, name));
  const bytes = started.filter(holdsLibrary).reduce((sum, file) => sum + readFileSync(file).length, 0);
  return {
    value: bytes / 1e6,
    unit: 'MB',
    baseline: null,
    limit: { on: 'value', is: 'at most', value: 0 },
    runs: 1,
    spread: 0,
    notes: [],
  };
}
