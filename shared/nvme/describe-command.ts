import type { AdminCommand } from './command.ts';
import {
  anyFreeController,
  bitsOf,
  controllerDataQueueFields,
  featureFields,
  functionFieldsOf,
  identifyFields,
  logPageFields,
  migrationReceiveFields,
  migrationSendFields,
  previewFields,
  trackReceiveFields,
  trackSendFields,
  vendorMigrationFields,
  virtualizationFields,
  virtualSubsystemFieldsOf,
} from './command-fields.ts';
import {
  controllerDataQueueSelectors,
  featureIdentifiers,
  functionReceiveSelectors,
  functionSelectors,
  identifyStructures,
  logPageIdentifiers,
  migrationReceiveSelectors,
  migrationSendSelectors,
  type NamedValue,
  namespaceAttachmentSelectors,
  namespaceManagementSelectors,
  previewKinds,
  resourceTypes,
  sequenceIndicators,
  suspendTypes,
  titleOf,
  trackReceiveSelectors,
  trackSendSelectors,
  virtualizationActions,
  virtualSubsystemReceiveSelectors,
  virtualSubsystemSelectors,
} from './command-values.ts';
import { decodeControllerList } from './layouts/lists/controller-list.ts';
import { decodeVirtualSubsystemIdentity } from './layouts/proposal/virtual-subsystem-identity.ts';
import { adminOpcodes, dataDirection, opcodeName, vendorMigrationOpcodes } from './opcodes.ts';

/** A command in words: `Virtualization Management · Secondary Assign`, `CNTLID 0x0011 VQ NR 4`. */
export interface CommandDescription {
  readonly name: string;
  readonly words: string;
}

type Describe = (command: AdminCommand) => readonly [operation: string | undefined, words: string];

