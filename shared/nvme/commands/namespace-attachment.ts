import { decodeControllerList } from '../layouts/lists/controller-list.ts';
import { nvmeCliLine } from '../nvme-cli/nvme-cli-line.ts';
import { bits, nsid } from './command-codec.ts';
import { defineCommand } from './define-command.ts';
import { identifierText, type NamedValue, selected } from './named-value.ts';

/** Namespace Attachment, CDW10 3:0. */
export const namespaceAttachmentSelectors = {
  attach: { value: 0, title: 'Attach' },
  detach: { value: 1, title: 'Detach' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Namespace Attachment (NVMe Base 2.1, 5.1.20). Its data is a controller list. */
export const namespaceAttachment = defineCommand({
  opcode: 0x15,
  name: 'Namespace Attachment',
  clause: 'NVMe Base 2.1, 5.1.20',
  fields: { nsid, sel: bits('cdw10', 3, 0) },
  words: ({ sel }, { nsid: of, data }) => {
    const list = data === undefined ? undefined : decodeControllerList(data);
    const controllers = list?.ok
      ? list.value.identifiers.map(identifierText).join(', ')
      : 'no valid controller list';
    return [selected(namespaceAttachmentSelectors, sel, 'SEL'), `NSID ${of} CNTLID ${controllers}`];
  },
  line: ({ sel, nsid: of }, { data }) => {
    const list = data === undefined ? undefined : decodeControllerList(data);
    if (!list?.ok || sel > namespaceAttachmentSelectors.detach.value || of === 0) return undefined;
    const name = sel === namespaceAttachmentSelectors.attach.value ? 'attach-ns' : 'detach-ns';
    return nvmeCliLine(name, { 'namespace-id': of, controllers: list.value.identifiers.join(',') });
  },
});
