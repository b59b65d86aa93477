import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import type { Fact, OutputFinding } from '../findings.ts';
import { endOfLines, type OutputKind } from '../output-kind.ts';
import { recordedStructures, type StructureName } from '../structures.ts';

const entry = /^\s*\[\s*\d{1,5}\]:\s*(0x[0-9a-f]{1,8}|\d{1,10})\s*$/i;
const controllersHeading = /^num of ctrls present:\s*(?:0x)?[0-9a-f]+/i;

/** What `nvme list-ns` and `nvme list-ctrl` print: `[   0]:0x1`. */
export const indexListOutput: OutputKind = {
  begins: (line) => entry.test(line.slice(0, 100)) || controllersHeading.test(line.slice(0, 100)),
  end: (lines, from) => endOfLines(lines, from, (line) => entry.test(line.slice(0, 100))),
  *read({ lines, command }) {
    const isControllers =
      command?.command === 'list-ctrl' || lines.some((line) => controllersHeading.test(line.slice(0, 100)));
    const pacer = new Pacer(1000);
    const identifiers: number[] = [];
    for (const line of lines) {
      yield* pacer.did();
      const identifier = entry.exec(line.slice(0, 100))?.[1];
      if (identifier !== undefined) identifiers.push(Number(identifier));
    }
    const nsid = isControllers ? (command?.nsid ?? null) : null;
    return listFinding('text', command?.device ?? null, {
      ...{ isControllers, identifiers, nsid, all: command?.all === true },
    });
  },
};

/** A list of namespaces or controllers, from text or JSON. */
export function listFinding(
  form: OutputFinding['form'],
  device: string | null,
  list: {
    readonly isControllers: boolean;
    readonly identifiers: readonly number[];
    /** Of the controllers that one namespace is attached to. */
    readonly nsid: number | null;
    readonly all: boolean;
  },
): OutputFinding {
  const { isControllers, identifiers, nsid, all } = list;
  const structure: StructureName = isControllers
    ? nsid === null
      ? 'list-ctrl'
      : 'ns-list-ctrl'
    : all
      ? 'list-ns-all'
      : 'list-ns';
  const value = isControllers
    ? { num_ctrl: identifiers.length, ctrl_list: identifiers.map((ctrl_id) => ({ ctrl_id })) }
    : { nsid_list: identifiers.filter((known) => known > 0).map((known) => ({ nsid: known })) };
  const fact: Fact = { kind: 'structure', structure, nsid, value };
  const of = nsid === null ? '' : ` of namespace ${nsid}`;
  return {
    title: recordedStructures[structure].command,
    form,
    device,
    holds: `${countWords(identifiers.length, isControllers ? 'controller' : 'namespace')}${of}`,
    facts: [fact],
    notes: [],
  };
}

/** The numbers of a list in JSON: `[{"nsid": 1}]`, `[1]`. */
export function* identifiersOf(list: readonly unknown[], key: string): Pieces<number[]> {
  const pacer = new Pacer(1000);
  const identifiers: number[] = [];
  for (const one of list) {
    yield* pacer.did();
    const value = typeof one === 'object' && one !== null ? (one as Record<string, unknown>)[key] : one;
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) identifiers.push(value);
  }
  return identifiers;
}
