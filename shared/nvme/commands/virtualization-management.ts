import { nvmeCliLine } from '../nvme-cli/nvme-cli-line.ts';
import { bits } from './command-codec.ts';
import { defineCommand } from './define-command.ts';
import { identifierText, type NamedValue, namedValueTitle, selected } from './named-value.ts';

/** Virtualization Management, CDW10 3:0 (NVMe Base 2.1, 5.2.6). */
export const virtualizationActions = {
  primaryAllocation: { value: 0x1, title: 'Primary Controller Flexible Allocation' },
  secondaryOffline: { value: 0x7, title: 'Secondary Offline' },
  secondaryAssign: { value: 0x8, title: 'Secondary Assign' },
  secondaryOnline: { value: 0x9, title: 'Secondary Online' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Virtualization Management, CDW10 10:8: which kind of controller resource. */
export const resourceTypes = {
  virtualQueue: { value: 0, title: 'VQ' },
  virtualInterrupt: { value: 1, title: 'VI' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Virtualization Management (NVMe Base 2.1, 5.2.6). NR is a plain count. */
export const virtualizationManagement = defineCommand({
  opcode: 0x1c,
  name: 'Virtualization Management',
  clause: 'NVMe Base 2.1, 5.2.6',
  fields: {
    cntlid: bits('cdw10', 31, 16),
    rt: bits('cdw10', 10, 8),
    act: bits('cdw10', 3, 0),
    nr: bits('cdw11', 15, 0),
  },
  /** Number of Controller Resources Modified. */
  result: { nrm: [15, 0] },
  words: ({ cntlid, rt, act, nr }) => {
    const { secondaryAssign, primaryAllocation } = virtualizationActions;
    const movesResources = act === secondaryAssign.value || act === primaryAllocation.value;
    const resources = movesResources ? ` ${namedValueTitle(resourceTypes, rt) ?? `RT ${rt}`} NR ${nr}` : '';
    return [selected(virtualizationActions, act, 'ACT'), `CNTLID ${identifierText(cntlid)}${resources}`];
  },
  line: ({ cntlid, rt, act, nr }) => nvmeCliLine('virt-mgmt', { cntlid, rt, act, nr }),
});
