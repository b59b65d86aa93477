import type { OfferedCapabilities } from '#shared/fleet/offered-capabilities.ts';
import { hexadecimal } from '#shared/hexadecimal.ts';
import type { OfferedCapabilitiesWire } from '#shared/nvme/layouts/proposal/virtual-subsystem-offered.ts';

/** What the secondaries of a primary can show, as the fleet holds it. */
export function offeredOf(read: OfferedCapabilitiesWire): OfferedCapabilities {
  return {
    ioQueuePairs: read.ioqp,
    interruptVectors: read.intv,
    cap: hexadecimal(read.cap),
    logPages: numbersIn(read.logs),
    features: numbersIn(read.feats),
    lbaFormats: read.formats.map(({ ms, ds, rp }) => ({
      metadataSize: ms,
      dataSizeExponent: ds,
      relativePerformance: rp,
    })),
    pci: {
      vendorId: read.vid,
      deviceId: read.did,
      subsystemVendorId: read.ssvid,
      subsystemId: read.ssid,
      revision: read.rid,
      classCode: read.cc,
    },
  };
}

function numbersIn(bitmap: Uint8Array): number[] {
  return Array.from({ length: bitmap.length * 8 }, (_, number) => number).filter(
    (number) => (((bitmap[number >> 3] ?? 0) >> (number & 7)) & 1) === 1,
  );
}
