import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import script from './berth-record.sh?raw';
import { captures } from './testing/run-recorder.ts';

describe('what the recorder asks', () => {
  const heredoc = (name: string) =>
    (new RegExp(`^${name}\\(\\) \\{\\n  cat <<'END'\\n(.*?)\\nEND$`, 'ms').exec(script)?.[1] ?? '').split(
      '\n',
    );
  const commands = heredoc('commands').map((line) => line.split('|'));
  const lines = commands.flatMap(([, , , old = '', regrouped = '']) =>
    regrouped === '=' ? [old] : [old, regrouped],
  );

  it('is reading only: lists, Identify, Get Features, registers, and log pages that keep their events', () => {
    expect(lines.length).toBeGreaterThan(20);
    const reading =
      /^(list|list-subsys|id-ctrl|id ctrl|primary-ctrl-caps|id primary-ctrl-caps|list-secondary|id secondary-ctrl-list|get-feature|show-regs)( DEVICE)?( --(verbose|raw-binary|output-format=json|feature-id=\d+))*$/;
    const identify =
      /^admin-passthru DEVICE --opcode=0x06( --namespace-id=NSID)? --cdw10=0x[0-9a-f]{2} --data-len=4096 --read --raw-binary$/;
    // Bit 15 of dword 10: Retain Asynchronous Event (NVMe Base 2.1, 5.1.12).
    const log =
      /^admin-passthru DEVICE --opcode=0x02( --namespace-id=0xffffffff)? --cdw10=0x[0-9a-f]{4}[89a-f][0-9a-f]{3} --data-len=\d+ --read --raw-binary$/;
    for (const line of lines)
      expect(line).toMatch(new RegExp([reading, identify, log].map((one) => one.source).join('|')));
    for (const line of heredoc('pci_commands'))
      expect(line).toMatch(/^lspci-\w+\.txt\|lspci (-nn|-D|-k|-t|-vvv|-d ::0108| )+$/);
  });

  it('is described file by file', () => {
    const described = readFileSync(path.join(captures, '../../docs/capture-format.md'), 'utf8');
    const files = [...commands.map(([, file = '']) => file.replace('NSID', '<NSID>'))];
    for (const file of [...files, ...heredoc('pci_commands').map((line) => line.split('|')[0] ?? '')])
      expect(described).toContain(file);
  });

  it('is all in these tables', () => {
    const uses = script.split('\n').filter((line) => /"\$(nvme|lspci)"/.test(line));
    expect(uses.length).toBeGreaterThan(5);
    for (const line of uses)
      expect(line).toMatch(
        /"\$nvme" version|"\$lspci" --version|run "\$asked" .* \$3$|run "\$snapshot\/\$file" .* "\$@" \|\|$|\[ -[nz] "\$/,
      );
    expect(script).not.toMatch(/\beval "[^$]*\$[2-9@*]|\b(setpci|modprobe|dd|rmmod|tee)\b/);
  });

  it('is read out of sysfs where reading has no effect', () => {
    const lists = [...script.matchAll(/^(\w+_attributes)='([^']*)'/gm)];
    expect(lists.map(([, name]) => name)).toHaveLength(4);
    const names = lists.flatMap(([, , words = '']) => words.split(/\s+/));
    expect(names).toContain('sriov_numvfs');
    for (const name of names)
      expect(name).not.toMatch(
        /^(reset|remove|rescan.*|config|rom|vpd|resource\d*|(un)?bind|.*_controller|new_id|remove_id)$/,
      );
  });

  it('goes into files of its own only', () => {
    // Without comments, and without the comparisons of awk.
    const code = script
      .replaceAll(/^ *#.*$/gm, '')
      .replaceAll(/ >=? (0|1|127|6)\b/g, '')
      .replace('PATH<TAB>->', '');
    const targets = [...code.matchAll(/(?<![<&\\=-])>>? *("[^"]*"|[^\s"';)]+)/g)].map(([, target]) => target);
    expect(targets.length).toBeGreaterThan(60);
    const own = /^("\$(out|work|path|archive|1)\b.*|&[123]|\/dev\/null|i)$/;
    expect(targets.filter((target) => !own.test(target ?? ''))).toEqual([]);
  });

  it('is POSIX: every shell that is here reads it', () => {
    const shells = [
      ['/bin/sh', '-n'],
      ['dash', '-n'],
      ['bash', '--posix', '-n'],
      ['busybox', 'sh', '-n'],
    ];
    const here = shells.filter(([shell = '']) => spawnSync(shell, ['-c', ':']).error === undefined);
    expect(here.length).toBeGreaterThan(0);
    for (const [shell = '', ...args] of here)
      expect(spawnSync(shell, args, { input: script, encoding: 'utf8' }).stderr, shell).toBe('');
    const beyond = /\[\[ |^ *local |^function \w+ *\{|<<<|^ *declare |\becho -[ne]/;
    expect(script.split('\n').filter((line) => beyond.test(line))).toEqual([]);
  });
});
