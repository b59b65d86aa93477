import { fail, type Result, succeed } from '../../../result.ts';
import { rangeFailure } from '../../byte-view.ts';
import {
  decodeFields,
  encodeFields,
  fieldsOf,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../../layout.ts';
import {
  decodeNvmeControllerState,
  encodeNvmeControllerState,
  type NvmeControllerState,
  nvmeControllerStateLength,
} from './controller-state-queues.ts';

/** Bytes of the header; Migration Receive of these tells how much more there is to read. */
export const controllerStateHeaderLength = 48;
const structure = 'Controller State';

/** Header of the Controller State (NVMe Base 2.1, 5.1.17, Get Controller State). Sizes are in dwords, 128 bits wide. */
export const controllerStateHeaderFields = fieldsOf('NVMe Base 2.1, 5.1.17 (Controller State)', [
  ['ver', 0, 2, 'unsigned', 'Version', { maximum: 0 }],
  [
    'csattr',
    2,
    1,
    'unsigned',
    'Controller State Attributes',
    { bits: [{ bit: 0, mnemonic: 'CSUP', title: 'The controller was suspended' }] },
  ],
  ['nvmecss', 16, 16, 'big', 'NVMe Controller State Size in dwords'],
  ['vss', 32, 16, 'big', 'Vendor Specific Size in dwords'],
]);

/** What a controller saved of itself, as Migration Receive reads it and Migration Send loads it. */
export interface ControllerState {
  /** Whether the controller was suspended during the whole read; only then is the state consistent. */
  readonly suspended: boolean;
  /** The NVMe-defined part; absent when CSVI was 0 and NVMECSS is 0. */
  readonly nvme?: NvmeControllerState;
  /** The vendor-specific part, a multiple of 4 bytes; empty when CSUUIDI was 0. */
  readonly vendor: Uint8Array;
  readonly reserved: readonly ReservedByte[];
}

/** Where the parts of a Controller State end, in bytes from its start. */
export interface ControllerStateExtent {
  readonly suspended: boolean;
  readonly nvmeEnd: number;
  readonly totalLength: number;
}

/** Reads the header of at least 48 bytes and tells the length of the whole. */
export function decodeControllerStateExtent(bytes: Uint8Array): Result<ControllerStateExtent> {
  const header = decodeFields(structure, controllerStateHeaderFields, bytes);
  if (!header.ok) return header;
  const { csattr, nvmecss, vss } = header.value;
  const total = BigInt(controllerStateHeaderLength) + 4n * (nvmecss + vss);
  // Offsets in the commands are 64 bits, but nothing that a program could hold is longer than this.
  if (total > BigInt(Number.MAX_SAFE_INTEGER))
    return rangeFailure(
      'device-data',
      { structure, field: 'NVMECSS and VSS', offset: 16, size: 32 },
      `${total} bytes cannot be held`,
    );
  return succeed({
    suspended: csattr % 2 === 1,
    nvmeEnd: controllerStateHeaderLength + 4 * Number(nvmecss),
    totalLength: Number(total),
  });
}

/** Decodes a whole Controller State; refuses any length but the one that its header says. */
export function decodeControllerState(bytes: Uint8Array): Result<ControllerState> {
  const extent = decodeControllerStateExtent(bytes);
  if (!extent.ok) return extent;
  const { suspended, nvmeEnd, totalLength } = extent.value;
  if (bytes.length !== totalLength)
    return fail(
      'device-data',
      `${structure} must be ${totalLength} bytes long by its own header, but ${bytes.length} bytes were given`,
      {
        object: structure,
        field: 'bytes 16-47 (NVMECSS, VSS)',
        fix: `Read all ${totalLength} bytes`,
      },
    );
  const hasNvme = nvmeEnd > controllerStateHeaderLength;
  const nvme = hasNvme ? decodeNvmeControllerState(bytes, controllerStateHeaderLength, nvmeEnd) : undefined;
  if (nvme && !nvme.ok) return nvme;
  const state = {
    suspended,
    vendor: bytes.slice(nvmeEnd),
    ...(nvme ? { nvme: nvme.value } : {}),
    reserved: [],
  };
  const encoded = encodeControllerState(state);
  return encoded.ok ? succeed({ ...state, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes a whole Controller State. */
export function encodeControllerState(state: ControllerState): Result<Uint8Array> {
  if (state.vendor.length % 4 !== 0)
    return fail(
      'invalid-request',
      `The vendor part is ${state.vendor.length} bytes long, not a multiple of 4`,
      {
        object: structure,
        field: 'VSS',
        fix: 'Pad the vendor part to whole dwords',
      },
    );
  const nvmeLength = state.nvme ? nvmeControllerStateLength(state.nvme) : 0;
  const bytes = new Uint8Array(controllerStateHeaderLength + nvmeLength + state.vendor.length);
  const header = {
    ver: 0,
    csattr: state.suspended ? 1 : 0,
    nvmecss: BigInt(nvmeLength / 4),
    vss: BigInt(state.vendor.length / 4),
  };
  const written = encodeFields(structure, controllerStateHeaderFields, header, bytes);
  if (!written.ok) return written;
  const nvme = state.nvme
    ? encodeNvmeControllerState(state.nvme, bytes, controllerStateHeaderLength)
    : succeed(bytes);
  if (!nvme.ok) return nvme;
  bytes.set(state.vendor, controllerStateHeaderLength + nvmeLength);
  return writeReserved(structure, state.reserved, bytes);
}
