import {
  blankPrimaryControllerCapabilities,
  encodePrimaryControllerCapabilities,
} from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import {
  encodeControllerList,
  maximumControllerIdentifiers,
} from '#shared/nvme/layouts/lists/controller-list.ts';
import {
  encodeSecondaryControllerList,
  maximumSecondaryControllerEntries,
} from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import type { Result } from '#shared/result.ts';
import { virtualIdentityOf } from '../../controller/virtual-identity.ts';
import { isPrimary, type SimulatedController } from '../../state/controller.ts';
import type { IdentifyAnswer } from './identify-answer.ts';
import { isValid } from './identify-namespaces.ts';

const allNamespaces = 0xffffffff;

/** Primary Controller Capabilities (CNS 14h). */
export function primaryCapabilities(controller: SimulatedController): IdentifyAnswer {
  const { part, cntlid } = controller;
  if (part.kind === 'primary') {
    const { vq, vi } = part;
    return own(
      encodePrimaryControllerCapabilities({
        ...blankPrimaryControllerCapabilities(),
        cntlid,
        crt: (vq.isFlexible ? 1 : 0) | (vi.isFlexible ? 2 : 0),
        vqfrt: vq.total,
        vqrfa: vq.assigned,
        vqrfap: vq.allocatedToPrimary,
        vqprt: vq.privateToPrimary,
        vqfrsm: vq.secondaryMaximum,
        vqgran: vq.granularity,
        vifrt: vi.total,
        virfa: vi.assigned,
        virfap: vi.allocatedToPrimary,
        viprt: vi.privateToPrimary,
        vifrsm: vi.secondaryMaximum,
        vigran: vi.granularity,
      }),
    );
  }
  // As QEMU fills the structure for controllers that are not primaries: what they have counts as private.
  const granularity = part.kind === 'plain' ? 1 : 0;
  return own(
    encodePrimaryControllerCapabilities({
      ...blankPrimaryControllerCapabilities(),
      cntlid,
      crt: 3,
      vqprt: part.kind === 'plain' ? part.queuePairs : part.vq,
      viprt: part.kind === 'plain' ? part.interruptVectors : part.vi,
      vqgran: granularity,
      vigran: granularity,
    }),
  );
}

/** Secondary Controller List (CNS 15h), identifiers from CNTID on. */
export function secondaryList(controller: SimulatedController, cntid: number): IdentifyAnswer {
  const secondaries = isPrimary(controller) ? controller.part.secondaries : [];
  const entries = [];
  for (const secondary of secondaries) {
    if (secondary.cntlid < cntid || secondary.part.kind !== 'secondary') continue;
    const { vfn, online, vq, vi } = secondary.part;
    entries.push({
      scid: secondary.cntlid,
      pcid: controller.cntlid,
      scs: online ? 1 : 0,
      vfn,
      nvq: vq,
      nvi: vi,
    });
  }
  const itself = isPrimary(controller) ? controller.part.listsItself : null;
  if (itself !== null && controller.cntlid >= cntid)
    entries.push({
      scid: controller.cntlid,
      pcid: controller.cntlid,
      scs: 1,
      vfn: 0,
      nvq: itself.vq,
      nvi: itself.vi,
    });
  entries.sort((left, right) => left.scid - right.scid);
  return own(
    encodeSecondaryControllerList({
      entries: entries.slice(0, maximumSecondaryControllerEntries),
      reserved: [],
    }),
  );
}

/**
 * Controller lists: all of the NVM subsystem (CNS 13h), or those attached to a namespace (CNS 12h). A member of a
 * virtual subsystem sees the virtual subsystem's controllers by their virtual identifiers and nobody else.
 */
export function controllerList(
  controller: SimulatedController,
  cntid: number,
  nsid: number | undefined,
): IdentifyAnswer {
  const { subsystem } = controller;
  if (!subsystem.controllerLists || nsid === allNamespaces) return 'invalidField';
  if (nsid !== undefined && !isValid(controller, nsid)) return 'invalidNamespace';
  // A namespace that is not allocated is attached to nobody.
  const attached = nsid === undefined ? undefined : (subsystem.namespaces.get(nsid)?.attachedTo ?? new Set());
  const virtual = virtualIdentityOf(controller);
  const identifiers: number[] = [];
  if (virtual) {
    const { members, primaryVirtualId } = virtual.virtualSubsystem;
    if (attached === undefined) identifiers.push(primaryVirtualId);
    for (const [cntlid, vcid] of members)
      if (attached === undefined || attached.has(cntlid)) identifiers.push(vcid);
    identifiers.sort((left, right) => left - right);
  } else {
    for (const other of subsystem.controllers.values())
      if (other.isPresent && (attached === undefined || attached.has(other.cntlid)))
        identifiers.push(other.cntlid);
  }
  return own(
    encodeControllerList({
      identifiers: identifiers.filter((id) => id >= cntid).slice(0, maximumControllerIdentifiers),
      reserved: [],
    }),
  );
}

// Values come from checked state, so encoding them cannot fail unless the simulator itself is wrong.
function own(encoded: Result<Uint8Array>): Uint8Array {
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}
