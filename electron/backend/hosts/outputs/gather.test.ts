import { describe, expect, it } from 'vitest';
import { fleetSizes } from '#shared/bounds/sizes.ts';
import { countPieces } from '#shared/test-support/count-pieces.ts';
import type { Fact } from './findings.ts';
import { gather } from './gather.ts';

/** Each fact as an output of its own that does not name its device. */
function gathered(facts: readonly Fact[]) {
  const findings = facts.map((fact) => ({
    ...{ title: 'an output', form: 'text' as const, device: null, holds: '', notes: [] },
    ...{ facts: [fact], file: '', line: 1 },
  }));
  return countPieces(gather([{ form: 'text', findings, host: null, unknownLines: 0 }]));
}

describe('outputs that say much keep nothing waiting', () => {
  it('thousands of controllers get their names in pieces', () => {
    const count = 3000;
    const { result, pieces } = gathered(
      Array.from({ length: count }, (_, at) => ({
        ...{ kind: 'structure', structure: 'id-ctrl', nsid: null, value: {} },
        ...{ cntlid: 1, serial: `EXA${at}` },
      })),
    );
    expect(result.files.has(`recorded/nvme${count - 1}/id-ctrl.json`)).toBe(true);
    expect(pieces).toBeGreaterThan(count / 11);
  });

  it('of virtual functions no more are looked for than a host has', () => {
    const { result, pieces } = gathered(
      Array.from({ length: 5000 }, (_, at) => ({
        kind: 'function',
        address: `0000:${(at >> 8).toString(16).padStart(2, '0')}:${((at >> 3) & 0x1f).toString(16).padStart(2, '0')}.${at & 7}`,
        attributes: { class: '0x010802', sriov_offset: '1', sriov_stride: '1', sriov_numvfs: '65535' },
        links: {},
      })),
    );
    const lines = result.files.get('recorded/sysfs-pci.tsv')?.split('\n') ?? [];
    const links = lines.filter((line) => /\/virtfn\d+\t/.test(line)).length;
    expect(links).toBeGreaterThan(0);
    expect(links).toBeLessThanOrEqual(fleetSizes.controllers);
    expect(pieces).toBeGreaterThan(250);
  });
});
