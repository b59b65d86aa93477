import { type Result, succeed } from '../../../result.ts';
import { checkLength, rangeFailure } from '../../byte-view.ts';
import {
  decodeFields,
  encodeFields,
  type FieldValues,
  fieldsOf,
  type ReservedByte,
  reservedBytes,
  writeReserved,
} from '../../layout.ts';
import {
  decodeExposedCapabilities,
  type ExposedCapabilityWire,
  encodeExposedCapabilities,
  exposedCapabilitiesLength,
} from './virtual-subsystem-capabilities.ts';
import {
  decodeVirtualSubsystemIdentity,
  encodeVirtualSubsystemIdentity,
  type VirtualSubsystemIdentity,
  virtualSubsystemClause,
  virtualSubsystemIdentityLength,
} from './virtual-subsystem-identity.ts';

export const virtualSubsystemLength = 4096;
/** Members that fit into Virtual Subsystem Information, the controlling function included. */
export const maximumVirtualSubsystemMembers = 256;
const structure = 'Virtual Subsystem Information';
const identityOffset = 512;
const membersOffset = 1024;
const memberLength = 4;
const capabilitiesOffset = 2048;

/** Header of Virtual Subsystem Information. */
export const virtualSubsystemFields = fieldsOf(virtualSubsystemClause, [
  ['vsid', 0, 2, 'unsigned', 'Virtual Subsystem Identifier'],
  ['ccntlid', 2, 2, 'unsigned', 'Controller Identifier of the controlling function'],
  ['nmem', 4, 2, 'unsigned', 'Number of Members', { maximum: maximumVirtualSubsystemMembers }],
]);

/** One member: the controller identifier that its host sees, and the physical one. */
export const virtualSubsystemMemberFields = fieldsOf(virtualSubsystemClause, [
  ['vcid', 0, 2, 'unsigned', 'Virtual Controller Identifier'],
  ['cntlid', 2, 2, 'unsigned', 'Controller Identifier'],
]);
export type VirtualSubsystemMember = FieldValues<typeof virtualSubsystemMemberFields>;

/** One virtual subsystem as Virtual Subsystem Receive, Get Virtual Subsystem, reports it. */
export interface VirtualSubsystemWire {
  /** Virtual Subsystem Identifier, 1-FFFFh. */
  readonly vsid: number;
  /** Physical CNTLID of the controlling function. */
  readonly ccntlid: number;
  readonly identity: VirtualSubsystemIdentity;
  readonly members: readonly VirtualSubsystemMember[];
  readonly exposedCapabilities: readonly ExposedCapabilityWire[];
  readonly reserved: readonly ReservedByte[];
}

/** Decodes exactly 4096 bytes. */
export function decodeVirtualSubsystem(bytes: Uint8Array): Result<VirtualSubsystemWire> {
  const checked = checkLength(structure, bytes, virtualSubsystemLength);
  if (!checked.ok) return checked;
  const header = decodeFields(structure, virtualSubsystemFields, bytes);
  if (!header.ok) return header;
  const identity = decodeVirtualSubsystemIdentity(
    bytes.subarray(identityOffset, identityOffset + virtualSubsystemIdentityLength),
  );
  if (!identity.ok) return identity;
  const members: VirtualSubsystemMember[] = [];
  for (let index = 0; index < header.value.nmem; index++) {
    const base = membersOffset + index * memberLength;
    const member = decodeFields(`${structure}, member ${index}`, virtualSubsystemMemberFields, bytes, base);
    if (!member.ok) return member;
    members.push(member.value);
  }
  const capabilities = decodeExposedCapabilities(
    bytes.subarray(capabilitiesOffset, capabilitiesOffset + exposedCapabilitiesLength),
  );
  if (!capabilities.ok) return capabilities;
  const { vsid, ccntlid } = header.value;
  const known = {
    vsid,
    ccntlid,
    // Reserved bytes are all kept in one place, by their offset in this structure.
    identity: { ...identity.value, reserved: [] },
    members,
    exposedCapabilities: capabilities.value.entries,
    reserved: [],
  };
  const encoded = encodeVirtualSubsystem(known);
  return encoded.ok ? succeed({ ...known, reserved: reservedBytes(bytes, encoded.value) }) : encoded;
}

/** Encodes into 4096 bytes. */
export function encodeVirtualSubsystem(value: VirtualSubsystemWire): Result<Uint8Array> {
  const bytes = new Uint8Array(virtualSubsystemLength);
  const { vsid, ccntlid, members } = value;
  if (members.length > maximumVirtualSubsystemMembers)
    return rangeFailure(
      'invalid-request',
      { structure, field: 'NMEM', offset: 4, size: 2 },
      `${members.length} members do not fit`,
      `Use at most ${maximumVirtualSubsystemMembers}`,
    );
  const header = encodeFields(
    structure,
    virtualSubsystemFields,
    { vsid, ccntlid, nmem: members.length },
    bytes,
  );
  if (!header.ok) return header;
  for (const [index, member] of members.entries()) {
    const base = membersOffset + index * memberLength;
    const name = `${structure}, member ${index}`;
    const written = encodeFields(name, virtualSubsystemMemberFields, member, bytes, base);
    if (!written.ok) return written;
  }
  const identity = encodeVirtualSubsystemIdentity(value.identity);
  if (!identity.ok) return identity;
  bytes.set(identity.value, identityOffset);
  const capabilities = encodeExposedCapabilities({ entries: value.exposedCapabilities, reserved: [] });
  if (!capabilities.ok) return capabilities;
  bytes.set(capabilities.value, capabilitiesOffset);
  return writeReserved(structure, value.reserved, bytes);
}
