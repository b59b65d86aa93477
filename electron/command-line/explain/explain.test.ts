import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommandLine } from '../testing/run-command-line.ts';

const explain = (words: readonly string[], stdin = '') => runCommandLine(['explain', ...words], stdin);

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-explain-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('berth explain', () => {
  it('takes a text, words, standard input or a file', async () => {
    const error = 'NVMe status: NS_IS_PRIVATE: The namespace is private(0x6119)';
    const file = path.join(folder, 'log.txt');
    await writeFile(file, `one line before\n${error}\n`);
    const answers = [
      await explain([error]),
      await explain(error.split(' ')),
      await explain(['-'], `x\n${error}`),
      await explain([file]),
    ];
    for (const { code, out, err } of answers) {
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(
        'Status: Namespace Is Private (type 1h, code 19h); Do Not Retry: the same command will fail again; More: the error log has an entry about it',
      );
      expect(out).toMatch(/Meaning: .+\n {2}Decided by:\n {4}- .+\n {2}Look at:\n(?: {4}- .+\n)+ {2}Do:\n/);
      expect(out).toContain('--nmic=1');
    }
    expect(answers[3]?.out).toContain('line 2: ');
  });

  it('prints one object with --json', async () => {
    const { code, out } = await explain(['0x4120', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      lines: 1,
      left: 0,
      findings: [{ line: 1, count: 1, status: { sct: 1, sc: 0x20 }, explanation: { id: 'secondary-state' } }],
    });
    const unknown = await explain(['--json', 'all is well']);
    expect(JSON.parse(unknown.out)).toEqual({ lines: 1, findings: [], left: 0 });
    expect(unknown.code).toBe(1);
  });

  it('says what it cannot do', async () => {
    expect(await explain(['all is well'])).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^berth: The text holds no error that Berth knows\.\n {2}Give /),
    });
    expect(await explain([])).toMatchObject({
      code: 2,
      err: expect.stringContaining('TEXT or FILE is missing'),
    });
    expect(await explain(['./no-such-file'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('./no-such-file does not exist'),
    });
    expect(await explain([folder])).toMatchObject({ code: 1, err: expect.stringContaining('is a folder') });
    const large = path.join(folder, 'large.log');
    await writeFile(large, 'x'.repeat(5 * 1024 * 1024));
    expect(await explain([large])).toMatchObject({ code: 1, err: expect.stringContaining('too large') });
    expect(await explain(['-'], 'x'.repeat(5 * 1024 * 1024))).toMatchObject({ code: 1, out: '' });
  });

  it('prints nothing that a terminal obeys', async () => {
    const { out } = await explain(['-'], '\u001b]0;title\u0007\u202eNVMe status: A(0x4120)');
    expect(out).toContain('\\u001b]0;title\\u0007\\u202eNVMe status');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    expect(out).not.toMatch(/[\u001b\u0007\u202e]/);
  });
});
