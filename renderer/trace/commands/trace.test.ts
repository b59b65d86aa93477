import { describe, expect, it } from 'vitest';
import type { CommandTraceEntry } from '#shared/trace/schema.ts';
import { tracedNvmeCliLine } from './nvme-cli-line.ts';
import { filterTrace, statusText } from './trace-filter.ts';

function entry(sequence: number, changes: Partial<CommandTraceEntry> = {}): CommandTraceEntry {
  return {
    sequence,
    simulatedTime: false,
    at: 0,
    hostId: 'hv-a',
    controller: 'nvme1',
    side: 'host',
    opcode: 0x1c,
    nsid: 0,
    dwords: [0x110008, 4, 0, 0, 0, 0],
    dataLength: 0,
    name: 'Virtualization Management · Secondary Assign',
    words: 'CNTLID 0x0011 VQ NR 4',
    outcome: { kind: 'completed', success: true, status: 0, statusWords: 'Successful', dw0: 4 },
    latencyMicroseconds: 40,
    ...changes,
  };
}

const refused = entry(2, {
  outcome: { kind: 'completed', success: false, status: 0x4120, statusWords: 'Invalid State', dw0: 0 },
});
const silent = entry(3, {
  opcode: 6,
  controller: 'nvme0',
  side: 'guest',
  outcome: { kind: 'no-completion', message: 'timed out after 60 s' },
});

describe('trace filter', () => {
  const all = [entry(1), refused, silent];

  it('finds by opcode in both spellings, controller, side and status', () => {
    const found = (text: string) => filterTrace(all, { text, errorsOnly: false }).map((one) => one.sequence);
    expect(found('1ch')).toEqual([1, 2]);
    expect(found('0x06')).toEqual([3]);
    expect(found('hv-a/nvme0')).toEqual([3]);
    expect(found('guest')).toEqual([3]);
    expect(found('invalid 1CH')).toEqual([2]);
    expect(found('0x4120')).toEqual([2]);
    expect(found('vq nr')).toEqual([1, 2, 3]);
    expect(found('nothing like it')).toEqual([]);
  });

  it('shows only errors, a missing completion among them', () => {
    expect(filterTrace(all, { text: '', errorsOnly: true })).toEqual([refused, silent]);
    expect(filterTrace(all, { text: ' ', errorsOnly: false })).toBe(all);
    expect(statusText(refused)).toBe('Invalid State (0x4120)');
    expect(statusText(silent)).toBe('No completion: timed out after 60 s');
    const words = { kind: 'completed', success: false, status: 0x4002, dw0: 0 } as const;
    expect(
      statusText(entry(4, { outcome: { ...words, statusWords: 'Invalid Field in Command (4002h)' } })),
    ).toBe('Invalid Field in Command (4002h)');
  });
});

describe('nvme-cli line', () => {
  it('uses the spelling of nvme-cli where it says the same', () => {
    expect(tracedNvmeCliLine(entry(1), '2.x')).toMatch(/^nvme virt-mgmt \/dev\/nvme1 .*--cntlid=17/);
    const identify = entry(1, { opcode: 6, dwords: [1, 0, 0, 0, 0, 0], dataLength: 4096 });
    expect(tracedNvmeCliLine(identify, '2.x')).toBe('nvme id-ctrl /dev/nvme1');
    expect(tracedNvmeCliLine(identify, '3.x')).toBe('nvme id ctrl /dev/nvme1');
  });

  it('reads data that the trace does not hold from a file', () => {
    expect(
      tracedNvmeCliLine(
        entry(1, { opcode: 0x15, nsid: 2, dwords: [1, 0, 0, 0, 0, 0], dataLength: 4096 }),
        '2.x',
      ),
    ).toBe(
      'nvme admin-passthru /dev/nvme1 --opcode=0x15 --namespace-id=2 --cdw10=0x1 --data-len=4096 --write --input-file=data.bin',
    );
  });
});
