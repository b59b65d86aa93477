/** PCI addresses such as `0000:41:00.0`: domain, bus, device 00-1f, function 0-7. */

export const pciAddressPattern = /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/;

/** Bus, device and function of `0000:41:00.0` as one 16-bit routing identifier. */
export function routingId(address: string): number {
  const [, bus = '0', rest = '0.0'] = address.split(':');
  const [device = '0', fn = '0'] = rest.split('.');
  return (Number.parseInt(bus, 16) << 8) | (Number.parseInt(device, 16) << 3) | Number.parseInt(fn, 16);
}

/**
 * Address of a virtual function: the physical function's routing identifier plus First VF Offset plus
 * (VFN - 1) × VF Stride. Undefined when that leaves the 16 bits of a PCI domain.
 */
export function virtualFunctionAddress(
  physicalFunction: string,
  sriov: { readonly vfOffset: number; readonly vfStride: number },
  vfn: number,
): string | undefined {
  const id = routingId(physicalFunction) + sriov.vfOffset + (vfn - 1) * sriov.vfStride;
  if (id > 0xffff) return undefined;
  const domain = physicalFunction.slice(0, 4);
  const hex = (value: number) => value.toString(16).padStart(2, '0');
  return `${domain}:${hex(id >> 8)}:${hex((id >> 3) & 0x1f)}.${id & 7}`;
}
