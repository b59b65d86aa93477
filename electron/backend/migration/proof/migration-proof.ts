import { identifyControllerFields } from '#shared/nvme/layouts/identify/identify-controller-fields.ts';
import { decodeNamespaceDescriptors } from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';
import type { GuestAnswers } from '../../guest-view/guest-answers.ts';
import { sameBytes } from '../../guest-view/guest-fields.ts';
import { sha256 } from '../read-back-state.ts';

export type ProofLine = MigrationFacts['proof'][number];

/** Names of the descriptor types (NIDT) of CNS 03h. */
const identifierNames: Readonly<Record<number, string>> = { 1: 'EUI64', 2: 'NGUID', 3: 'UUID', 4: 'CSI' };

/** NUSE, bytes 16-23 of Identify Namespace: it counts what is written and moves on by itself. */
const nuse = { offset: 16, size: 8 } as const;

export function proofLine(what: string, source: string, destination: string): ProofLine {
  return { what, source, destination, equal: source === destination };
}

/** One answer of a guest's controller, short enough to be journalled. */
export interface AnswerLine {
  readonly what: string;
  readonly value: string;
}

const controllerWhat = 'Identify Controller, 4,096 bytes, SHA-256';
const otherIdentifierWhat = 'Identify Controller without CNTLID, SHA-256';

/** CNTLID, bytes 78-79 of Identify Controller: changes when a device moves without a virtual subsystem. */
const cntlid = { offset: 78, size: 2 } as const;

/**
 * Everything that a guest reads, in lines that are equal exactly when the bytes are. `ownIdentifier`: it has a CNTLID of
 * its own at either end, which the checks said and somebody acknowledged; the rest must be equal all the same.
 */
export function answerLines(answers: GuestAnswers, ownIdentifier: boolean): AnswerLine[] {
  return [
    ownIdentifier
      ? { what: otherIdentifierWhat, value: sha256(blanked(answers.controller, cntlid)) }
      : { what: controllerWhat, value: sha256(answers.controller) },
    { what: 'Active Namespace ID list', value: answers.activeNamespaces.join(', ') || 'empty' },
    ...[...answers.namespaces].flatMap(([nsid, { identify, descriptors }]) => [
      { what: `Identify Namespace ${nsid} without NUSE, SHA-256`, value: sha256(blanked(identify, nuse)) },
      { what: `identifiers of namespace ${nsid}`, value: identifierWords(descriptors) },
    ]),
  ];
}

/**
 * Compares what a guest read from its controller before the move with what it reads after it. `bytes` are those of
 * Identify Controller before, where this program itself read them: they tell which fields differ.
 */
export function compareAnswers(
  before: readonly AnswerLine[],
  after: GuestAnswers,
  { bytes, ownIdentifier }: { readonly bytes: Uint8Array | undefined; readonly ownIdentifier: boolean },
): ProofLine[] {
  const now = answerLines(after, ownIdentifier);
  const whats = [...new Set([...before, ...now].map(({ what }) => what))];
  const valueIn = (lines: readonly AnswerLine[], what: string) =>
    lines.find((line) => line.what === what)?.value ?? 'absent';
  return whats.map((what) => {
    const line = proofLine(what, valueIn(before, what), valueIn(now, what));
    const isController = what === controllerWhat || what === otherIdentifierWhat;
    if (line.equal || !isController || bytes === undefined) return line;
    return {
      ...line,
      destination: `${line.destination}, different in ${differingFields(bytes, after.controller)}`,
    };
  });
}

function differingFields(before: Uint8Array, after: Uint8Array): string {
  const different = identifyControllerFields
    .filter(({ offset, size }) => !sameBytes(before, after, offset, size))
    .map((field) => field.key.toUpperCase());
  return different.length > 0 ? different.join(', ') : 'bytes that no field describes';
}

function blanked(bytes: Uint8Array, field: { readonly offset: number; readonly size: number }): Uint8Array {
  const copy = bytes.slice();
  copy.fill(0, field.offset, field.offset + field.size);
  return copy;
}

function identifierWords(bytes: Uint8Array): string {
  const decoded = decodeNamespaceDescriptors(bytes);
  if (!decoded.ok) return `unreadable, SHA-256 ${sha256(bytes)}`;
  return (
    decoded.value.descriptors
      .map(({ type, identifier }) => `${identifierNames[type] ?? `type ${type}`} ${identifier}`)
      .join(', ') || 'none'
  );
}