const describers: Readonly<Partial<Record<number, Describe>>> = {
  [adminOpcodes.identify]: (command) => {
    const { cns, cntid, csi, nsid } = identifyFields(command);
    const words = [
      ...(nsid === 0 ? [] : [`NSID ${nsid}`]),
      ...(cntid === 0 && !isListedByController(cns) ? [] : [`CNTID ${identifier(cntid)}`]),
      ...(csi === 0 ? [] : [`CSI ${csi}`]),
    ];
    return [selected(identifyStructures, cns, 'CNS'), words.join(' ')];
  },
  [adminOpcodes.virtualizationManagement]: (command) => {
    const { cntlid, rt, act, nr } = virtualizationFields(command);
    const movesResources =
      act === virtualizationActions.secondaryAssign.value ||
      act === virtualizationActions.primaryAllocation.value;
    const resources = movesResources ? ` ${titleOf(resourceTypes, rt) ?? `RT ${rt}`} NR ${nr}` : '';
    return [selected(virtualizationActions, act, 'ACT'), `CNTLID ${identifier(cntlid)}${resources}`];
  },
  [adminOpcodes.namespaceAttachment]: (command) => {
    const list = command.data === undefined ? undefined : decodeControllerList(command.data);
    const controllers = list?.ok
      ? list.value.identifiers.map(identifier).join(', ')
      : 'no valid controller list';
    return [
      selected(namespaceAttachmentSelectors, bitsOf(command.cdw10, 3, 0), 'SEL'),
      `NSID ${command.nsid} CNTLID ${controllers}`,
    ];
  },
  [adminOpcodes.namespaceManagement]: (command) => {
    const sel = bitsOf(command.cdw10, 3, 0);
    const words = sel === namespaceManagementSelectors.delete.value ? `NSID ${command.nsid}` : '';
    return [selected(namespaceManagementSelectors, sel, 'SEL'), words];
  },
  [adminOpcodes.getLogPage]: (command) => {
    const { lid, bytes, offset } = logPageFields(command);
    const at = offset === 0n ? '' : ` at ${offset}`;
    return [selected(logPageIdentifiers, lid, 'LID'), `${bytes} bytes${at}${namespaceWords(command)}`];
  },
  [adminOpcodes.getFeatures]: (command) => {
    const { fid, select } = featureFields(command);
    const which = ['current', 'default', 'saved', 'supported capabilities'][select] ?? `SEL ${select}`;
    return [selected(featureIdentifiers, fid, 'FID'), `${which}${namespaceWords(command)}`];
  },
  [adminOpcodes.setFeatures]: (command) => {
    const { fid, value, save } = featureFields(command);
    return [
      selected(featureIdentifiers, fid, 'FID'),
      `value ${hexadecimal(value, 8)}${save ? ' saved' : ''}${namespaceWords(command)}`,
    ];
  },
  [adminOpcodes.abort]: (command) => [
    undefined,
    `SQID ${bitsOf(command.cdw10, 15, 0)} CID ${identifier(bitsOf(command.cdw10, 31, 16))}`,
  ],
  [adminOpcodes.trackSend]: (command) => {
    const { sel, action, target } = trackSendFields(command);
    const what = sel === trackSendSelectors.logUserDataChanges.value ? 'CDQID' : 'CNTLID';
    const shown = what === 'CDQID' ? String(target) : identifier(target);
    const verb = ['stop', 'start'][action] ?? `MOS ${action}`;
    return [selected(trackSendSelectors, sel, 'SEL'), `${verb} ${what} ${shown}`];
  },
  [adminOpcodes.trackReceive]: (command) => {
    const { sel, cntlid, numdl } = trackReceiveFields(command);
    return [
      selected(trackReceiveSelectors, sel, 'SEL'),
      `CNTLID ${identifier(cntlid)} ${(numdl + 1) * 4} bytes`,
    ];
  },
  ...Object.fromEntries(
    vendorMigrationOpcodes.map((opcode): [number, Describe] => [opcode, describeVendorMigration]),
  ),
  [adminOpcodes.migrationSend]: describeMigrationSend,
  [adminOpcodes.migrationReceive]: (command) => {
    const { sel, cntlid, csvi, csuuidi, offset, numdl } = migrationReceiveFields(command);
    return [
      selected(migrationReceiveSelectors, sel, 'SEL'),
      `CNTLID ${identifier(cntlid)} CSVI ${csvi} CSUUIDI ${csuuidi} ${(numdl + 1) * 4} bytes at ${offset}`,
    ];
  },
  [adminOpcodes.controllerDataQueue]: (command) => {
    const { sel, queueType, cntlid, cdqid, size } = controllerDataQueueFields(command);
    const words =
      sel === controllerDataQueueSelectors.create.value
        ? `CNTLID ${identifier(cntlid)} QT ${queueType} ${size * 4} bytes`
        : `CDQID ${cdqid}`;
    return [selected(controllerDataQueueSelectors, sel, 'SEL'), words];
  },
  [adminOpcodes.virtualSubsystemManagement]: describeVirtualSubsystem,
  [adminOpcodes.virtualSubsystemReceive]: (command) => {
    const { sel, vsid } = virtualSubsystemFieldsOf(command);
    const words = sel === virtualSubsystemReceiveSelectors.get.value ? `VSID ${vsid}` : '';
    if (sel === virtualSubsystemReceiveSelectors.preview.value) return describePreview(command);
    return [selected(virtualSubsystemReceiveSelectors, sel, 'SEL'), words];
  },
  [adminOpcodes.functionManagement]: (command) => {
    const { sel, cntlid, handle } = functionFieldsOf(command);
    const who = cntlid === anyFreeController ? 'any free CNTLID' : `CNTLID ${identifier(cntlid)}`;
    return [selected(functionSelectors, sel, 'SEL'), `${who}${handle === 0 ? '' : ` handle ${handle}`}`];
  },
  [adminOpcodes.functionReceive]: (command) => {
    const { sel, cntlid } = functionFieldsOf(command);
    const words = cntlid === 0 ? '' : `from CNTLID ${identifier(cntlid)}`;
    return [selected(functionReceiveSelectors, sel, 'SEL'), words];
  },
};

/** Decodes any admin command into words; an unknown one into its opcode and the dwords that are not zero. */
export function describeCommand(command: AdminCommand): CommandDescription {
  const name = opcodeName(command.opcode);
  const describer = describers[command.opcode];
  if (describer === undefined) return { name, words: dwordWords(command) };
  const [operation, words] = describer(command);
  return { name: operation === undefined ? name : `${name} · ${operation}`, words };
}

