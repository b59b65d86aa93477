import fc from 'fast-check';
import { expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { twoHosts } from '../../../hosts/simulated/built-in/two-hosts.ts';
import { createSimulatedFleet } from '../../../hosts/simulated/simulated-fleet.ts';
import { createTestClock } from '../../../test-support/test-clock.ts';
import { createSimulatedConsole } from '../../simulated-console.ts';
import { openShell } from '../open-shell.ts';
import { runLine } from '../run-line.ts';
import { loadShellLibrary } from './shell-library.ts';

/** Commands that print, fail, assign, and write to files. */
const simple = fc.constantFrom(
  'echo a',
  'echo "b $x" >&2',
  'true',
  'false',
  'x=1',
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
);

const statement = fc.letrec<{ statement: string; list: string }>((tie) => ({
  list: fc.array(tie('statement'), { minLength: 1, maxLength: 3 }).map((each) => each.join('\n')),
  statement: fc.oneof(
    { maxDepth: 3 },
    simple,
    fc.tuple(simple, fc.constantFrom(' && ', ' || ', ' | '), simple).map((parts) => parts.join('')),
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
    tie('list').map((list) => `echo "<$(\n${list}\n)>"`),
    simple.map((each) => `! ${each.replace(/^!/, '')}`),
  ),
})).list;

it('a script that is watched prints and answers what it does unwatched', async () => {
  const { Bash, InMemoryFs } = await loadShellLibrary();
  const fleet = createSimulatedFleet(twoHosts.build(), { clock: createTestClock(), trace: (queue) => queue });
  if (!fleet.ok || fleet.value.hosts[0] === undefined) throw new Error('there is no host');
  const host = createSimulatedConsole(fleet.value.hosts[0]);
  let printed = 0;
  await fc.assert(
    fc.asyncProperty(statement, fc.constantFrom('', 'set -e\n'), async (body, options) => {
      const script = `${options}x=0\nf() { echo f; }\n${body}\necho "end $?"`;
      const plain = new Bash({
        fs: new InMemoryFs({ '/tmp/f': 'first\n' }),
        cwd: '/tmp',
        defenseInDepth: false,
      });
      const expected = await plain.exec(script, { rawScript: true });
      const shell = await openShell(host);
      const actual = await runLine(shell, `echo first > /tmp/f; cd /tmp\n${script}`);
      shell.close();
      const stdout = new TextDecoder().decode(actual.stdout);
      printed += stdout.length;
      expect([script, stdout, actual.exit]).toEqual([script, expected.stdout, expected.exitCode]);
    }),
    { numRuns: numRuns(30, 3000), seed: 20261128 },
  );
  expect(printed).toBeGreaterThan(0);
});
