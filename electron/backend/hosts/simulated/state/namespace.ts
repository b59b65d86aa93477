import { decodeBase64 } from '#shared/fleet-file/base64.ts';
import type { FileNamespace } from '#shared/fleet-file/namespace/namespace-schema.ts';
import {
  blankIdentifyNamespace,
  encodeIdentifyNamespace,
  type LbaFormat,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import {
  encodeNamespaceDescriptors,
  namespaceDescriptorTypes,
} from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import { type Result, succeed } from '#shared/result.ts';
import { NamespaceContents } from './contents/namespace-contents.ts';
import { tagOf } from './contents/tags.ts';

/** LBA formats of a simulated drive, in the order of their index. */
export const simulatedFormats: readonly LbaFormat[] = [
  { ms: 0, ds: 9, rp: 2 },
  { ms: 0, ds: 12, rp: 0 },
  { ms: 8, ds: 9, rp: 2 },
  { ms: 8, ds: 12, rp: 1 },
];

/** A namespace of a simulated NVM subsystem: its answers, and the controllers that it is attached to. */
export interface SimulatedNamespace {
  readonly nsid: number;
  readonly file: FileNamespace;
  readonly isShared: boolean;
  /** Capacity in bytes that it takes from the NVM subsystem. */
  readonly bytes: bigint;
  /** Identify Namespace (CNS 00h), 4096 bytes. */
  readonly identify: Uint8Array;
  /** Namespace Identification Descriptor list (CNS 03h), 4096 bytes. */
  readonly descriptors: Uint8Array;
  /** CNTLIDs. */
  readonly attachedTo: Set<number>;
  readonly contents: NamespaceContents;
}

/**
 * A namespace of the NVM subsystem with that NQN, from what a fleet file, or a Namespace Management command in the same form,
 * says of it.
 */
export function namespaceFromFile(file: FileNamespace, nqn: string): Result<SimulatedNamespace> {
  const identify = identifyBytes(file);
  if (!identify.ok) return identify;
  const descriptors = descriptorBytes(file);
  if (!descriptors.ok) return descriptors;
  const { contents: written, ...fixed } = file;
  const contents = new NamespaceContents(tagOf('namespace', nqn, file.nsid, file.nguid, file.uuid));
  if (written !== undefined) contents.restore(written, file.blocks);
  return succeed({
    nsid: file.nsid,
    file: fixed,
    isShared: file.shared,
    bytes: BigInt(file.blocks) * BigInt(file.blockSize),
    identify: identify.value,
    descriptors: descriptors.value,
    attachedTo: new Set(file.attachedTo),
    contents,
  });
}

/** As it was made, attached to whatever it is now, with what it holds now. */
export function namespaceToFile({ file, attachedTo, contents }: SimulatedNamespace): FileNamespace {
  const held = contents.toFile();
  return {
    ...file,
    attachedTo: [...attachedTo].sort((left, right) => left - right),
    ...(held === undefined ? {} : { contents: held }),
  };
}

/** Identify Namespace of CNS 00h with NSID FFFFFFFFh: what all namespaces have in common. */
export function commonNamespaceBytes(): Result<Uint8Array> {
  return encodeIdentifyNamespace({ ...blankIdentifyNamespace(), ...formatFields(0, simulatedFormats) });
}

function identifyBytes(file: FileNamespace): Result<Uint8Array> {
  if (file.identifyNamespace !== undefined) return succeed(decodeBase64(file.identifyNamespace));
  const ds = Math.log2(file.blockSize);
  const known = simulatedFormats.findIndex((format) => format.ds === ds && format.ms === file.metadataSize);
  const formats = known < 0 ? [...simulatedFormats, { ms: file.metadataSize, ds, rp: 0 }] : simulatedFormats;
  const blocks = BigInt(file.blocks);
  return encodeIdentifyNamespace({
    ...blankIdentifyNamespace(),
    ...formatFields(known < 0 ? formats.length - 1 : known, formats),
    nsze: blocks,
    ncap: blocks,
    nuse: blocks,
    mc: 2,
    nmic: (file.shared ? 1 : 0) + (file.dispersed === true ? 2 : 0),
    nvmcap: blocks * BigInt(file.blockSize),
    nguid: file.nguid.padEnd(32, '0'),
    eui64: file.eui64.padEnd(16, '0'),
  });
}

function formatFields(flbas: number, formats: readonly LbaFormat[]) {
  return { nlbaf: formats.length - 1, flbas, lbafs: formats };
}

function descriptorBytes(file: FileNamespace): Result<Uint8Array> {
  if (file.identificationDescriptors !== undefined)
    return succeed(decodeBase64(file.identificationDescriptors));
  const types = namespaceDescriptorTypes;
  const descriptors = [
    { type: types.eui64.type, identifier: file.eui64 },
    { type: types.nguid.type, identifier: file.nguid },
    { type: types.uuid.type, identifier: file.uuid },
    { type: types.csi.type, identifier: '00' },
  ].filter((descriptor) => descriptor.identifier !== '');
  return encodeNamespaceDescriptors({ descriptors, reserved: [] });
}
