import { Pacer } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import { numberFrom, type OutputFinding } from '../findings.ts';
import { endOfLines, type OutputKind } from '../output-kind.ts';

/** Mnemonics of the text and keys of the JSON. */
const fields = {
  SCID: 'secondary-controller-identifier',
  PCID: 'primary-controller-identifier',
  SCS: 'secondary-controller-state',
  VFN: 'virtual-function-number',
  NVQ: 'num-virtual-queues',
  NVI: 'num-virtual-interrupts',
} as const;
type Entry = Record<string, number>;

const headingLine = /^\s*(?:Identify Secondary Controller List|NUMID\s*:|SCEntry\s*\[)/i;
const fieldLine = /^\s*(SCID|PCID|SCS|VFN|NVQ|NVI)\s*:(?:[^:]{0,80}:)?\s*(0x[0-9a-f]{1,8}|\d{1,10})/i;

/** What `nvme list-secondary` prints. */
export const secondaryListOutput: OutputKind = {
  begins: (line) => headingLine.test(line.slice(0, 200)) || fieldLine.test(line.slice(0, 200)),
  *end(lines, from) {
    return yield* endOfLines(lines, from, (line) => {
      const head = line.slice(0, 200);
      if (/^\s*Identify Secondary Controller List/i.test(head)) return false;
      return headingLine.test(head) || fieldLine.test(head) || /^\.{4,}$/.test(head.trim());
    });
  },
  *read({ lines, command }) {
    const pacer = new Pacer(500);
    const entries: Entry[] = [];
    let announced: number | null = null;
    for (const line of lines) {
      yield* pacer.did();
      const head = line.slice(0, 200);
      const count = /^\s*NUMID\s*:.*:\s*(0x[0-9a-f]+|\d+)/i.exec(head)?.[1];
      if (count !== undefined) announced = Number(numberFrom(count) ?? 0n);
      const [, mnemonic, value = ''] = fieldLine.exec(head) ?? [];
      const key = fields[mnemonic?.toUpperCase() as keyof typeof fields];
      if (key === undefined) continue;
      if (mnemonic?.toUpperCase() === 'SCID') entries.push({});
      const entry = entries.at(-1);
      if (entry !== undefined) entry[key] = Number(numberFrom(value) ?? 0n);
    }
    return secondaryFinding(command?.device ?? null, entries, announced);
  },
};

/** Zero stands for what an entry does not say, and it is said. */
function secondaryFinding(
  device: string | null,
  entries: readonly Entry[],
  announced: number | null,
): OutputFinding {
  const notes: string[] = [];
  if (announced !== null && announced > entries.length)
    notes.push(`The text is not complete: it announces ${announced} entries and has ${entries.length}`);
  const lacking = Object.entries(fields).filter(([, key]) =>
    entries.some((entry) => entry[key] === undefined),
  );
  if (lacking.length > 0)
    notes.push(
      `The text is not complete: entries lack ${lacking.map(([name]) => name).join(', ')}, shown as 0`,
    );
  const blank = Object.fromEntries(Object.values(fields).map((key) => [key, 0]));
  const list = entries.map((entry) => ({ ...blank, ...entry }));
  const value = { num: list.length, 'secondary-controllers': list };
  const pcid = entries[0]?.[fields.PCID];
  return {
    ...{ title: 'nvme list-secondary', form: 'text', device },
    holds: secondaryListWords(list),
    facts: [
      {
        ...{ kind: 'structure', structure: 'list-secondary', nsid: null, value },
        ...(pcid === undefined ? {} : { cntlid: pcid }),
      },
    ],
    notes,
  };
}

/** `4 secondary controllers, 2 online` */
export function secondaryListWords(entries: readonly object[]): string {
  const online = entries.filter((entry) => (entry as Entry)[fields.SCS] === 1).length;
  return `${countWords(entries.length, 'secondary controller')}, ${online} online`;
}
