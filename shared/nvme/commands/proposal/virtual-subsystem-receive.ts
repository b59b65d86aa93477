import { nvmeCliLine } from '../../nvme-cli/nvme-cli-line.ts';
import { bits, commandCodec, nsid } from '../command-codec.ts';
import { type CommandWords, defineCommand } from '../define-command.ts';
import { type NamedValue, paddedHexadecimal, selected } from '../named-value.ts';

/** Virtual Subsystem Receive, CDW10 7:0 (Berth proposal). */
export const virtualSubsystemReceiveSelectors = {
  list: { value: 0, title: 'List Virtual Subsystems' },
  get: { value: 1, title: 'Get Virtual Subsystem' },
  offered: { value: 2, title: 'Get Offered Capabilities' },
  preview: { value: 3, title: 'Preview Answer' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Virtual Subsystem Receive, Preview Answer, CDW10 15:8: what is asked for (Berth proposal). */
export const previewKinds = {
  identify: { value: 0, title: 'Identify' },
  logPage: { value: 1, title: 'Get Log Page' },
  feature: { value: 2, title: 'Get Features, default value' },
  properties: { value: 3, title: 'Controller properties' },
  configuration: { value: 4, title: 'PCI configuration space' },
} as const satisfies Readonly<Record<string, NamedValue>>;

const opcode = 0xc2;
const sel = bits('cdw10', 7, 0);
const vsid = bits('cdw11', 31, 16);

export const listVirtualSubsystems = commandCodec(
  opcode,
  { sel },
  { sel: virtualSubsystemReceiveSelectors.list.value },
);

export const getVirtualSubsystem = commandCodec(
  opcode,
  { sel, vsid },
  { sel: virtualSubsystemReceiveSelectors.get.value },
);

export const getOfferedCapabilities = commandCodec(
  opcode,
  { sel },
  { sel: virtualSubsystemReceiveSelectors.offered.value },
);

/** Preview Answer: what a controller would answer as a member, by the kind and the number of what is asked. */
export const previewAnswer = commandCodec(
  opcode,
  {
    nsid,
    sel,
    kind: bits('cdw10', 15, 8),
    /** CNS, LID, FID, or the offset of a property, as the kind says. */
    number: bits('cdw10', 31, 16),
  },
  { sel: virtualSubsystemReceiveSelectors.preview.value },
);

/** Virtual Subsystem Receive (Berth proposal, not an NVMe standard). */
export const virtualSubsystemReceive = defineCommand({
  opcode,
  name: 'Virtual Subsystem Receive',
  clause: 'Berth proposal',
  fields: { sel, vsid },
  forms: { listVirtualSubsystems, getVirtualSubsystem, getOfferedCapabilities, previewAnswer },
  words: (values, command): CommandWords => {
    const operation = selected(virtualSubsystemReceiveSelectors, values.sel, 'SEL');
    if (values.sel === virtualSubsystemReceiveSelectors.get.value) return [operation, `VSID ${values.vsid}`];
    if (values.sel !== virtualSubsystemReceiveSelectors.preview.value) return [operation, ''];
    const { kind, number, nsid: of } = previewAnswer.decode(command);
    const asked = `${selected(previewKinds, kind, 'KIND')} ${paddedHexadecimal(number, 2)}`;
    return [operation, of === 0 ? asked : `${asked} NSID ${of}`];
  },
  line: (values) => {
    if (values.sel === virtualSubsystemReceiveSelectors.list.value)
      return nvmeCliLine('virtual_subsys_list', {}, 'option');
    if (values.sel !== virtualSubsystemReceiveSelectors.get.value) return undefined;
    return nvmeCliLine('virtual_subsys_list', { vsid: values.vsid }, 'option');
  },
});
