import { nvmeCliLine } from '../../nvme-cli/nvme-cli-line.ts';
import { bits, double, whole } from '../command-codec.ts';
import { defineCommand } from '../define-command.ts';
import { bytesOfZeroBased } from '../get-log-page.ts';
import { identifierText, type NamedValue, selected } from '../named-value.ts';
import { unlessZero } from '../option-text.ts';

/** Migration Receive, CDW10 7:0. */
export const migrationReceiveSelectors = {
  getControllerState: { value: 0, title: 'Get Controller State' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Migration Receive (NVMe Base 2.1, 5.1.16). NUMDL is 0's based, unlike NUMD of Migration Send. */
export const migrationReceive = defineCommand({
  opcode: 0x42,
  name: 'Migration Receive',
  clause: 'NVMe Base 2.1, 5.1.16',
  fields: {
    sel: bits('cdw10', 7, 0),
    csvi: bits('cdw10', 23, 16),
    cntlid: bits('cdw11', 15, 0),
    csuuidi: bits('cdw11', 23, 16),
    csuidxp: bits('cdw11', 31, 24),
    /** Where to begin in the state, in bytes. */
    offset: double('cdw12', 'cdw13'),
    uidx: bits('cdw14', 6, 0),
    numdl: whole('cdw15'),
  },
  /** Controller Suspended: it was so throughout the processing of Get Controller State. */
  result: { csup: [0] },
  words: ({ sel, cntlid, csvi, csuuidi, offset, numdl }) => [
    selected(migrationReceiveSelectors, sel, 'SEL'),
    `CNTLID ${identifierText(cntlid)} CSVI ${csvi} CSUUIDI ${csuuidi} ${bytesOfZeroBased(numdl)} bytes at ${offset}`,
  ],
  line: ({ sel, cntlid, csvi, csuuidi, uidx, offset, numdl, csuidxp }) =>
    sel !== migrationReceiveSelectors.getControllerState.value || csuidxp !== 0
      ? undefined
      : nvmeCliLine('lm migration-recv', {
          cntlid,
          sel,
          csvi,
          csuuidi,
          uidx: unlessZero(uidx),
          offset,
          numd: numdl,
          'output-file': 'state.bin',
        }),
});
