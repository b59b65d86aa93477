import { bits, whole } from '../command-codec.ts';
import { defineCommand } from '../define-command.ts';
import { bytesOfZeroBased } from '../get-log-page.ts';
import { identifierText, type NamedValue, selected } from '../named-value.ts';

/** Track Receive, CDW10 7:0. */
export const trackReceiveSelectors = {
  trackedMemoryChanges: { value: 0, title: 'Tracked Memory Changes' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Track Receive (NVMe Base 2.1, 5.1.26). NUMDL is 0's based. */
export const trackReceive = defineCommand({
  opcode: 0x3e,
  name: 'Track Receive',
  clause: 'NVMe Base 2.1, 5.1.26',
  fields: { sel: bits('cdw10', 7, 0), cntlid: bits('cdw11', 15, 0), numdl: whole('cdw12') },
  words: ({ sel, cntlid, numdl }) => [
    selected(trackReceiveSelectors, sel, 'SEL'),
    `CNTLID ${identifierText(cntlid)} ${bytesOfZeroBased(numdl)} bytes`,
  ],
});
