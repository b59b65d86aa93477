import type { AdminCommand } from '../command.ts';
import { type NvmeCliLine, nvmeCliLine } from '../nvme-cli/nvme-cli-line.ts';
import { bits, type CommandValues, nsid } from './command-codec.ts';
import { defineCommand } from './define-command.ts';
import { identifierText, type NamedValue, selected } from './named-value.ts';
import { unlessZero } from './option-text.ts';

/** Identify, CDW10 7:0: Controller or Namespace Structure (NVMe Base 2.1, 5.1.13). */
export const identifyStructures = {
  namespace: { value: 0x00, title: 'Namespace' },
  controller: { value: 0x01, title: 'Controller' },
  activeNamespaces: { value: 0x02, title: 'Active Namespace List' },
  namespaceDescriptors: { value: 0x03, title: 'Namespace Identification Descriptors' },
  nvmSetList: { value: 0x04, title: 'NVM Set List' },
  commandSetNamespace: { value: 0x05, title: 'I/O Command Set Namespace' },
  commandSetController: { value: 0x06, title: 'I/O Command Set Controller' },
  commandSetActiveNamespaces: { value: 0x07, title: 'I/O Command Set Active Namespace List' },
  independentNamespace: { value: 0x08, title: 'I/O Command Set Independent Namespace' },
  allocatedNamespaces: { value: 0x10, title: 'Allocated Namespace List' },
  allocatedNamespace: { value: 0x11, title: 'Allocated Namespace' },
  attachedControllers: { value: 0x12, title: 'Controllers Attached to Namespace' },
  controllers: { value: 0x13, title: 'Controller List' },
  primaryControllerCapabilities: { value: 0x14, title: 'Primary Controller Capabilities' },
  secondaryControllers: { value: 0x15, title: 'Secondary Controller List' },
  namespaceGranularity: { value: 0x16, title: 'Namespace Granularity List' },
  uuidList: { value: 0x17, title: 'UUID List' },
  domainList: { value: 0x18, title: 'Domain List' },
  enduranceGroupList: { value: 0x19, title: 'Endurance Group List' },
  commandSets: { value: 0x1c, title: 'I/O Command Sets' },
  underlyingNamespaces: { value: 0x1d, title: 'Underlying Namespace List' },
  ports: { value: 0x1e, title: 'Ports List' },
  controllerStateFormats: { value: 0x20, title: 'Supported Controller State Formats' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Bytes of every structure that Identify answers. */
export const identifyLength = 4096;

const fields = {
  nsid,
  cns: bits('cdw10', 7, 0),
  cntid: bits('cdw10', 31, 16),
  /** CNS Specific Identifier. */
  cnssid: bits('cdw11', 15, 0),
  csi: bits('cdw11', 31, 24),
  uidx: bits('cdw14', 6, 0),
};

/** Identify (NVMe Base 2.1, 5.1.13). */
export const identify = defineCommand({
  opcode: 0x06,
  name: 'Identify',
  clause: 'NVMe Base 2.1, 5.1.13',
  fields,
  words: (values) => [
    selected(identifyStructures, values.cns, 'CNS'),
    [
      ...(values.nsid === 0 ? [] : [`NSID ${values.nsid}`]),
      ...(values.cntid === 0 && !isListedByController(values.cns)
        ? []
        : [`CNTID ${identifierText(values.cntid)}`]),
      ...(values.csi === 0 ? [] : [`CSI ${values.csi}`]),
    ].join(' '),
  ],
  line,
});

/** The command that asks for a structure of 4096 bytes. */
export function identifyCommand(
  structure: NamedValue,
  values: { readonly nsid?: number; readonly cntid?: number; readonly csi?: number } = {},
): AdminCommand {
  return identify.encode({ cns: structure.value, ...values }, { readLength: identifyLength });
}

function isListedByController(cns: number): boolean {
  const { attachedControllers, controllers, primaryControllerCapabilities, secondaryControllers } =
    identifyStructures;
  return [attachedControllers, controllers, primaryControllerCapabilities, secondaryControllers].some(
    (structure) => structure.value === cns,
  );
}

function line(values: CommandValues<typeof fields>): NvmeCliLine | undefined {
  if (values.csi !== 0 || values.uidx !== 0 || values.cnssid !== 0) return undefined;
  const named = namespaceLine(values) ?? controllerLine(values);
  return named;
}

/** Structures that a namespace, or the place in the list of namespaces, chooses. */
function namespaceLine({ cns, nsid: of, cntid }: CommandValues<typeof fields>): NvmeCliLine | undefined {
  if (cns === identifyStructures.attachedControllers.value)
    return of === 0 ? undefined : nvmeCliLine('list-ctrl', { cntid: unlessZero(cntid), 'namespace-id': of });
  if (cntid !== 0) return undefined;
  switch (cns) {
    case identifyStructures.namespace.value:
      return of === 0 ? undefined : nvmeCliLine('id-ns', { 'namespace-id': of });
    case identifyStructures.allocatedNamespace.value:
      return of === 0 ? undefined : nvmeCliLine('id-ns', { 'namespace-id': of, force: true });
    case identifyStructures.namespaceDescriptors.value:
      return of === 0 ? undefined : nvmeCliLine('ns-descs', { 'namespace-id': of });
    // nvme-cli sends the NSID less one, because the list starts behind it.
    case identifyStructures.activeNamespaces.value:
      return of === 0xffffffff ? undefined : nvmeCliLine('list-ns', { 'namespace-id': of + 1 });
    case identifyStructures.allocatedNamespaces.value:
      return of === 0xffffffff ? undefined : nvmeCliLine('list-ns', { 'namespace-id': of + 1, all: true });
    default:
      return undefined;
  }
}

/** Structures of the controller that answers, or lists that start at a controller. */
function controllerLine({ cns, nsid: of, cntid }: CommandValues<typeof fields>): NvmeCliLine | undefined {
  if (of !== 0) return undefined;
  switch (cns) {
    case identifyStructures.controller.value:
      return cntid === 0 ? nvmeCliLine('id-ctrl') : undefined;
    case identifyStructures.controllers.value:
      return nvmeCliLine('list-ctrl', { cntid: unlessZero(cntid) });
    case identifyStructures.primaryControllerCapabilities.value:
      return nvmeCliLine('primary-ctrl-caps', { cntlid: unlessZero(cntid) });
    case identifyStructures.secondaryControllers.value:
      return nvmeCliLine('list-secondary', { cntid: unlessZero(cntid) });
    default:
      return undefined;
  }
}
