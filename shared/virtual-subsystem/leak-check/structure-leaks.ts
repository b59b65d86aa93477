import { unreachable } from '../../result.ts';
import { type GuestStructure, type RuledBytes, ruledBytes } from '../guest-view/guest-structures.ts';
import type { GuestIdentity } from '../guest-view/show-as-guest.ts';
import { hexadecimalBytes, placeWords } from './identify-leaks.ts';
import type { LeakFinding } from './leak-finding.ts';

/** The same structure under another primary controller; undefined where nobody can say. */
export interface PredictedStructure {
  readonly title: string;
  readonly bytes: Uint8Array | undefined;
}

/** Classifies every byte of a structure. `name` tells two of a kind apart: `NS 1`. */
export function structureLeaks(
  structure: GuestStructure,
  here: Uint8Array,
  predicted: readonly PredictedStructure[],
  guest: GuestIdentity,
  name = '',
): LeakFinding[] {
  const findings = ruledBytes(structure).map((range) =>
    rangeFinding(structure, range, here, predicted, guest, name),
  );
  return [...findings.filter(({ fields }) => fields === 1), ...merged(findings, structure, name)].map(
    ({ finding }) => finding,
  );
}

interface Classified {
  readonly finding: LeakFinding;
  /** 0 for reserved bytes that are right, which are told together. */
  readonly fields: 0 | 1;
}

function rangeFinding(
  { source, narrowed }: GuestStructure,
  { field, offset, size, rule }: RuledBytes,
  here: Uint8Array,
  predicted: readonly PredictedStructure[],
  guest: GuestIdentity,
  name: string,
): Classified {
  const place = placeWords(offset, size);
  const mnemonic = field?.mnemonic ?? place;
  const base = {
    id: `${source}:${name}:${field?.key ?? offset}`,
    source,
    name: name === '' ? mnemonic : `${name} ${mnemonic}`,
    title: field?.title ?? 'Reserved',
    place,
  };
  const own = hexadecimalBytes(here, offset, size);
  const found = (kind: LeakFinding['class'], words: string, fix: LeakFinding['fix'] = null): Classified => ({
    finding: { ...base, class: kind, words, fix },
    fields: field === undefined && kind === 'equal' ? 0 : 1,
  });
  const others = predicted.filter(
    ({ bytes }) => bytes !== undefined && !sameRange(here, bytes, offset, size),
  );
  const silent = predicted.filter(({ bytes }) => bytes === undefined);
  const compared = (fix: LeakFinding['fix']) => {
    if (others.length > 0) {
      const there = others.map(
        ({ title, bytes }) => `${hexadecimalBytes(bytes ?? new Uint8Array(), offset, size)} under ${title}`,
      );
      return found('physical', `${own} here, ${there.join(', ')}`, fix);
    }
    if (silent.length > 0)
      return found('unchecked', `unknown until a secondary controller is online under ${titles(silent)}`);
    return found('equal', own);
  };
  switch (rule) {
    case 'equal':
      return compared(field !== undefined && narrowed.includes(field.key) ? 'narrow' : null);
    case 'identity':
      return guest.identity.pci === undefined
        ? compared('pci')
        : found('virtual', `${own}, set by the identity`);
    case 'resources':
      return found('equal', `${own}, follows the resources, which a migration makes equal`);
    case 'state':
      return found('equal', "the guest's own state, which a migration carries along");
    case 'volatile':
      return found('volatile', 'changes by itself on any drive');
    default:
      return unreachable(rule);
  }
}

/** Reserved bytes that are the same everywhere are one line, not dozens. */
function merged(findings: readonly Classified[], { source }: GuestStructure, name: string): Classified[] {
  const quiet = findings.filter(({ fields }) => fields === 0);
  if (quiet.length === 0) return [];
  return [
    {
      fields: 0,
      finding: {
        id: `${source}:${name}:reserved`,
        source,
        name: name === '' ? 'reserved' : `${name} reserved`,
        title: 'Reserved bytes',
        place: quiet.map(({ finding }) => finding.place).join(', '),
        class: 'equal',
        words: 'the same bytes everywhere',
        fix: null,
      },
    },
  ];
}

function sameRange(left: Uint8Array, right: Uint8Array, offset: number, size: number): boolean {
  for (let index = offset; index < offset + size; index++) if (left[index] !== right[index]) return false;
  return true;
}

function titles(where: readonly PredictedStructure[]): string {
  return where.map(({ title }) => title).join(', ');
}
