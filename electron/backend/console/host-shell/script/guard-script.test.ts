import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { twoHosts } from '../../../hosts/simulated/built-in/two-hosts.ts';
import { createSimulatedFleet } from '../../../hosts/simulated/simulated-fleet.ts';
import { createTestClock } from '../../../test-support/test-clock.ts';
import type { ConsoleHost } from '../../console-host.ts';
import { createSimulatedConsole } from '../../simulated-console.ts';
import { openShell } from '../open-shell.ts';
import { runLine } from '../run-line.ts';
import { loadShellLibrary, type ShellLibrary } from './shell-library.ts';

/** Commands that print, fail, assign, and write to files. */
const words = [
  'echo a',
  'echo "b $x" >&2',
  'true',
  'false',
  'x=$(echo 1)',
  'x=$(echo in; false)',
  'echo "$x $?"',
  'echo c > /tmp/f',
  'echo d >> /tmp/f',
  'cat /tmp/f 2> /dev/null',
  'cat /tmp/none 2> /dev/null',
  'echo e > /tmp/g 2>&1',
  'nosuch 2>&1',
  'f',
  '[ -e /tmp/f ]',
  '[[ $x = 1 ]]',
  '((x > 0))',
  'printf "%s\\n" p q',
  'read -r y < /tmp/f; echo "y=$y"',
  'return 2 2> /dev/null',
];
const simple = fc.constantFrom(...words);
/** Left alone, the library ends a script with `set -e` inside of a function whose failure does not count. */
const listed = fc.constantFrom(...words.filter((each) => each !== 'f'));

const statement = fc.letrec<{ statement: string; list: string }>((tie) => ({
  list: fc.array(tie('statement'), { minLength: 1, maxLength: 3 }).map((each) => each.join('\n')),
  statement: fc.oneof(
    { maxDepth: 3 },
    simple,
    fc.tuple(listed, fc.constantFrom(' && ', ' || '), listed).map((parts) => parts.join('')),
    fc.tuple(simple, fc.constantFrom(' | ', ' |& '), simple).map((parts) => parts.join('')),
    tie('list').map((list) => `{\n${list}\n}`),
    tie('list').map((list) => `(\n${list}\n)`),
    tie('list').map((list) => `{\n${list}\n} > /tmp/h 2>&1; cat /tmp/h`),
    tie('list').map((list) => `for i in 1 2; do\n${list}\ndone`),
    tie('list').map((list) => `printf '1\\n2\\n' | while read -r i; do\n${list}\ndone`),
    tie('list').map((list) => `f() {\n${list.replace(/(^|[\s&|!(])f(?=$|\s)/gm, '$1:')}\n}`),
    tie('list').map((list) => `case $x in 1) ${list.replace(/\n/g, '; ')} ;; *) echo other ;; esac`),
    fc
      .tuple(simple, tie('list'))
      .map(([condition, list]) => `if ${condition}; then\n${list}\nelse\necho no\nfi`),
    // A function made in $(…) is gone behind it; the library alone keeps it.
    tie('list').map((list) => `echo "<$(\n${list.replaceAll('f() {', '{')}\n)>"`),
    listed.map((each) => `! ${each}`),
  ),
})).list;

interface Printed {
  readonly stdout: string;
  readonly exit: number;
}

let host: ConsoleHost;
let library: ShellLibrary;
beforeAll(async () => {
  library = await loadShellLibrary();
  const fleet = createSimulatedFleet(twoHosts.build(), { clock: createTestClock(), trace: (queue) => queue });
  if (!fleet.ok || fleet.value.hosts[0] === undefined) throw new Error('there is no host');
  host = createSimulatedConsole(fleet.value.hosts[0]);
});

/** By the library alone. */
async function unwatched(script: string): Promise<Printed> {
  const { Bash, InMemoryFs } = library;
  const fs = new InMemoryFs({ '/tmp/f': 'first\n' });
  const { stdout, exitCode } = await new Bash({ fs, cwd: '/tmp', defenseInDepth: false }).exec(script, {
    rawScript: true,
  });
  return { stdout, exit: exitCode };
}

