import { isSameNamespace, namespaceIdentifiers } from '#shared/fleet/rules/same-namespace.ts';
import type { Fleet, Namespace, SecondaryController } from '#shared/fleet/schema.ts';
import { controllerFullTitle, hexadecimalId, secondaryStateWords } from '#shared/fleet/selectors.ts';
import { isFreeDestination } from '#shared/migration/destination-rules.ts';
import { provisionableIds, withDestinations } from '#shared/migration/provisioned-destinations.ts';
import type { DeviceMapping } from '#shared/migration/request.ts';
import { needsCopy } from '#shared/migration/user-data/needs-copy.ts';
import type { SelectOption } from '../../../ui/controls/form.tsx';
import { formatCapacity } from '../../../ui/format.ts';

/**
 * The secondary controllers of a host that a device can map to; those taken by another device say by which. The one that is
 * chosen stays, also when it is no longer free, with what it is doing now.
 */
export function destinationControllerOptions(
  fleet: Fleet,
  hostId: string,
  devices: readonly DeviceMapping[],
  sourceId: string,
): readonly SelectOption<string>[] {
  // What the device has already stays on offer, although it is no longer free.
  const mine = devices.find((device) => device.sourceId === sourceId)?.destinationId;
  const existing = Object.values(fleet.controllers)
    .filter((controller): controller is SecondaryController => controller.role === 'secondary')
    .filter(
      (controller) =>
        controller.hostId === hostId && (isFreeDestination(fleet, controller) || controller.id === mine),
    )
    .map((controller) => {
      const taker = devices.find(
        (device) => device.destinationId === controller.id && device.sourceId !== sourceId,
      );
      const source = taker === undefined ? undefined : fleet.controllers[taker.sourceId];
      const state = isFreeDestination(fleet, controller)
        ? controller.online
          ? 'online'
          : 'offline'
        : secondaryStateWords(fleet, controller.id);
      return {
        value: controller.id,
        label: `${controllerFullTitle(fleet, controller)} · ${hexadecimalId(controller.cntlid)}`,
        ...(source === undefined
          ? { note: state }
          : { note: `taken by ${controllerFullTitle(fleet, source)}`, disabled: true }),
      };
    });
  return [...existing, ...provisionOptions(fleet, hostId, devices, sourceId)];
}

/** The next function that each primary of the host could provision; the migration does it first. */
function provisionOptions(
  fleet: Fleet,
  hostId: string,
  devices: readonly DeviceMapping[],
  sourceId: string,
): SelectOption<string>[] {
  const others = devices.filter((device) => device.sourceId !== sourceId);
  const mine = devices.find((device) => device.sourceId === sourceId)?.destinationId;
  return Object.values(fleet.controllers).flatMap((controller) => {
    if (controller.role !== 'primary' || controller.hostId !== hostId) return [];
    const free = provisionableIds(fleet, controller, controller.functions.maximumProvisioned);
    // What another device of this migration takes is no longer there for this one.
    const open = free.filter((id) => !others.some((device) => device.destinationId === id));
    const id = open.find((candidate) => candidate === mine) ?? open[0];
    if (id === undefined) return [];
    const cntlid = hexadecimalId(Number(id.slice(id.lastIndexOf('/') + 1)));
    return [
      {
        value: id,
        label: `New function ${cntlid} of ${controllerFullTitle(fleet, controller)}`,
        note: `provisioned by the migration, ${free.length} left`,
      },
    ];
  });
}

/** The namespaces of the destination subsystem that a source namespace can map to; the same data comes first. */
export function namespaceOptions(
  fleet: Fleet,
  destinationId: string,
  source: Namespace,
): readonly SelectOption<string>[] {
  const subsystemId = withDestinations(fleet, [{ destinationId }]).controllers[destinationId]?.subsystemId;
  const options = Object.values(fleet.namespaces)
    .filter((namespace) => namespace.subsystemId === subsystemId)
    .map((namespace) => ({ namespace, same: isSameNamespace(source, namespace) }))
    .sort((a, b) => Number(b.same) - Number(a.same) || a.namespace.nsid - b.namespace.nsid)
    .map(({ namespace, same }) => ({
      value: String(namespace.nsid),
      label: namespaceLabel(namespace),
      note: !same
        ? 'different data'
        : needsCopy(source, namespace)
          ? `${sameWords(source, namespace)}, other storage: copied`
          : sameWords(source, namespace),
    }));
  return [...options, { value: 'none', label: 'Not attached' }];
}

/** `same NGUID, EUI64`. */
function sameWords(source: Namespace, destination: Namespace): string {
  const equal = namespaceIdentifiers.filter(
    ({ key }) => source[key] !== '' && source[key] === destination[key],
  );
  return `same ${equal.map(({ name }) => name).join(', ')}`;
}

/** Whether the contents of a namespace are copied when it maps to the one with that NSID. */
export function isCopiedTo(
  fleet: Fleet,
  destinationId: string,
  source: Namespace,
  nsid: number | null,
): boolean {
  const subsystemId = withDestinations(fleet, [{ destinationId }]).controllers[destinationId]?.subsystemId;
  const destination = Object.values(fleet.namespaces).find(
    (namespace) => namespace.subsystemId === subsystemId && namespace.nsid === nsid,
  );
  return destination !== undefined && needsCopy(source, destination);
}

/** `n2 · 400 GB · shared`. */
export function namespaceLabel(namespace: Namespace): string {
  return [
    `n${namespace.nsid}`,
    formatCapacity(namespace.sizeBytes),
    namespace.shared ? 'shared' : 'private',
  ].join(' · ');
}
