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
  trackSendFields,
  virtualizationFields,
  virtualSubsystemFieldsOf,
} from './command-fields.ts';
import {
  controllerDataQueueSelectors,
  functionReceiveSelectors,
  functionSelectors,
  identifyStructures,
  migrationReceiveSelectors,
  migrationSendSelectors,
  namespaceAttachmentSelectors,
  namespaceManagementSelectors,
  trackSendSelectors,
  virtualSubsystemReceiveSelectors,
  virtualSubsystemSelectors,
} from './command-values.ts';
import { decodeControllerList } from './layouts/lists/controller-list.ts';
import { decodeVirtualSubsystemIdentity } from './layouts/proposal/virtual-subsystem-identity.ts';
import { adminOpcodes, dataDirection } from './opcodes.ts';

/** Names that a command carries only as numbers; a line that knows them reads like the proposal's own examples. */
export interface CommandLineNames {
  /** Virtual NQN by virtual subsystem identifier. */
  readonly virtualNqns?: ReadonlyMap<number, string>;
  /** Device path by controller identifier, for example `/dev/nvme2`. */
  readonly devices?: ReadonlyMap<number, string>;
}

type Render = (command: AdminCommand, device: string, names: CommandLineNames) => string | undefined;

/** Renderers answer undefined when nvme-cli's own command could not send exactly this command. */
const renderers: Readonly<Partial<Record<number, Render>>> = {
  [adminOpcodes.identify]: identifyLine,
  [adminOpcodes.virtualizationManagement]: (command, device) => {
    const { cntlid, rt, act, nr } = virtualizationFields(command);
    if (
      bitsOf(command.cdw10, 7, 4) !== 0 ||
      bitsOf(command.cdw10, 15, 11) !== 0 ||
      command.cdw11 >>> 0 !== nr
    )
      return undefined;
    return `nvme virt-mgmt ${device} --cntlid=${cntlid} --rt=${rt} --act=${act} --nr=${nr}`;
  },
  [adminOpcodes.namespaceAttachment]: (command, device) => {
    const list = command.data === undefined ? undefined : decodeControllerList(command.data);
    const sel = bitsOf(command.cdw10, 3, 0);
    if (!list?.ok || sel > namespaceAttachmentSelectors.detach.value) return undefined;
    const verb = sel === namespaceAttachmentSelectors.attach.value ? 'attach-ns' : 'detach-ns';
    const controllers = list.value.identifiers.join(',');
    return `nvme ${verb} ${device} --namespace-id=${command.nsid} --controllers=${controllers}`;
  },
  [adminOpcodes.namespaceManagement]: (command, device) =>
    bitsOf(command.cdw10, 3, 0) === namespaceManagementSelectors.delete.value
      ? `nvme delete-ns ${device} --namespace-id=${command.nsid}`
      : undefined,
  [adminOpcodes.getLogPage]: (command, device) => {
    const { lid, lsp, bytes, offset, retain } = logPageFields(command);
    if (lsp !== 0 || retain || command.cdw14 !== 0) return undefined;
    const at = offset === 0n ? '' : ` --lpo=${offset}`;
    return `nvme get-log ${device} --log-id=${lid} --log-len=${bytes}${at}${namespaceOption(command)}`;
  },
  [adminOpcodes.getFeatures]: (command, device) => {
    const { fid, select, value } = featureFields(command);
    const which = select === 0 ? '' : ` --sel=${select}`;
    const argument = value === 0 ? '' : ` --cdw11=${hexadecimal(value)}`;
    return `nvme get-feature ${device} --feature-id=${hexadecimal(fid)}${which}${argument}${namespaceOption(command)}`;
  },
  [adminOpcodes.setFeatures]: (command, device) => {
    const { fid, value, save } = featureFields(command);
    if (command.cdw12 !== 0 || command.cdw13 !== 0 || command.data !== undefined) return undefined;
    const options = `--feature-id=${hexadecimal(fid)} --value=${hexadecimal(value)}${save ? ' --save' : ''}`;
    return `nvme set-feature ${device} ${options}${namespaceOption(command)}`;
  },
  [adminOpcodes.trackSend]: (command, device) => {
    const { sel, action, target } = trackSendFields(command);
    if (sel !== trackSendSelectors.logUserDataChanges.value) return undefined;
    return `nvme lm track-send ${device} --sel=0 --mos=${action} --cdqid=${target}`;
  },
  [adminOpcodes.migrationSend]: migrationSendLine,
  [adminOpcodes.migrationReceive]: (command, device) => {
    const { sel, cntlid, csvi, csuuidi, uidx, offset, numdl, csuidxp } = migrationReceiveFields(command);
    if (sel !== migrationReceiveSelectors.getControllerState.value || csuidxp !== 0) return undefined;
    const state = `--csvi=${csvi} --csuuidi=${csuuidi}${uidx === 0 ? '' : ` --uidx=${uidx}`}`;
    return `nvme lm migration-recv ${device} --sel=0 --cntlid=${cntlid} ${state} --offset=${offset} --numd=${numdl} --output-file=state.bin`;
  },
  [adminOpcodes.controllerDataQueue]: (command, device) => {
    const { sel, queueType, cntlid, cdqid, size } = controllerDataQueueFields(command);
    if (sel === controllerDataQueueSelectors.delete.value)
      return `nvme lm delete-cdq ${device} --cdqid=${cdqid}`;
    if (sel !== controllerDataQueueSelectors.create.value) return undefined;
    return `nvme lm create-cdq ${device} --size=${size} --cntlid=${cntlid} --queue-type=${queueType} --consent`;
  },
  [adminOpcodes.virtualSubsystemManagement]: virtualSubsystemLine,
  [adminOpcodes.virtualSubsystemReceive]: (command, device) => {
    const { sel, vsid } = virtualSubsystemFieldsOf(command);
    if (sel === virtualSubsystemReceiveSelectors.list.value)
      return `nvme virtual_subsys_list --dev=${device}`;
    if (sel !== virtualSubsystemReceiveSelectors.get.value) return undefined;
    return `nvme virtual_subsys_list --dev=${device} --vsid=${vsid}`;
  },
  [adminOpcodes.functionManagement]: functionLine,
  [adminOpcodes.functionReceive]: (command, device) => {
    const { sel, cntlid } = functionFieldsOf(command);
    const isWholeList = sel === functionReceiveSelectors.list.value && cntlid === 0;
    return isWholeList ? `nvme virtual_function_list --dev=${device}` : undefined;
  },
};

