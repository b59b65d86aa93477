import { nvmeCliLine } from '../nvme-cli/nvme-cli-line.ts';
import { bits, nsid } from './command-codec.ts';
import { defineCommand } from './define-command.ts';
import { type NamedValue, selected } from './named-value.ts';

/** Namespace Management, CDW10 3:0. */
export const namespaceManagementSelectors = {
  create: { value: 0, title: 'Create' },
  delete: { value: 1, title: 'Delete' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Namespace Management (NVMe Base 2.1, 5.1.21). */
export const namespaceManagement = defineCommand({
  opcode: 0x0d,
  name: 'Namespace Management',
  clause: 'NVMe Base 2.1, 5.1.21',
  fields: { nsid, sel: bits('cdw10', 3, 0), csi: bits('cdw11', 31, 24) },
  /** Create: the identifier of the new namespace. */
  result: { nsid: [31, 0] },
  words: ({ sel }, { nsid: of }) => [
    selected(namespaceManagementSelectors, sel, 'SEL'),
    sel === namespaceManagementSelectors.delete.value ? `NSID ${of}` : '',
  ],
  line: ({ sel, csi, nsid: of }) =>
    sel === namespaceManagementSelectors.delete.value && csi === 0 && of !== 0
      ? nvmeCliLine('delete-ns', { 'namespace-id': of })
      : undefined,
});
