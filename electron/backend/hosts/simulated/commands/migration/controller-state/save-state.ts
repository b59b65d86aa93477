import { encodeControllerState } from '#shared/nvme/layouts/controller-state/controller-state.ts';
import type { SimulatedController } from '../../../state/controller.ts';
import { encodeVendorState } from './vendor-state.ts';

const noNguid = '0'.repeat(32);

/** The Controller State structure of a controller as it is now (NVMe Base 2.1, 5.1.16). */
export function saveState(
  controller: SimulatedController,
  parts: { readonly nvme: boolean; readonly vendor: boolean },
): Uint8Array {
  const { live, subsystem } = controller;
  const vendor = encodeVendorState({
    properties: live.properties,
    admin: live.admin,
    outstandingEvents: live.events.outstanding,
    hostIdentifier: live.hostIdentifier,
    features: live.features,
    pendingEvents: live.events.pending,
    maskedEvents: live.events.masked,
    vectors: live.vectors,
    namespaces: subsystem.attachedTo(controller.cntlid).map((nsid) => ({
      nsid,
      nguid: subsystem.namespaces.get(nsid)?.file.nguid || noNguid,
    })),
    changedNamespaces: [...live.changedNamespaces],
    timestampOffset: live.timestampOffset,
    health: controller.health,
  });
  const encoded = encodeControllerState({
    suspended: controller.suspended,
    ...(parts.nvme
      ? {
          nvme: {
            submissionQueues: [...live.submissionQueues.values()],
            completionQueues: [...live.completionQueues.values()],
          },
        }
      : {}),
    vendor: parts.vendor ? vendor : new Uint8Array(),
    reserved: [],
  });
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}
