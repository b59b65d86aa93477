import type {
  Controller,
  Fleet,
  Host,
  Namespace,
  PlainController,
  PrimaryController,
  SecondaryController,
  VirtualMachine,
} from '#shared/fleet/schema.ts';
import { controllerTitle, functionCountWords } from '#shared/fleet/selectors.ts';
import { formatCapacity, formatHex, formatMemory } from '../ui/format.ts';

/** Names of controllers in a chip before it says their number instead. */
const namesInChip = 3;

/** `20 · VF3`: virtual controller id and the secondary behind it. */
export function slotText(secondary: SecondaryController | undefined, virtualControllerId: number): string {
  const name = secondary === undefined ? 'missing' : cellTitle(secondary).replace(' ', '');
  return `${virtualControllerId} · ${name}`;
}

/** `n2 · 400 GB · VF3 VF4`: the namespace with the controllers of this host that it is attached to. */
export function namespaceText(fleet: Fleet, namespace: Namespace, hostId: string): string {
  const here = namespace.attachedTo
    .map((id) => fleet.controllers[id])
    .filter((controller) => controller !== undefined && controller.hostId === hostId);
  const secondaries = here.filter((controller) => controller?.role === 'secondary');
  const names = secondaries.map((controller) =>
    controller === undefined ? '' : cellTitle(controller).replace(' ', ''),
  );
  const attached =
    names.length === 0
      ? here.length === 0
        ? 'not attached here'
        : ''
      : names.length > namesInChip
        ? `${names.length} VFs`
        : names.join(' ');
  return [
    `n${namespace.nsid}`,
    namespace.sizeBytes === '0' ? 'size unknown' : formatCapacity(namespace.sizeBytes),
    ...(namespace.shared ? ['shared'] : []),
    ...(attached === '' ? [] : [attached]),
  ].join(' · ');
}

/** `Linux 6.8 · iommufd · P2P · 25 GbE`. */
export function hostText(host: Host): string {
  // As network cards are named: bits, not bytes.
  const gigabits = (host.linkBytesPerSecond * 8) / 1e9;
  return [
    host.kernel === '' ? '' : `Linux ${host.kernel}`,
    host.iommu,
    host.vfioFlags.p2p ? 'P2P' : '',
    gigabits > 0 ? `${Number(gigabits.toFixed(1))} GbE` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** `8 vCPU · 32 GiB · running`. */
export function machineText(machine: VirtualMachine): string {
  return `${machine.vcpus} vCPU · ${formatMemory(machine.memoryBytes)} · ${machine.state}`;
}

/** `/dev/nvme1`, or the address when no driver is bound. */
export function deviceText(controller: PrimaryController | PlainController): string {
  return controller.deviceName === null
    ? (controller.pciAddress ?? formatHex(controller.cntlid))
    : `/dev/${controller.deviceName}`;
}

/** `0000:41:00.0 · 32 of 127 VFs`. */
export function primaryText(primary: PrimaryController): string {
  const flexible = primary.vq.supported || primary.vi.supported;
  return [
    primary.deviceName === null ? '' : (primary.pciAddress ?? ''),
    functionCountWords(primary),
    flexible ? '' : 'no flexible resources',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** Second line of a cell: the flexible resources that the secondary holds. */
export function cellText(nvq: number, nvi: number): string {
  if (nvq === 0 && nvi === 0) return '—';
  const text = `${nvq}q ${nvi}i`;
  return text.length > 6 ? text.replace(' ', '') : text;
}

/** `VF 12`, or the CNTLID of a provisioned function: what fits into a cell. */
export function cellTitle(controller: Controller): string {
  return controller.role === 'secondary' && controller.functionKind === 'siov'
    ? `0x${controller.cntlid.toString(16)}`
    : controllerTitle(controller);
}