/**
 * The shell line that sends the same command, in nvme-cli's spelling, or as `nvme admin-passthru` where nvme-cli has
 * no command of its own. `device` is the path of the controller (`/dev/nvme0`). The `virtual_subsys_…` and
 * `virtual_function_…` lines are those of the proposal; only Berth's own console understands them.
 */
export function commandLine(command: AdminCommand, device: string, names: CommandLineNames = {}): string {
  return renderers[command.opcode]?.(command, device, names) ?? passthroughLine(command, device);
}

function identifyLine(command: AdminCommand, device: string): string | undefined {
  const { cns, cntid, nsid, csi } = identifyFields(command);
  if (csi !== 0 || command.cdw14 !== 0 || nsid === 0xffffffff) return undefined;
  const from = cntid === 0 ? '' : ` --cntid=${cntid}`;
  switch (cns) {
    case identifyStructures.controller.value:
      return `nvme id-ctrl ${device}`;
    case identifyStructures.namespace.value:
      return `nvme id-ns ${device} --namespace-id=${nsid}`;
    case identifyStructures.allocatedNamespace.value:
      return `nvme id-ns ${device} --namespace-id=${nsid} --force`;
    // nvme-cli sends the NSID less one, because the list starts behind it.
    case identifyStructures.activeNamespaces.value:
      return `nvme list-ns ${device} --namespace-id=${nsid + 1}`;
    case identifyStructures.allocatedNamespaces.value:
      return `nvme list-ns ${device} --namespace-id=${nsid + 1} --all`;
    case identifyStructures.namespaceDescriptors.value:
      return `nvme ns-descs ${device} --namespace-id=${nsid}`;
    case identifyStructures.attachedControllers.value:
      return `nvme list-ctrl ${device} --namespace-id=${nsid}${from}`;
    case identifyStructures.controllers.value:
      return `nvme list-ctrl ${device}${from}`;
    case identifyStructures.primaryControllerCapabilities.value:
      return `nvme primary-ctrl-caps ${device}${from}`;
    case identifyStructures.secondaryControllers.value:
      return `nvme list-secondary ${device}${from}`;
    default:
      return undefined;
  }
}

