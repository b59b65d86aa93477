import {
  decodeIdentifyController,
  type IdentifyController,
} from '#shared/nvme/layouts/identify/identify-controller.ts';
import { shownCap } from '../controller/exposed-answers.ts';
import { identifyController, shownControllerId } from '../controller/shown-identity.ts';
import { kernelSuccess } from '../host/errno.ts';
import type { SimulatedKernel } from '../host/kernel.ts';
import { namespaceDevices, sharesNamespaces } from '../host/namespace-devices.ts';
import type { PciFunction } from '../host/pci-function.ts';
import type { SimulatedController } from '../state/controller.ts';
import { blockFolder } from './block-folder.ts';
import { folder, link, notSimulated, readable, type SysfsFolder, writable } from './node.ts';
import { devicePlace, functionPlace, isOnPci, linkTo } from './places.ts';

const beyond = notSimulated(['dev', 'hwmon', 'passthru_err_log_enabled', 'power', 'uevent']);

/** SQSIZE of the nvme driver's I/O queues, entries less one: its `io_queue_depth` is 1024 unless it is set. */
const largestQueue = 1023;

/** Folder of `nvmeN`, `/sys/class/nvme/nvme0`. */
export function deviceFolder(kernel: SimulatedKernel, entry: PciFunction, name: string): SysfsFolder {
  const { controller } = entry;
  const place = devicePlace(entry, name);
  const blocks = sharesNamespaces(controller)
    ? []
    : namespaceDevices(kernel).filter(({ controllers }) => controllers.includes(name));
  return folder({
    ...beyond,
    address: () => readable(() => entry.address),
    cntlid: () => readable(() => String(shownControllerId(controller))),
    cntrltype: () => readable(() => 'io'),
    dctype: () => readable(() => 'none'),
    device: isOnPci(entry) ? () => link(linkTo(functionPlace(entry), place)) : undefined,
    firmware_rev: () => readable(() => identityText(controller, 'fr')),
    kato: () => readable(() => '0'),
    model: () => readable(() => identityText(controller, 'mn')),
    numa_node: () => readable(() => '-1'),
    queue_count: () =>
      readable(() => String(controller.hasLiveState ? controller.live.submissionQueues.size + 1 : 0)),
    rescan_controller: () => writable(() => kernelSuccess),
    reset_controller: () => writable(() => kernel.controllerReset(entry)),
    serial: () => readable(() => identityText(controller, 'sn')),
    sqsize: () => readable(() => String(Math.min(Number(shownCap(controller) & 0xffffn), largestQueue))),
    state: () => readable(() => 'live'),
    subsysnqn: () => readable(() => identityText(controller, 'subnqn')),
    subsystem: () => link(linkTo('class/nvme', place)),
    transport: () => readable(() => entry.transport),
    ...Object.fromEntries(blocks.map((block) => [block.name, () => blockFolder(block)])),
  });
}

/** A text of Identify Controller as the driver keeps it, without its padding. */
export function identityText(
  controller: SimulatedController,
  key: keyof IdentifyController & ('sn' | 'mn' | 'fr' | 'subnqn'),
): string {
  const decoded = decodeIdentifyController(identifyController(controller));
  return decoded.ok ? (String(decoded.value[key]).split('\0', 1)[0]?.trimEnd() ?? '') : '';
}
