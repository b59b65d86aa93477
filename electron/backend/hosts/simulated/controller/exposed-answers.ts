import type { ExposedCapabilityWire } from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import {
  isMaskedOut,
  narrowedCap,
  narrowedFormats,
  narrowedResources,
} from '#shared/virtual-subsystem/mask/answer-masks.ts';
import {
  type ExposedCapability,
  exposedFromWire,
} from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import type { ControllerResources, SimulatedController } from '../state/controller.ts';
import { virtualIdentityOf } from './virtual-identity.ts';

/*
 * What the mask of a virtual subsystem does to the answers of its members outside Identify Controller. A controller that
 * is no member answers as its hardware does.
 */

const noMask: readonly ExposedCapability[] = [];
/** A mask is replaced as a whole, never changed, so that it is translated once. */
const translated = new WeakMap<readonly ExposedCapabilityWire[], readonly ExposedCapability[]>();

function maskOf(controller: SimulatedController): readonly ExposedCapability[] {
  const wire = virtualIdentityOf(controller)?.virtualSubsystem.exposedCapabilities;
  if (wire === undefined || wire.length === 0) return noMask;
  const known = translated.get(wire);
  if (known !== undefined) return known;
  const mask = wire.map(exposedFromWire);
  translated.set(wire, mask);
  return mask;
}

/** CAP as the controller shows it. */
export function shownCap(controller: SimulatedController): bigint {
  return narrowedCap(maskOf(controller), controller.cap);
}

/** What the controller was assigned, as far as its virtual subsystem shows it. */
export function shownResources(controller: SimulatedController): ControllerResources {
  const mask = maskOf(controller);
  const own = controller.ownResources;
  return mask.length === 0 ? own : narrowedResources(mask, own);
}

/** Identify Namespace with the LBA formats that the controller shows. */
export function shownFormats(controller: SimulatedController, identifyNamespace: Uint8Array): Uint8Array {
  return narrowedFormats(maskOf(controller), identifyNamespace);
}

/** Whether the mask takes a log page away: it is answered like one that the drive does not have. */
export function isLogPageHidden(controller: SimulatedController, lid: number): boolean {
  return isMaskedOut(maskOf(controller), 'log-pages', lid);
}

/** Whether the mask takes a feature away: Get and Set Features refuse it. */
export function isFeatureHidden(controller: SimulatedController, fid: number): boolean {
  return isMaskedOut(maskOf(controller), 'features', fid);
}