async function watched(script: string): Promise<Printed> {
  const shell = await openShell(host);
  const { stdout, exit } = await runLine(shell, `echo first > /tmp/f; cd /tmp\n${script}`);
  shell.close();
  return { stdout: new TextDecoder().decode(stdout), exit };
}

it.each(['|', '|&'])(
  'what a command of a pipe writes to a file leaves the status to what is behind "%s"',
  async (pipe) => {
    const script = `[[ 0 = 1 ]]\necho c > /tmp/f ${pipe} echo "<$?>"; cat /tmp/f`;
    expect(await unwatched(script)).toEqual({ stdout: '<1>\nc\n', exit: 0 });
    expect(await watched(script)).toEqual({ stdout: '<1>\nc\n', exit: 0 });
  },
);

it('a write that the kernel refuses is the failure of its command in a pipe as well', async () => {
  const numVfs = '/sys/class/nvme/nvme0/device/sriov_numvfs';
  expect(await watched(`echo 999 > ${numVfs} 2> /dev/null | cat\necho "\${PIPESTATUS[*]}"`)).toEqual({
    stdout: '1 0\n',
    exit: 0,
  });
});

it('an assignment succeeds, whatever ran before', async () => {
  const script = 'false\nx=$?\necho "$x $?"\n[ $x = 0 ] && echo never\nset -e\ny=2\necho "$y $?"';
  expect(await watched(script)).toEqual({ stdout: '1 0\n2 0\n', exit: 0 });
});

it('what a function printed before it ends the script is shown', async () => {
  expect(await watched('f() { echo a; exit 3; }\nf\necho never')).toEqual({ stdout: 'a\n', exit: 3 });
});

/** Each as bash runs it; the library alone ends most of them too early. */
it.each([
  ['false > /tmp/f || echo "no $?"', 'no 1\n0\n'],
  ['false > /tmp/f && echo yes', '1\n'],
  ['true > /tmp/f && false', ''],
  ['false > /tmp/f || false', ''],
  ['! false > /tmp/f', '0\n'],
  ['! true > /tmp/f', '1\n'],
  ['{ false; echo after; } || echo no', 'after\n0\n'],
  ['g() { false; echo after; }; g > /tmp/g && cat /tmp/g', 'after\n0\n'],
  ['{ ! true; } > /tmp/f', '1\n'],
  ['echo "<$(false; echo in)>"', '<in>\n0\n'],
  ['x=$(echo in; false)', ''],
  ['x=$(< /tmp/f); echo "$x"', 'first\n0\n'],
  ['{ false; echo after; } > /tmp/f', ''],
  ['echo 999 > /sys/class/nvme/nvme1/device/sriov_numvfs || echo "no $?"', 'no 1\n0\n'],
  ['echo 999 > /sys/class/nvme/nvme1/device/sriov_numvfs', ''],
])('with set -e, "%s" ends the script only where its failure counts', async (line, stdout) => {
  const exit = stdout === '' ? 1 : 0;
  expect(await watched(`set -e\n${line}\necho $?`)).toEqual({ stdout, exit });
});

it('a script that is watched prints and answers what it does unwatched', async () => {
  let printed = 0;
  await fc.assert(
    fc.asyncProperty(statement, fc.constantFrom('', 'set -e\n'), async (body, options) => {
      // In $(…) bash goes on behind a failure, and the library alone does not.
      const script = `${body.includes('$(\n') ? '' : options}x=0\nf() { echo f; }\n${body}\necho "end $?"`;
      const actual = await watched(script);
      printed += actual.stdout.length;
      expect([script, actual]).toEqual([script, await unwatched(script)]);
    }),
    { numRuns: numRuns(30, 3000) },
  );
  expect(printed).toBeGreaterThan(0);
});
