import { type Result, succeed } from '../../../result.ts';
import { checkLength, rangeFailure, readUnsigned, writeUnsigned } from '../../byte-view.ts';

export const namespaceListLength = 4096;
/** A list holds at most 1024 namespace identifiers; read on with the last one as NSID. */
export const maximumNamespaceIdentifiers = 1024;
/** NSIDs FFFFFFFEh and FFFFFFFFh are not namespaces (NVMe Base 2.1, 3.2.1.1). */
export const largestNamespaceIdentifier = 0xfffffffd;
const structure = 'Namespace List';

/** Active (CNS 02h) or allocated (CNS 10h) namespace identifiers, ascending (NVMe Base 2.1, 5.1.13). */
export interface NamespaceList {
  readonly identifiers: readonly number[];
}

/** Decodes exactly 4096 bytes. Refuses identifiers out of order, reserved ones, and any behind the end of the list. */
export function decodeNamespaceList(bytes: Uint8Array): Result<NamespaceList> {
  const checked = checkLength(structure, bytes, namespaceListLength);
  if (!checked.ok) return checked;
  const identifiers: number[] = [];
  let ended = false;
  for (let index = 0; index < maximumNamespaceIdentifiers; index++) {
    const range = entryRange(index);
    const read = readUnsigned(bytes, range);
    if (!read.ok) return read;
    const identifier = read.value;
    if (identifier === 0) {
      ended = true;
      continue;
    }
    if (ended) return rangeFailure('device-data', range, 'an identifier follows the end of the list');
    if (identifier > largestNamespaceIdentifier)
      return rangeFailure('device-data', range, `${identifier} is not a namespace identifier`);
    if (identifier <= (identifiers.at(-1) ?? 0))
      return rangeFailure('device-data', range, 'the identifiers are not in ascending order');
    identifiers.push(identifier);
  }
  return succeed({ identifiers });
}

/** Encodes up to 1024 ascending identifiers into 4096 bytes. */
export function encodeNamespaceList(value: NamespaceList): Result<Uint8Array> {
  const bytes = new Uint8Array(namespaceListLength);
  let previous = 0;
  for (const [index, identifier] of value.identifiers.entries()) {
    const range = entryRange(index);
    if (identifier <= previous || identifier > largestNamespaceIdentifier)
      return rangeFailure(
        'invalid-request',
        range,
        `${identifier} is out of order or not a namespace identifier`,
      );
    const written = writeUnsigned(bytes, range, identifier);
    if (!written.ok) return written;
    previous = identifier;
  }
  return succeed(bytes);
}

function entryRange(index: number) {
  return { structure, field: `identifier ${index}`, offset: index * 4, size: 4 };
}
