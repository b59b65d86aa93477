import { isControllerIdentifier } from '../../controller-identifier.ts';
import { decodeVirtualSubsystemIdentity } from '../../layouts/proposal/virtual-subsystem-identity.ts';
import { nvmeCliLine } from '../../nvme-cli/nvme-cli-line.ts';
import { bits, commandCodec } from '../command-codec.ts';
import { type CommandLineNames, type CommandWords, defineCommand } from '../define-command.ts';
import { identifierText, type NamedValue, selected } from '../named-value.ts';
import { quoted } from '../option-text.ts';

/** Virtual Subsystem Management, CDW10 7:0 (Berth proposal). */
export const virtualSubsystemSelectors = {
  create: { value: 0, title: 'Create' },
  delete: { value: 1, title: 'Delete' },
  addController: { value: 2, title: 'Add Controller' },
  removeController: { value: 3, title: 'Remove Controller' },
  setIdentity: { value: 4, title: 'Set Identity' },
  setExposedCapabilities: { value: 5, title: 'Set Exposed Capabilities' },
} as const satisfies Readonly<Record<string, NamedValue>>;

const opcode = 0xc1;
const sel = bits('cdw10', 7, 0);
/** Physical controller identifier. */
const cntlid = bits('cdw10', 31, 16);
/** Virtual controller identifier. */
const vcid = bits('cdw11', 15, 0);
/** Virtual subsystem identifier. */
const vsid = bits('cdw11', 31, 16);

/** Create; its data is the identity, VCID that of the primary. */
export const createVirtualSubsystem = commandCodec(
  opcode,
  { sel, vcid },
  { sel: virtualSubsystemSelectors.create.value },
);

export const deleteVirtualSubsystem = commandCodec(
  opcode,
  { sel, vsid },
  { sel: virtualSubsystemSelectors.delete.value },
);

export const addVirtualController = commandCodec(
  opcode,
  { sel, cntlid, vcid, vsid },
  { sel: virtualSubsystemSelectors.addController.value },
);

export const removeVirtualController = commandCodec(
  opcode,
  { sel, cntlid, vsid },
  { sel: virtualSubsystemSelectors.removeController.value },
);

/** Set Identity; its data is the identity. */
export const setVirtualIdentity = commandCodec(
  opcode,
  { sel, vsid },
  { sel: virtualSubsystemSelectors.setIdentity.value },
);

/** Set Exposed Capabilities; its data is the mask. */
export const setExposedCapabilities = commandCodec(
  opcode,
  { sel, vsid },
  { sel: virtualSubsystemSelectors.setExposedCapabilities.value },
);

/** Virtual Subsystem Management (Berth proposal, not an NVMe standard). */
export const virtualSubsystemManagement = defineCommand({
  opcode,
  name: 'Virtual Subsystem Management',
  clause: 'Berth proposal',
  fields: { sel, cntlid, vcid, vsid },
  /** Create: the identifier of the new virtual subsystem. */
  result: { vsid: [15, 0] },
  forms: {
    createVirtualSubsystem,
    deleteVirtualSubsystem,
    addVirtualController,
    removeVirtualController,
    setVirtualIdentity,
    setExposedCapabilities,
  },
  words: (values, { data }): CommandWords => {
    const operation = selected(virtualSubsystemSelectors, values.sel, 'SEL');
    const { create, addController, removeController } = virtualSubsystemSelectors;
    if (values.sel === create.value) {
      const identity = data === undefined ? undefined : decodeVirtualSubsystemIdentity(data);
      const name = identity?.ok ? JSON.stringify(identity.value.vnqn) : 'no valid identity';
      return [operation, `virtual NQN ${name} VCID ${identifierText(values.vcid)}`];
    }
    const member = `VSID ${values.vsid} CNTLID ${identifierText(values.cntlid)}`;
    if (values.sel === addController.value)
      return [operation, `${member} VCID ${identifierText(values.vcid)}`];
    if (values.sel === removeController.value) return [operation, member];
    return [operation, `VSID ${values.vsid}`];
  },
  line: (values, { data }, names) => {
    if (!isControllerIdentifier(values.vcid)) return undefined;
    const subsystem = subsystemOption(values.vsid, names);
    const secondaryDevice = names.devices?.get(values.cntlid);
    const secondary = secondaryDevice
      ? { secondary_dev: secondaryDevice }
      : { secondary_cntlid: values.cntlid };
    switch (values.sel) {
      case virtualSubsystemSelectors.create.value: {
        const identity = data === undefined ? undefined : decodeVirtualSubsystemIdentity(data);
        if (!identity?.ok) return undefined;
        const options = { virtual_nqn: quoted(identity.value.vnqn), dev_vcid: values.vcid };
        return nvmeCliLine('virtual_subsys_create', options, 'option');
      }
      case virtualSubsystemSelectors.delete.value:
        return nvmeCliLine('virtual_subsys_delete', subsystem, 'option');
      case virtualSubsystemSelectors.addController.value:
        return nvmeCliLine(
          'virtual_subsys_add',
          { ...subsystem, ...secondary, secondary_dev_vcid: values.vcid },
          'option',
        );
      case virtualSubsystemSelectors.removeController.value:
        return nvmeCliLine('virtual_subsys_remove', { ...subsystem, ...secondary }, 'option');
      default:
        return undefined;
    }
  },
});

function subsystemOption(
  identifier: number,
  names: CommandLineNames,
): Readonly<Record<string, string | number>> {
  const nqn = names.virtualNqns?.get(identifier);
  return nqn === undefined ? { vsid: identifier } : { virtual_nqn: quoted(nqn) };
}
