import { identifyControllerFields } from '#shared/nvme/layouts/identify-controller-fields.ts';
import { decodeNamespaceDescriptors } from '#shared/nvme/layouts/namespace-descriptors.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import type { GuestAnswers } from './guest-answers.ts';
import { sameBytes } from './guest-fields.ts';
import { sha256 } from './read-back-state.ts';

export type ProofLine = MigrationFacts['proof'][number];

/** Names of the descriptor types (NIDT) of CNS 03h. */
const identifierNames: Readonly<Record<number, string>> = { 1: 'EUI64', 2: 'NGUID', 3: 'UUID', 4: 'CSI' };

/** NUSE, bytes 16-23 of Identify Namespace: it counts what is written and moves on by itself. */
const nuse = { offset: 16, size: 8 } as const;

export function proofLine(what: string, source: string, destination: string): ProofLine {
  return { what, source, destination, equal: source === destination };
}

/** Compares what a guest read from its controller before the move with what it reads after it, byte by byte. */
export function compareAnswers(who: string, before: GuestAnswers, after: GuestAnswers): ProofLine[] {
  const nsids = [...new Set([...before.namespaces.keys(), ...after.namespaces.keys()])].sort(
    (left, right) => left - right,
  );
  return [
    controllerLine(who, before.controller, after.controller),
    proofLine(
      `${who}: Active Namespace ID list`,
      before.activeNamespaces.join(', ') || 'empty',
      after.activeNamespaces.join(', ') || 'empty',
    ),
    ...nsids.flatMap((nsid) => {
      const left = before.namespaces.get(nsid);
      const right = after.namespaces.get(nsid);
      const withoutUse = (bytes: Uint8Array | undefined) =>
        bytes === undefined ? 'absent' : sha256(blanked(bytes));
      return [
        proofLine(
          `${who}: Identify Namespace ${nsid} without NUSE, SHA-256`,
          withoutUse(left?.identify),
          withoutUse(right?.identify),
        ),
        proofLine(
          `${who}: identifiers of namespace ${nsid}`,
          identifierWords(left?.descriptors),
          identifierWords(right?.descriptors),
        ),
      ];
    }),
  ];
}

function controllerLine(who: string, before: Uint8Array, after: Uint8Array): ProofLine {
  const different = identifyControllerFields
    .filter(({ offset, size }) => !sameBytes(before, after, offset, size))
    .map((field) => field.key.toUpperCase());
  const line = proofLine(`${who}: Identify Controller, 4,096 bytes, SHA-256`, sha256(before), sha256(after));
  if (line.equal) return line;
  const where = different.length > 0 ? different.join(', ') : 'bytes that no field describes';
  return { ...line, destination: `${line.destination}, different in ${where}` };
}

function blanked(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.fill(0, nuse.offset, nuse.offset + nuse.size);
  return copy;
}

function identifierWords(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return 'absent';
  const decoded = decodeNamespaceDescriptors(bytes);
  if (!decoded.ok) return `unreadable, SHA-256 ${sha256(bytes)}`;
  return (
    decoded.value.descriptors
      .map(({ type, identifier }) => `${identifierNames[type] ?? `type ${type}`} ${identifier}`)
      .join(', ') || 'none'
  );
}
