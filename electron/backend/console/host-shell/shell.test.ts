import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { twoHosts } from '../../hosts/simulated/built-in/two-hosts.ts';
import { createSimulatedFleet } from '../../hosts/simulated/simulated-fleet.ts';
import { SimulatedClock } from '../../simulation/simulated-clock.ts';
import { systemClock } from '../../system-clock.ts';
import { createSimulatedConsole } from '../simulated-console.ts';
import { openShell } from './open-shell.ts';
import { runLine } from './run-line.ts';
import type { Shell } from './shell.ts';
import type { ShellOutput } from './shell-outputs.ts';
import type { UnitEnd } from './shell-run.ts';

const function0 = '/sys/bus/pci/devices/0000:41:00.0';
let shell: Shell;
let clock: SimulatedClock;
/** Opcodes that went to the host's controllers. */
let sent: number[] = [];

beforeEach(async () => {
  clock = new SimulatedClock(systemClock, { mode: 'as-fast-as-possible', microseconds: 0 });
  sent = [];
  const fleet = createSimulatedFleet(twoHosts.build(), {
    clock,
    trace: (queue) => ({
      ...queue,
      submit: (command) => {
        sent.push(command.opcode);
        return queue.submit(command);
      },
    }),
  });
  if (!fleet.ok || fleet.value.hosts[0] === undefined) throw new Error('there is no host');
  const bounds = { loopRounds: 2000, outputBytes: 1 << 20, sleeps: 50 };
  shell = await openShell(createSimulatedConsole(fleet.value.hosts[0], { clock }), { bounds });
});
afterEach(() => shell.close());

async function run(text: string) {
  const { stdout, ...rest } = await runLine(shell, text);
  return { ...rest, stdout: new TextDecoder().decode(stdout) };
}

/** Outputs and ends in their order, and how the text ended. */
async function follow(text: string, signal?: AbortSignal) {
  const told: (readonly [line: number, text: string])[] = [];
  const units: UnitEnd[] = [];
  const onOutput = ({ line, bytes, stream }: ShellOutput) =>
    told.push([line, `${stream === 'stderr' ? '! ' : ''}${new TextDecoder().decode(bytes)}`]);
  const end = await shell.run(text, { onOutput, onUnit: (unit) => void units.push(unit) }, signal);
  return { told, units, end };
}