function migrationSendLine(command: AdminCommand, device: string): string | undefined {
  const { sel, cntlid, stype, dudmq, seqind, csvi, csuuidi, offset, numd, uidx } =
    migrationSendFields(command);
  const start = `nvme lm migration-send ${device} --sel=${sel} --cntlid=${cntlid}`;
  switch (sel) {
    case migrationSendSelectors.suspend.value:
      return `${start} --stype=${stype}${dudmq ? ' --dudmq' : ''}`;
    case migrationSendSelectors.resume.value:
      return start;
    case migrationSendSelectors.setControllerState.value: {
      const state = `--csvi=${csvi} --csuuidi=${csuuidi}${uidx === 0 ? '' : ` --uidx=${uidx}`}`;
      return `${start} --seq-ind=${seqind} ${state} --offset=${offset} --numd=${numd} --input-file=state.bin`;
    }
    default:
      return undefined;
  }
}

function virtualSubsystemLine(
  command: AdminCommand,
  device: string,
  names: CommandLineNames,
): string | undefined {
  const { sel, cntlid, vcid, vsid } = virtualSubsystemFieldsOf(command);
  const subsystem = subsystemOption(vsid, names);
  const secondaryDevice = names.devices?.get(cntlid);
  const secondary = secondaryDevice ? `--secondary_dev=${secondaryDevice}` : `--secondary_cntlid=${cntlid}`;
  const { create, addController, removeController } = virtualSubsystemSelectors;
  switch (sel) {
    case create.value: {
      const identity = command.data === undefined ? undefined : decodeVirtualSubsystemIdentity(command.data);
      if (!identity?.ok) return undefined;
      return `nvme virtual_subsys_create --dev=${device} --virtual_nqn=${quoted(identity.value.vnqn)} --dev_vcid=${vcid}`;
    }
    case virtualSubsystemSelectors.delete.value:
      return `nvme virtual_subsys_delete --dev=${device} ${subsystem}`;
    case addController.value:
      return `nvme virtual_subsys_add --dev=${device} ${subsystem} ${secondary} --secondary_dev_vcid=${vcid}`;
    case removeController.value:
      return `nvme virtual_subsys_remove --dev=${device} ${subsystem} ${secondary}`;
    default:
      return undefined;
  }
}

function functionLine(command: AdminCommand, device: string): string | undefined {
  const { sel, cntlid, handle } = functionFieldsOf(command);
  const guard = handle === 0 ? '' : ` --handle=${handle}`;
  const named = `--dev=${device} --cntlid=${cntlid}${guard}`;
  switch (sel) {
    case functionSelectors.provision.value:
      if (handle !== 0) return undefined;
      return `nvme virtual_function_provision --dev=${device}${cntlid === anyFreeController ? '' : ` --cntlid=${cntlid}`}`;
    case functionSelectors.destroy.value:
      return `nvme virtual_function_destroy ${named}`;
    case functionSelectors.enableMigration.value:
      return `nvme virtual_function_set ${named} --migration=1`;
    case functionSelectors.disableMigration.value:
      return `nvme virtual_function_set ${named} --migration=0`;
    case functionSelectors.makeVisible.value:
      return `nvme virtual_function_set ${named} --visible=1`;
    case functionSelectors.hide.value:
      return `nvme virtual_function_set ${named} --visible=0`;
    default:
      return undefined;
  }
}

function subsystemOption(vsid: number, names: CommandLineNames): string {
  const nqn = names.virtualNqns?.get(vsid);
  return nqn === undefined ? `--vsid=${vsid}` : `--virtual_nqn=${quoted(nqn)}`;
}

function passthroughLine(command: AdminCommand, device: string): string {
  const { cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 } = command;
  const dwords = Object.entries({ cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 })
    .filter(([, value]) => value !== 0)
    .map(([key, value]) => ` --${key}=${hexadecimal(value >>> 0)}`)
    .join('');
  const start = `nvme admin-passthru ${device} --opcode=${hexadecimal(command.opcode)}${namespaceOption(command)}${dwords}`;
  const direction = dataDirection(command.opcode);
  if (direction === 'from-controller' && command.readLength > 0)
    return `${start} --data-len=${command.readLength} --read --raw-binary`;
  if (direction === 'to-controller' && command.data !== undefined && command.data.length > 0)
    return `${start} --data-len=${command.data.length} --write --input-file=data.bin`;
  return start;
}

function namespaceOption(command: AdminCommand): string {
  return command.nsid === 0 ? '' : ` --namespace-id=${command.nsid >>> 0}`;
}

/** Double quotes as in the proposal; what a shell would expand inside them is escaped. */
function quoted(text: string): string {
  return `"${text.replace(/["\\$`]/g, '\\$&')}"`;
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16)}`;
}
