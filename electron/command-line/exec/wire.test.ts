import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import type { SentCommand } from './sent-commands.ts';
import { execLines } from './testing/exec-lines.ts';

const captures = path.join(import.meta.dirname, '../../../e2e/captures');
/** The drive of this recording is the one that nvme-cli was traced on. */
const drive = path.join(captures, '02-sriov-4vf');

interface TracedLine {
  readonly line: string;
  /** What the kernel traced, in its own words. */
  readonly wire: readonly string[];
}

const traced: readonly TracedLine[] = readFileSync(path.join(captures, 'nvme-cli-wire.tsv'), 'utf8')
  .trim()
  .split('\n')
  .slice(1)
  .map((row) => {
    const [, command = '', sent = ''] = row.split('\t');
    return {
      line: command.replace('nvme(2.13)', 'nvme-new').replace('nvme(2.3)', 'nvme'),
      wire: sent.split(' | ').filter((text) => text !== ''),
    };
  });

/** nvme-cli 2.13 contradicts the specification here; what ours sends instead, from NVMe Base 2.1. */
const corrected: readonly (readonly [pattern: RegExp, cdw10: number, cdw11: number, cdw12: number])[] = [
  [/create-cdq .*-s 64 -c 1/, 0, 0x0001_0001, 64],
  [/create-cdq .*--size=1024 --cntlid=2/, 0, 0x0002_0001, 1024],
  [/migration-send .*-c 1 -S 3 -V 1 -U 0/, 0x0003_0002, 0x0001_0001, 0],
  [/migration-send .*-c 2 -S 1 -V 1 -U 1/, 0x0001_0002, 0x0101_0002, 0],
  [/migration-send .*-c 2 -S 0 -V 1 -U 1/, 0x0000_0002, 0x0101_0002, 32],
  [/migration-send .*-c 2 -S 2 -V 1 -U 1/, 0x0002_0002, 0x0101_0002, 64],
  [/migration-recv .*-o 48/, 0x0001_0000, 0x0001_0002, 48],
];

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-wire-'));
  await writeFile(path.join(folder, 'state.bin'), new Uint8Array(4096));
});
afterAll(() => rm(folder, { recursive: true }));

async function send(line: string): Promise<readonly SentCommand[]> {
  const { lines } = await execLines(drive, [line.replace('state.bin', path.join(folder, 'state.bin'))]);
  expect(lines).toHaveLength(1);
  return lines[0]?.commands ?? [];
}

/** A command in the words of the kernel's tracepoint, without its completion. */
function words(command: SentCommand): string {
  const hex = (value: number) => `0x${value.toString(16)}`;
  const { opcode, cdw10, cdw11 } = command;
  const fid = hex(cdw10 & 0xff);
  switch (opcode) {
    case adminOpcodes.identify:
      return `nvme_admin_identify cns=${cdw10 & 0xff}, ctrlid=${cdw10 >>> 16}`;
    case adminOpcodes.getFeatures:
      return `nvme_admin_get_features fid=${fid}, sel=${hex((cdw10 >>> 8) & 7)}, cdw11=${hex(cdw11)}`;
    case adminOpcodes.setFeatures:
      return `nvme_admin_set_features fid=${fid}, sv=${hex(cdw10 >>> 31)}, cdw11=${hex(cdw11)}`;
    case adminOpcodes.getLogPage:
      return `nvme_admin_get_log_page cdw10=${dump(command)}`;
    case adminOpcodes.namespaceAttachment:
      return `nvme_admin_ns_attach cdw10=${dump(command)}`;
    case adminOpcodes.namespaceManagement:
      return `nvme_admin_ns_mgmt cdw10=${dump(command)}`;
    default: {
      const dwords = (['cdw10', 'cdw11', 'cdw12', 'cdw13', 'cdw14', 'cdw15'] as const)
        .filter((name) => command[name] !== 0)
        .map((name) => ` ${name}=${command[name].toString(16).padStart(8, '0')}`);
      return `${hex(opcode)} nsid=${command.nsid}${dwords.join('')}`;
    }
  }
}

function dump({ cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 }: SentCommand): string {
  const bytes = Buffer.alloc(24);
  for (const [index, value] of [cdw10, cdw11, cdw12, cdw13, cdw14, cdw15].entries())
    bytes.writeUInt32LE(value, index * 4);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

/** After a command that may change namespaces the kernel itself looks around; nvme-cli did not send that. */
function ofNvmeCli({ line, wire }: TracedLine): readonly string[] {
  const sent = wire.map((text) => text.replace(/ -> .*/, ''));
  const management = sent.findIndex((text) => /ns_(attach|mgmt)/.test(text));
  return / (attach|detach|create|delete)-ns /.test(line) ? sent.slice(0, management + 1) : sent;
}

describe('what lines send is what nvme-cli sent', () => {
  it('covers all recorded lines', () => {
    expect(traced.length).toBe(67);
    for (const [pattern] of corrected) expect(traced.filter(({ line }) => pattern.test(line)).length).toBe(1);
  });

  const same = traced.filter(({ line }) => !corrected.some(([pattern]) => pattern.test(line)));
  it.each(same)('$line', async (recorded) => {
    expect((await send(recorded.line)).map(words)).toEqual(ofNvmeCli(recorded));
  });

  it.each(corrected)('%s follows the specification instead', async (pattern, cdw10, cdw11, cdw12) => {
    const recorded = traced.find(({ line }) => pattern.test(line));
    const [command, ...more] = await send(recorded?.line ?? '');
    expect(more).toEqual([]);
    expect(command).toMatchObject({ nsid: 0, cdw10, cdw11, cdw12 });
  });
});
