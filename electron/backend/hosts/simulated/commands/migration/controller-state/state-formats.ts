import { encodeControllerStateFormats } from '#shared/nvme/layouts/controller-state/controller-state-formats.ts';

/** Version 0 of the NVMe-defined part, at index 1. */
const stateVersions = [0] as const;

/** UUID of the vendor part that `vendor-state.ts` lays out, at index 1. */
export const vendorStateUuid = '6f2f0d5e-8a1b-4c57-9d1e-3b6a52c4e701';

/** Supported Controller State Formats (CNS 20h). */
export function controllerStateFormats(): Uint8Array {
  const encoded = encodeControllerStateFormats({
    versions: [...stateVersions],
    uuids: [vendorStateUuid],
    reserved: [],
  });
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}

/** CSVI and CSUUIDI count from 1; 0 means that the part is left out. */
export function areFormatsKnown(csvi: number, csuuidi: number): boolean {
  return csvi <= stateVersions.length && csuuidi <= 1;
}