describe('a shell of a simulated host', () => {
  it('has pipes, loops, variables, functions, jq, awk, grep and seq', async () => {
    const { stdout, stderr } = await run(`
      total() { awk '{ sum += $1 } END { print sum }'; }
      for n in $(seq 1 4); do echo $n; done | total
      nvme id-ctrl /dev/nvme0 -o json | jq -r '.cntlid'
      grep -c . /sys/class/nvme/nvme0/cntlid
      case "$(uname -s)" in Linux) echo linux ;; esac
      for d in /sys/class/nvme/nvme*; do basename $d; done | head -1`);
    expect([stdout, stderr]).toEqual(['10\n1\n1\nlinux\nnvme0\n', '']);
  });

  it('keeps variables, functions, options and its folder from one text to the next', async () => {
    await run('n=3; list=(a b); f() { echo "f $1"; }; cd /sys/class/nvme; set -u');
    expect((await run('f $n; echo "$list"; pwd; ls -d nvme0')).stdout).toBe(
      'f 3\na\n/sys/class/nvme\nnvme0\n',
    );
    expect((await run('echo $unknown')).stderr).toContain('unbound variable');
  });

  it('tells each output with its line, as soon as the command has ended and in that order', async () => {
    const { told, units } = await follow(
      [
        'f() {',
        '  nvme id-ctrl /dev/nvme99 | head -1',
        `  echo 4444 > ${function0}/sriov_numvfs`,
        '}',
        'for i in 1 2; do',
        '  echo $i',
        '  nosuch',
        'done; echo behind',
        '# f',
        'f',
      ].join('\n'),
    );
    expect(told.map(([line, text]) => [line, text.split('\n')[0]])).toEqual([
      [6, '1'],
      [7, '! sh: nosuch: command not found'],
      [6, '2'],
      [7, '! sh: nosuch: command not found'],
      [8, 'behind'],
      [2, '! /dev/nvme99: No such file or directory'],
      [3, '! sh: write error: Numerical result out of range'],
    ]);
    expect(units.map(({ unit, exit }) => [unit.line, unit.text.split('\n').length, exit])).toEqual([
      [1, 4, 0],
      [5, 4, 0],
      [10, 1, 1],
    ]);
  });

  it('makes a command fail whose write the kernel refuses, or whose file cannot be opened', async () => {
    const refused = await run(`
      echo 9999 > ${function0}/sriov_numvfs || echo "first $?"
      if ! echo 9999 > ${function0}/sriov_numvfs; then echo second; fi
      echo 9999 2>/dev/null > ${function0}/sriov_numvfs; echo "third $?"
      echo 9999 | sudo tee ${function0}/sriov_numvfs > /dev/null || echo fourth
      sudo sh -c 'echo 9999 > ${function0}/sriov_numvfs' || echo fifth
      echo 1 > ${function0}/vendor || echo sixth
      nvme virt-mgmt /dev/nvme0 -c 1 -a 7 > /sys/none || echo seventh`);
    expect(refused.stdout.split('\n')).toEqual([
      'first 1',
      'second',
      'third 1',
      'fourth',
      'fifth',
      'sixth',
      'seventh',
      '',
    ]);
    expect(refused.stderr.match(/Numerical result out of range/g)).toHaveLength(4);
    expect(refused.stderr).toMatch(/can't create \S+vendor: Permission denied/);
    // What cannot open its file does not run.
    expect(sent).toEqual([]);
  });

  it('writes what each command of a group wrote by itself', async () => {
    const { stdout, stderr } = await run(
      `for a in 0000:02:00.0 0000:41:01.5; do echo $a; done > /sys/bus/pci/drivers/nvme/unbind
       ls /sys/bus/pci/drivers/nvme | grep -c : `,
    );
    expect([stdout, stderr]).toEqual(['1\n', '']);
  });

  it('has the devices of the kernel, and sleeps in simulated time', async () => {
    const began = clock.now();
    const { stdout } = await run(
      '[ -b /dev/nvme0n1 ] && echo block; [[ -c /dev/nvme0 && ! -b /dev/nvme0 ]] && echo character; ls /dev/vfio | tail -1; sleep 2.5; sudo sleep 1m',
    );
    expect(stdout).toBe('block\ncharacter\nvfio\n');
    expect(clock.now() - began).toBe(62_500);
  });

  it('ends with the script where it ends itself', async () => {
    const { told, end } = await follow('set -e\necho before\nfalse || true\nfalse\necho never');
    expect([told, end]).toEqual([[[2, 'before\n']], { kind: 'exited', exit: 1 }]);
    expect((await follow('exit 7')).end).toEqual({ kind: 'exited', exit: 7 });
  });

  it.each([
    ['if true; then\n  echo a', 2, 'fi is missing before the end', true],
    ['echo a\ndone', 2, "syntax error near unexpected token `done'", false],
    ['echo a\necho "b', 2, 'unexpected EOF while looking for matching `"\'', true],
  ])('runs nothing of what is no script: %j', async (text, line, message, unfinished) => {
    const { told, end } = await follow(text);
    expect([told, end]).toEqual([[], { kind: 'not-a-script', line, message, unfinished }]);
  });
});

describe('a script that would not end', () => {
  it.each([
    ['while true; do n=$((n + 1)); done', /loop has run 2000 times/],
    ['echo first\nf() { f; }; f', /more than 200 times deep/],
    ['echo first\ns=xxxxxxxxxxxxxxxx; while true; do s=$s$s; done', /./],
  ])('is stopped and says why: %j', async (text, reason) => {
    const { end } = await follow(text);
    expect(end).toMatchObject({ kind: 'stopped', reason: expect.stringMatching(reason) });
  });

  it('is stopped with output that goes into a file, and when it waits for what never comes', async () => {
    expect((await follow('while true; do echo spam; done > /tmp/f')).end).toMatchObject({
      kind: 'stopped',
      reason: 'a loop has run 2000 times',
    });
    expect(
      (await follow('for a in $(seq 2); do until [ -e /dev/nvme77 ]; do sleep 1; done; done')).end,
    ).toMatchObject({
      kind: 'stopped',
      reason: 'it has slept 50 times without doing anything',
    });
  });

  it('that prints without an end is stopped, and what it printed before is there', async () => {
    const long = 'x'.repeat(10_000);
    const { told, end } = await follow(`for i in $(seq 1 1000); do echo "$i ${long}"; done`);
    expect(end).toMatchObject({ kind: 'stopped', reason: 'it has printed more than it may' });
    expect(told.length).toBeGreaterThan(50);
    expect(told[0]?.[1]).toMatch(/^1 x/);
  });

  it('can be stopped from outside while it does nothing but run, and keeps variables and functions', async () => {
    await run('kept=yes; f() { echo "f $kept"; }');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const { end } = await follow(
      'for a in $(seq 2000); do for b in $(seq 2000); do :; done; done',
      stop.signal,
    );
    expect(end).toMatchObject({ kind: 'stopped', reason: 'it was stopped from outside' });
    expect((await run('f')).stdout).toBe('f yes\n');
  });
});
