import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { openTerminal, type TerminalOptions } from '#backend/terminal/line-editor.ts';
import { runCommandLine } from '../testing/run-command-line.ts';

/** What somebody does who is asked: types a line, or looks at completions first. */
type Step = string | ((options: TerminalOptions) => Promise<string>);

const type = (...steps: readonly Step[]) => typeTo(['two-hosts'], ...steps);

async function typeTo(args: readonly string[], ...steps: readonly Step[]) {
  const prompts: string[] = [];
  const answer = await runCommandLine(['shell', ...args], '', {
    openTerminal: (options) => ({
      ask: async (prompt) => {
        prompts.push(prompt);
        const step = steps[prompts.length - 1];
        return typeof step === 'function' ? step(options) : (step ?? null);
      },
      close: () => undefined,
    }),
  });
  return { ...answer, prompts };
}

describe('berth shell', () => {
  it('has the nvme-cli that was asked for', async () => {
    const { out } = await typeTo(['two-hosts', '--nvme-cli', '2.16'], 'nvme version');
    expect(out).toContain('nvme version 2.16');
  });

  it('keeps what was typed before, asks on for what is not finished, and ends with exit', async () => {
    const { code, out, prompts } = await type(
      'cd /sys/class/nvme; n=nvme0',
      'for f in cntlid state',
      'do',
      '  cat $n/$f',
      'done',
      'echo a \\',
      'b',
      'exit 3',
      'echo never',
    );
    expect(out).toBe('1\nlive\na b\n');
    expect(prompts).toEqual([
      'hv-a:~# ',
      'hv-a:/sys/class/nvme# ',
      '> ',
      '> ',
      '> ',
      'hv-a:/sys/class/nvme# ',
      '> ',
      'hv-a:/sys/class/nvme# ',
    ]);
    expect(code).toBe(1);
  });

  it('says what a line does wrong and goes on', async () => {
    const { code, err, out } = await type('nosuch', 'done', 'echo on');
    expect(err).toBe("sh: nosuch: command not found\nsh: syntax error near unexpected token `done'\n");
    expect([out, code]).toEqual(['on\n', 0]);
  });

  it('goes on after Ctrl-C, with the variables that it had', async () => {
    const { err, out } = await type(
      'n=5',
      async ({ onInterrupt }) => {
        setTimeout(onInterrupt, 50);
        return 'for a in $(seq 50000); do for b in $(seq 50000); do :; done; done';
      },
      'echo $n',
    );
    expect(err).toContain('sh: interrupted; variables and functions are kept');
    expect(out).toBe('5\n');
  });

  it.each([
    ['mod', ['modprobe']],
    ['sudo nvme virt-', ['virt-mgmt']],
    ['echo 1 | nvme virt-mgmt /dev/nvme0 --cn', ['--cntlid']],
    ['nvme id-ctrl ', ['/dev/nvme0', '/dev/nvme0n1', '/dev/nvme1', '/dev/nvme1n1', '/dev/nvme2']],
    ['cat /sys/class/nvme/nvme0/cnt', ['/sys/class/nvme/nvme0/cntlid', '/sys/class/nvme/nvme0/cntrltype']],
    ['cd /sys/cl', ['/sys/class/']],
    ['berth fault-', ['fault-clear', 'fault-list']],
    ['cat /nowhere/', []],
  ])('completes %j', async (line, words) => {
    let found: readonly string[] = ['never asked'];
    await type(async ({ complete }) => {
      found = (await complete(line)).words;
      return '';
    });
    expect(found).toEqual(words);
  });
});

it('a terminal that is none gives its lines one by one, and then says that there are no more', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const terminal = openTerminal(input as never, output as never, {
    complete: async () => ({ words: [], fragment: '' }),
    onInterrupt: () => undefined,
  });
  input.end('one\ntwo\n');
  expect([await terminal.ask('? '), await terminal.ask('? '), await terminal.ask('? ')]).toEqual([
    'one',
    'two',
    null,
  ]);
});