function describeVendorMigration(command: AdminCommand): ReturnType<Describe> {
  const { index, size } = vendorMigrationFields(command);
  const bytes = command.opcode === adminOpcodes.vendorLoadData ? ` ${size} bytes` : '';
  return [undefined, `VF ${index}${bytes}`];
}

function describeMigrationSend(command: AdminCommand): readonly [string, string] {
  const { sel, cntlid, stype, dudmq, seqind, csvi, csuuidi, offset, numd } = migrationSendFields(command);
  const operation = selected(migrationSendSelectors, sel, 'SEL');
  const target = `CNTLID ${identifier(cntlid)}`;
  if (sel === migrationSendSelectors.suspend.value) {
    const type = titleOf(suspendTypes, stype) ?? `STYPE ${stype}`;
    return [operation, `${target} ${type}${dudmq ? ', delete user data migration queue' : ''}`];
  }
  if (sel !== migrationSendSelectors.setControllerState.value) return [operation, target];
  const position = titleOf(sequenceIndicators, seqind) ?? String(seqind);
  return [operation, `${target} CSVI ${csvi} CSUUIDI ${csuuidi} ${position}, ${numd * 4} bytes at ${offset}`];
}

function describeVirtualSubsystem(command: AdminCommand): readonly [string, string] {
  const { sel, cntlid, vcid, vsid } = virtualSubsystemFieldsOf(command);
  const operation = selected(virtualSubsystemSelectors, sel, 'SEL');
  const { create, addController, removeController } = virtualSubsystemSelectors;
  if (sel === create.value) {
    const identity = command.data === undefined ? undefined : decodeVirtualSubsystemIdentity(command.data);
    const name = identity?.ok ? JSON.stringify(identity.value.vnqn) : 'no valid identity';
    return [operation, `virtual NQN ${name} VCID ${identifier(vcid)}`];
  }
  if (sel === addController.value)
    return [operation, `VSID ${vsid} CNTLID ${identifier(cntlid)} VCID ${identifier(vcid)}`];
  if (sel === removeController.value) return [operation, `VSID ${vsid} CNTLID ${identifier(cntlid)}`];
  return [operation, `VSID ${vsid}`];
}

function describePreview(command: AdminCommand): readonly [string, string] {
  const { kind, number, nsid } = previewFields(command);
  const asked = `${selected(previewKinds, kind, 'KIND')} ${hexadecimal(number, 2)}`;
  return [virtualSubsystemReceiveSelectors.preview.title, nsid === 0 ? asked : `${asked} NSID ${nsid}`];
}

function selected(table: Readonly<Record<string, NamedValue>>, value: number, mnemonic: string): string {
  return titleOf(table, value) ?? `${mnemonic} ${hexadecimal(value, 2)}`;
}

function isListedByController(cns: number): boolean {
  const { attachedControllers, controllers, primaryControllerCapabilities, secondaryControllers } =
    identifyStructures;
  return [attachedControllers, controllers, primaryControllerCapabilities, secondaryControllers].some(
    (structure) => structure.value === cns,
  );
}

function namespaceWords(command: AdminCommand): string {
  if (command.nsid === 0) return '';
  return command.nsid >>> 0 === 0xffffffff ? ' all namespaces' : ` NSID ${command.nsid}`;
}

function dwordWords(command: AdminCommand): string {
  const { nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 } = command;
  const words = Object.entries({ nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 })
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => `${key.toUpperCase()} ${hexadecimal(value >>> 0, 8)}`);
  const direction = dataDirection(command.opcode);
  if (direction === 'from-controller' && command.readLength > 0) words.push(`${command.readLength} bytes in`);
  if (direction === 'to-controller' && command.data) words.push(`${command.data.length} bytes out`);
  return words.join(' ');
}

function identifier(value: number): string {
  return hexadecimal(value, 4);
}

function hexadecimal(value: number, digits: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;
}
