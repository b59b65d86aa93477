import { type Result, succeed } from '../../../result.ts';
import { checkLength, rangeFailure, readUnsigned, writeUnsigned } from '../../byte-view.ts';
import { isControllerIdentifier } from '../../controller-identifier.ts';
import { type ReservedByte, reservedBytes, writeReserved } from '../../layout.ts';

export const controllerListLength = 4096;
/** A list holds at most 2047 controller identifiers; read on with the last one plus 1 as CNTID. */
export const maximumControllerIdentifiers = 2047;
const structure = 'Controller List';

/**
 * Controller identifiers as in CNS 12h and 13h, and as the data of Namespace Attachment (NVMe Base 2.1, 4.6.1).
 * Devices list them ascending; the order of a host's list is kept, because hosts do not always sort.
 */
export interface ControllerList {
  readonly identifiers: readonly number[];
  /** Bytes behind the last identifier that are not zero. */
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly 4096 bytes. Refuses a count above 2047 and reserved controller identifiers. */
export function decodeControllerList(bytes: Uint8Array): Result<ControllerList> {
  const checked = checkLength(structure, bytes, controllerListLength);
  if (!checked.ok) return checked;
  const count = readUnsigned(bytes, countRange);
  if (!count.ok) return count;
  if (count.value > maximumControllerIdentifiers)
    return rangeFailure(
      'device-data',
      countRange,
      `${count.value} identifiers do not fit`,
      `At most ${maximumControllerIdentifiers} fit`,
    );
  const identifiers: number[] = [];
  for (let index = 0; index < count.value; index++) {
    const range = entryRange(index);
    const read = readUnsigned(bytes, range);
    if (!read.ok) return read;
    if (!isControllerIdentifier(read.value))
      return rangeFailure('device-data', range, `${read.value} is a reserved controller identifier`);
    identifiers.push(read.value);
  }
  const encoded = encodeControllerList({ identifiers, reserved: [] });
  return encoded.ok ? succeed({ identifiers, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes up to 2047 identifiers into 4096 bytes. */
export function encodeControllerList(value: ControllerList): Result<Uint8Array> {
  const bytes = new Uint8Array(controllerListLength);
  if (value.identifiers.length > maximumControllerIdentifiers)
    return rangeFailure('invalid-request', countRange, `${value.identifiers.length} identifiers do not fit`);
  const count = writeUnsigned(bytes, countRange, value.identifiers.length);
  if (!count.ok) return count;
  for (const [index, identifier] of value.identifiers.entries()) {
    const range = entryRange(index);
    if (!isControllerIdentifier(identifier))
      return rangeFailure('invalid-request', range, `${identifier} is a reserved controller identifier`);
    const written = writeUnsigned(bytes, range, identifier);
    if (!written.ok) return written;
  }
  return writeReserved(structure, value.reserved, bytes);
}

const countRange = { structure, field: 'number of identifiers', offset: 0, size: 2 };

function entryRange(index: number) {
  return { structure, field: `identifier ${index}`, offset: 2 + index * 2, size: 2 };
}
