import { nvmeCliLine } from '../../nvme-cli/nvme-cli-line.ts';
import { bits } from '../command-codec.ts';
import { defineCommand } from '../define-command.ts';
import { identifierText, type NamedValue, selected } from '../named-value.ts';

/** Function Receive, CDW10 7:0 (Berth proposal). */
export const functionReceiveSelectors = {
  list: { value: 0, title: 'List Functions' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Function Receive (Berth proposal, not an NVMe standard). */
export const functionReceive = defineCommand({
  opcode: 0xc6,
  name: 'Function Receive',
  clause: 'Berth proposal',
  fields: {
    sel: bits('cdw10', 7, 0),
    /** The lowest one to list. */
    cntlid: bits('cdw10', 31, 16),
  },
  words: ({ sel, cntlid }) => [
    selected(functionReceiveSelectors, sel, 'SEL'),
    cntlid === 0 ? '' : `from CNTLID ${identifierText(cntlid)}`,
  ],
  line: ({ sel, cntlid }) =>
    sel === functionReceiveSelectors.list.value && cntlid === 0
      ? nvmeCliLine('virtual_function_list', {}, 'option')
      : undefined,
});
