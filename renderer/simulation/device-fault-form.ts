import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { unreachable } from '#shared/result.ts';
import type { DeviceFault } from '#shared/simulation/device-faults.ts';
import { wholeNumber } from '../ui/whole-number.ts';

/** The faults as people choose them; the states of a link are one each. */
export type DeviceFaultKind =
  | Exclude<DeviceFault['kind'], 'link'>
  | 'link-down'
  | 'link-slow'
  | 'link-flapping'
  | 'link-up';

/** In the order in which they are offered; the first that fits the object is chosen at first. */
export const deviceFaultKinds: readonly { readonly value: DeviceFaultKind; readonly label: string }[] = [
  { value: 'controller-fatal', label: 'Controller fatal status' },
  { value: 'function-reset', label: 'Function level reset' },
  { value: 'drive-power-loss', label: 'Power loss of a drive' },
  { value: 'host-power-loss', label: 'Power loss of a host' },
  { value: 'remove-namespace', label: 'Namespace removed' },
  { value: 'steal-resources', label: 'Flexible resources taken away' },
  { value: 'link-down', label: 'Migration link down' },
  { value: 'link-slow', label: 'Migration link slow' },
  { value: 'link-flapping', label: 'Migration link flapping' },
  { value: 'link-up', label: 'Migration link up again' },
];

/** What the form of a device fault holds: texts as they are typed, those of other kinds included. */
export interface DeviceFaultForm {
  readonly kind: DeviceFaultKind;
  /** Id of a controller, host or namespace, as the kind asks for; empty when the fleet has none. */
  readonly objectId: string;
  readonly resource: 'vq' | 'vi';
  /** Resources taken at most, 1 to 65,535. */
  readonly count: string;
  /** Of the link's own speed, 1 to 100. */
  readonly percent: string;
  /** Milliseconds of simulated time that the link works, 1 to 86,400,000. */
  readonly up: string;
  /** Milliseconds of simulated time that it does not, 1 to 86,400,000. */
  readonly down: string;
}

interface Choosable {
  readonly value: string;
  readonly label: string;
}

/** What a fault can happen to. */
export function deviceFaultTargets(fleet: Fleet, kind: DeviceFaultKind): readonly Choosable[] {
  switch (kind) {
    case 'host-power-loss':
    case 'link-down':
    case 'link-slow':
    case 'link-flapping':
    case 'link-up':
      return Object.values(fleet.hosts).map(({ id, name }) => ({ value: id, label: name }));
    case 'remove-namespace':
      return Object.values(fleet.namespaces).map(({ id, nsid, subsystemId }) => ({
        value: id,
        label: `Namespace ${nsid} of ${fleet.subsystems[subsystemId]?.nqn ?? subsystemId}`,
      }));
    case 'controller-fatal':
    case 'function-reset':
    case 'drive-power-loss':
    case 'steal-resources':
      return Object.values(fleet.controllers)
        .filter(({ role }) => (kind === 'steal-resources' ? role === 'primary' : true))
        .filter(({ role }) => (kind === 'drive-power-loss' ? role !== 'secondary' : true))
        .filter(({ pciAddress }) => (kind === 'function-reset' ? pciAddress !== null : true))
        .map((controller) => ({ value: controller.id, label: controllerFullTitle(fleet, controller) }));
    default:
      return unreachable(kind);
  }
}

/** A form for the object that a fault was asked for, with the first kind of fault that can happen to it. */
export function emptyDeviceFaultForm(fleet: Fleet, objectId: string | null): DeviceFaultForm {
  const fitting = (kind: DeviceFaultKind) =>
    deviceFaultTargets(fleet, kind).some(({ value }) => value === objectId);
  const kind = deviceFaultKinds.find(({ value }) => fitting(value))?.value ?? 'controller-fatal';
  const first = deviceFaultTargets(fleet, kind)[0]?.value ?? '';
  return {
    kind,
    objectId: objectId !== null && fitting(kind) ? objectId : first,
    resource: 'vq',
    count: '1',
    percent: '10',
    up: '500',
    down: '500',
  };
}

/** Another kind keeps the object where it can happen to it too. */
export function withKind(fleet: Fleet, form: DeviceFaultForm, kind: DeviceFaultKind): DeviceFaultForm {
  const targets = deviceFaultTargets(fleet, kind);
  const stays = targets.some(({ value }) => value === form.objectId);
  return { ...form, kind, objectId: stays ? form.objectId : (targets[0]?.value ?? '') };
}

/** The fault that the form describes, or why it is none yet. */
export function readDeviceFaultForm(form: DeviceFaultForm): DeviceFault | string {
  const { kind, objectId } = form;
  if (objectId === '') return 'Nothing in this fleet can have this fault.';
  switch (kind) {
    case 'controller-fatal':
    case 'function-reset':
    case 'drive-power-loss':
      return { kind, controllerId: objectId };
    case 'host-power-loss':
      return { kind, hostId: objectId };
    case 'remove-namespace':
      return { kind, namespaceId: objectId };
    case 'steal-resources': {
      const count = whole(form.count, 0xffff);
      return count === null
        ? 'At most: enter a whole number from 1 to 65535.'
        : { kind, controllerId: objectId, resource: form.resource, count };
    }
    case 'link-down':
      return { kind: 'link', hostId: objectId, state: { kind: 'down' } };
    case 'link-up':
      return { kind: 'link', hostId: objectId, state: { kind: 'up', share: 1 } };
    case 'link-slow': {
      const percent = whole(form.percent, 100);
      return percent === null
        ? 'Percent of the link speed: enter a whole number from 1 to 100.'
        : { kind: 'link', hostId: objectId, state: { kind: 'up', share: percent / 100 } };
    }
    case 'link-flapping': {
      const upMilliseconds = whole(form.up, 86_400_000);
      const downMilliseconds = whole(form.down, 86_400_000);
      return upMilliseconds === null || downMilliseconds === null
        ? 'Up and down: enter milliseconds from 1 to 86400000.'
        : { kind: 'link', hostId: objectId, state: { kind: 'flapping', upMilliseconds, downMilliseconds } };
    }
    default:
      return unreachable(kind);
  }
}

/** A whole number of at least 1. */
function whole(text: string, largest: number): number | null {
  const number = wholeNumber(text, largest);
  return number === 0 ? null : number;
}
