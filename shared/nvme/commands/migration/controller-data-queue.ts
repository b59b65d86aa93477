import { nvmeCliLine } from '../../nvme-cli/nvme-cli-line.ts';
import { bits, commandCodec, flag, whole } from '../command-codec.ts';
import { defineCommand } from '../define-command.ts';
import { identifierText, type NamedValue, selected } from '../named-value.ts';

/** Controller Data Queue, CDW10 7:0. */
export const controllerDataQueueSelectors = {
  create: { value: 0, title: 'Create' },
  delete: { value: 1, title: 'Delete' },
} as const satisfies Readonly<Record<string, NamedValue>>;

const opcode = 0x45;
const sel = bits('cdw10', 7, 0);

/** Controller Data Queue, Create. */
export const createControllerDataQueue = commandCodec(
  opcode,
  {
    sel,
    /** Queue Type: 0 user data migration queue. */
    qt: bits('cdw10', 23, 16),
    cntlid: bits('cdw11', 31, 16),
    /** Physically Contiguous. */
    pc: flag('cdw11', 0),
    /** Length of the queue in dwords. */
    size: whole('cdw12'),
  },
  { sel: controllerDataQueueSelectors.create.value },
);

/** Controller Data Queue, Delete. */
export const deleteControllerDataQueue = commandCodec(
  opcode,
  { sel, cdqid: bits('cdw11', 15, 0) },
  { sel: controllerDataQueueSelectors.delete.value },
);

/** Controller Data Queue (NVMe Base 2.1, 5.1.4). */
export const controllerDataQueue = defineCommand({
  opcode,
  name: 'Controller Data Queue',
  clause: 'NVMe Base 2.1, 5.1.4',
  fields: { sel },
  forms: { createControllerDataQueue, deleteControllerDataQueue },
  /** Create: the identifier of the new queue. */
  result: { cdqid: [15, 0] },
  words: (values, command) => {
    const operation = selected(controllerDataQueueSelectors, values.sel, 'SEL');
    if (values.sel !== controllerDataQueueSelectors.create.value)
      return [operation, `CDQID ${deleteControllerDataQueue.decode(command).cdqid}`];
    const { qt, cntlid, size } = createControllerDataQueue.decode(command);
    return [operation, `CNTLID ${identifierText(cntlid)} QT ${qt} ${size * 4} bytes`];
  },
  line: (values, command) => {
    if (values.sel === controllerDataQueueSelectors.delete.value)
      return nvmeCliLine('lm delete-cdq', { cdqid: deleteControllerDataQueue.decode(command).cdqid });
    const { qt, cntlid, pc, size } = createControllerDataQueue.decode(command);
    if (!pc) return undefined;
    return nvmeCliLine('lm create-cdq', { cntlid, size, 'queue-type': qt, consent: true });
  },
});
