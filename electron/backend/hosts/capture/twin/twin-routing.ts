import { routingId, virtualFunctionAddress } from '#shared/fleet-file/host/pci-address.ts';
import type { CapturedController } from '../snapshot.ts';
import { note, type TwinContext } from './twin-context.ts';
import { twinDevice } from './twin-profile.ts';

/** First VF Offset and VF Stride of an SR-IOV capability. */
export interface Routing {
  readonly vfOffset: number;
  readonly vfStride: number;
}

/**
 * Where the virtual functions of a physical one are: as sysfs has offset and stride, else as the functions themselves lie.
 * Where some of them would fall on another function or off the bus, the next place where all fit.
 */
export function twinRouting(context: TwinContext, controller: CapturedController, totalVfs: number): Routing {
  const recorded = seenRouting(context, controller) ?? {
    vfOffset:
      (controller.function?.routingRecorded === false ? twinDevice(controller)?.vfOffset : null) ??
      (controller.function?.vfRouting?.vfOffset || 1),
    vfStride: controller.function?.vfRouting?.vfStride || 1,
  };
  if (claim(context, controller.address, recorded, totalVfs)) return recorded;
  for (let vfOffset = 1; vfOffset <= 0xffff; vfOffset++) {
    const routing = { vfOffset, vfStride: 1 };
    if (!claim(context, controller.address, routing, totalVfs)) continue;
    note(context, {
      source: 'sysfs-pci.tsv',
      field: `${controller.address}/sriov_offset`,
      message: `${totalVfs} virtual functions of ${controller.address} do not fit at offset ${recorded.vfOffset} and stride ${recorded.vfStride}; the twin has them at offset ${vfOffset} and stride 1`,
    });
    return routing;
  }
  return recorded;
}

/** By the addresses of VF 1 and one more. */
function seenRouting(context: TwinContext, { address }: CapturedController): Routing | null {
  const functions = context.virtualFunctions.get(address);
  const first = functions?.get(1);
  if (first === undefined) return null;
  const vfOffset = routingId(first.address) - routingId(address);
  const [other] = [...(functions ?? [])].filter(([vfn]) => vfn > 1);
  const distance = other === undefined ? 1 : routingId(other[1].address) - routingId(first.address);
  const vfStride = other === undefined ? 1 : distance / (other[0] - 1);
  return vfOffset >= 1 && Number.isInteger(vfStride) && vfStride >= 1 ? { vfOffset, vfStride } : null;
}

/** Takes the addresses of all virtual functions, if none of them has another owner. */
function claim(context: TwinContext, physical: string, routing: Routing, totalVfs: number): boolean {
  const wanted: string[] = [];
  for (let vfn = 1; vfn <= totalVfs; vfn++) {
    const address = virtualFunctionAddress(physical, routing, vfn);
    if (address === undefined || context.addresses.has(address)) return false;
    wanted.push(address);
  }
  for (const address of wanted) context.addresses.add(address);
  return true;
}
