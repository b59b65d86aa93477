import { expect, it } from 'vitest';
import type { GuestField } from '#shared/ipc/contract.ts';
import { bytesFromBase64, collapseZeroLines, hexLines } from './guest-hex.ts';

function field(key: string, offset: number, size: number, differs: boolean): GuestField {
  return { key, title: key, clause: '', offset, size, guest: '', physical: '', differs };
}

it('decodes base64 and refuses what is none', () => {
  expect(bytesFromBase64('NhvxAA==')).toEqual(Uint8Array.of(0x36, 0x1b, 0xf1, 0));
  expect(bytesFromBase64('not base64!')).toBeNull();
});

it('cuts lines where fields begin and end, and marks them', () => {
  const sn = field('sn', 1, 2, true);
  const ieee = field('ieee', 3, 2, false);
  const lines = hexLines(Uint8Array.of(1, 2, 3, 4, 5, 6), [sn, ieee], 4);
  expect(lines).toEqual([
    {
      offset: 0,
      runs: [
        { text: '01', kind: 'plain', field: null },
        { text: '02 03', kind: 'virtual', field: sn },
        { text: '04', kind: 'physical', field: ieee },
      ],
    },
    {
      offset: 4,
      runs: [
        { text: '05', kind: 'physical', field: ieee },
        { text: '06', kind: 'plain', field: null },
      ],
    },
  ]);
});

it('collapses long stretches of unknown zeros only', () => {
  const bytes = new Uint8Array(48);
  bytes[0] = 1;
  const known = field('known', 44, 4, false);
  const shown = collapseZeroLines(hexLines(bytes, [known], 8));
  expect(shown.map((line) => ('gap' in line ? `gap ${line.gap}` : line.offset))).toEqual([0, 'gap 4', 40]);
});
