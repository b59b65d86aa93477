import type { Controller, Fleet, FleetCollection } from './schema.ts';
import { controllerFullTitle, hexadecimalId, hostTitle, virtualSubsystemTitle } from './selectors.ts';

export interface SearchHit {
  readonly collection: FleetCollection;
  readonly id: string;
  /** What the person sees: `VF 12 of hv-a/nvme1`. */
  readonly title: string;
  /** The text that matched, for example the serial number. */
  readonly matched: string;
}

interface Searchable extends Omit<SearchHit, 'matched'> {
  readonly texts: readonly (string | null | undefined)[];
}

/**
 * Objects whose name, address, NQN, serial number or identifier contains every word of `text`, ignoring case;
 * objects whose title starts with the text come first. Empty text finds nothing.
 */
export function searchFleet(fleet: Fleet, text: string): SearchHit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits: SearchHit[] = [];
  for (const { texts, ...object } of searchables(fleet)) {
    const known = texts.filter((entry) => entry !== null && entry !== undefined && entry !== '');
    const all = [object.title, ...known].join('\n').toLowerCase();
    if (!words.every((word) => all.includes(word))) continue;
    const first = words[0] ?? '';
    const matched = [object.title, ...known].find((entry) => entry?.toLowerCase().includes(first));
    hits.push({ ...object, matched: matched ?? object.title });
  }
  const start = text.trim().toLowerCase();
  const rank = (hit: SearchHit) => (hit.title.toLowerCase().startsWith(start) ? 0 : 1);
  return hits.sort((left, right) => rank(left) - rank(right));
}

function* searchables(fleet: Fleet): Generator<Searchable> {
  for (const host of Object.values(fleet.hosts))
    yield {
      collection: 'hosts',
      id: host.id,
      title: host.name,
      texts: [host.id, host.kernel, host.iommu, host.platform.qemu],
    };
  for (const machine of Object.values(fleet.virtualMachines))
    yield {
      collection: 'virtualMachines',
      id: machine.id,
      title: machine.name,
      texts: [hostTitle(fleet, machine.hostId), machine.state],
    };
  for (const virtual of Object.values(fleet.virtualSubsystems))
    yield {
      collection: 'virtualSubsystems',
      id: virtual.id,
      title: virtualSubsystemTitle(virtual),
      texts: [virtual.nqn, virtual.identity.serialNumber, hostTitle(fleet, virtual.hostId)],
    };
  for (const controller of Object.values(fleet.controllers))
    yield {
      collection: 'controllers',
      id: controller.id,
      title: controllerFullTitle(fleet, controller),
      texts: controllerTexts(fleet, controller),
    };
  for (const namespace of Object.values(fleet.namespaces))
    yield {
      collection: 'namespaces',
      id: namespace.id,
      title: `Namespace ${namespace.nsid}`,
      texts: [namespace.subsystemId, namespace.nguid, namespace.eui64, namespace.uuid],
    };
  for (const subsystem of Object.values(fleet.subsystems))
    yield { collection: 'subsystems', id: subsystem.id, title: subsystem.nqn, texts: [] };
}

function controllerTexts(fleet: Fleet, controller: Controller): (string | null | undefined)[] {
  const texts = [
    controller.pciAddress,
    controller.deviceName,
    controller.driver,
    hexadecimalId(controller.cntlid),
    controller.identity?.serialNumber,
    controller.identity?.modelNumber,
    controller.identity?.subsystemNqn,
  ];
  if (controller.role !== 'secondary') return texts;
  const virtual = fleet.virtualSubsystems[controller.virtualSubsystemId ?? ''];
  const machine = fleet.virtualMachines[controller.virtualMachineId ?? ''];
  return [...texts, controller.online ? 'online' : 'offline', virtual?.nqn, machine?.name];
}
