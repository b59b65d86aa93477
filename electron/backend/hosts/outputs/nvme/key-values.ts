import type { Pieces } from '#shared/bounds/pieces.ts';
import { Pacer } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import type { LayoutField } from '#shared/nvme/layout.ts';
import { identifyControllerFields } from '#shared/nvme/layouts/identify/identify-controller-fields.ts';
import { identifyNamespaceFields } from '#shared/nvme/layouts/identify/identify-namespace.ts';
import { primaryControllerCapabilitiesFields } from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import { type Block, type Fact, numberFrom, type OutputFinding } from '../findings.ts';
import { endOfLines, type OutputKind } from '../output-kind.ts';
import type { StructureName } from '../structures.ts';

/** Registers that only show-regs prints, and fields that only smart-log prints. */
const registerKeys = ['cap', 'vs', 'intms', 'intmc', 'cc', 'csts', 'nssr', 'aqa', 'asq', 'acq', 'crto'];
const smartKeys = ['critical_warning', 'available_spare', 'percentage_used', 'temperature', 'power_on_hours'];

const tables = {
  'id-ctrl': identifyControllerFields as readonly LayoutField[],
  'id-ns': identifyNamespaceFields as readonly LayoutField[],
  'primary-ctrl-caps': primaryControllerCapabilitiesFields as readonly LayoutField[],
};

const knownKeys = new Set([
  ...Object.values(tables).flatMap((fields) => fields.map(({ key }) => key)),
  ...[...registerKeys, ...smartKeys, 'data_units_read', 'host_read_commands', 'media_errors'],
]);

const heading =
  /^(?:NVME Identify (?:Controller|Namespace|Primary Controller Capabilities)\b|Smart Log for NVME\b)/i;
const line = /^([a-z][a-z0-9_]{1,40})\s*:\s?(.*)$/i;
const keyOf = (text: string) => line.exec(text.slice(0, 400))?.[1]?.toLowerCase();

/** What `nvme id-ctrl`, `id-ns`, `primary-ctrl-caps`, `show-regs` and `smart-log` print: one field in each line. */
export const keyValueOutput: OutputKind = {
  begins: (text) => heading.test(text) || knownKeys.has(keyOf(text) ?? ''),
  *end(lines, from) {
    // The same field again begins the output of another device.
    const first =
      keyOf(lines[from] ?? '') ?? keyOf(lines.slice(from + 1, from + 4).find((text) => text !== '') ?? '');
    let seen = heading.test(lines[from] ?? '') ? 0 : 1;
    return yield* endOfLines(lines, from, (text) => {
      if (heading.test(text)) return false;
      const key = keyOf(text);
      if (key === first && key !== undefined) seen += 1;
      if (seen > 1) return false;
      // Newer tools print fields that are not known here; `-H` explains each field in lines of its own.
      return (
        key !== undefined || /^\s/.test(text) || /^(?:ps|lbaf|LBA Format|nvmf?cap)\s*\d*\s*:/i.test(text)
      );
    });
  },
  *read(block) {
    const values = yield* fieldTexts(block);
    const has = (...keys: string[]) => keys.some((key) => values.has(key));
    if (has('crt', 'vqfrt', 'vifrt')) return capabilitiesOf(block, values);
    if (has('nsze', 'ncap', 'flbas')) return yield* namespaceOf(block, values);
    if (has('vid', 'sn', 'mn', 'oacs', 'subnqn')) return controllerOf(block, values);
    if (has('cap') && has('vs', 'cc', 'csts', 'intms')) return registersOf(block, values);
    if (smartKeys.filter((key) => values.has(key)).length >= 2) return smartOf(block, values);
    return null;
  },
};

type Values = ReadonlyMap<string, string>;

const linesOfPiece = 500;

function* fieldTexts({ lines }: Block): Pieces<Values> {
  const values = new Map<string, string>();
  const pacer = new Pacer(linesOfPiece);
  for (const text of lines) {
    yield* pacer.did();
    const [, key, value = ''] = line.exec(text.slice(0, 400)) ?? [];
    if (key !== undefined && !values.has(key.toLowerCase())) values.set(key.toLowerCase(), value);
  }
  return values;
}

/** The fields of a structure in the form of its JSON; `notes`: what cannot be read or is not there. */
function fieldsOf(structure: keyof typeof tables, values: Values) {
  const notes: string[] = [];
  const fields: Record<string, unknown> = {};
  const absent: string[] = [];
  for (const field of tables[structure]) {
    const text = values.get(field.key);
    if (text === undefined) {
      if (field.kind !== 'bytes') absent.push(field.key);
      continue;
    }
    const value = fieldValue(field, text);
    if (value === null) notes.push(`${field.title} (${field.key}) is not a value of that field`);
    else fields[field.key] = value;
  }
  return { fields, absent, notes };
}

function fieldValue(field: LayoutField, text: string): unknown {
  switch (field.kind) {
    case 'ascii':
      return text.length > field.size ? null : text.padEnd(field.size);
    case 'nqn':
    case 'uuid':
    case 'hexadecimal':
      return text.trim();
    case 'bytes':
      return undefined;
    case 'unsigned':
    case 'big': {
      // nvme-cli prints the OUI in hexadecimal without a prefix.
      const bare = field.key === 'ieee' && !/^0x/i.test(text.trim());
      const number = numberFrom(bare ? `0x${text.trim()}` : text);
      if (number === null || number >= 1n << BigInt(8 * field.size)) return null;
      return field.kind === 'big' ? number.toString() : Number(number);
    }
  }
}

function controllerOf(block: Block, values: Values): OutputFinding {
  const { fields, absent, notes } = fieldsOf('id-ctrl', values);
  const { cntlid, sn, mn, oacs } = fields as Partial<Record<string, number | string>>;
  const cut = neededOfController.filter((key) => absent.includes(key));
  const held = [
    typeof mn === 'string' ? mn.trim() : '',
    typeof sn === 'string' ? sn.trim() : '',
    cntlid === undefined ? '' : `CNTLID ${cntlid}`,
    typeof oacs === 'number' ? `OACS 0x${oacs.toString(16)}` : '',
  ];
  return structure(
    block,
    'id-ctrl',
    { ...blanksOf('id-ctrl', absent), ...fields },
    {
      holds: held.filter((part) => part !== '').join(', '),
      notes: [...notes, ...cutNote(cut)],
      about: {
        ...(typeof cntlid === 'number' ? { cntlid } : {}),
        ...(typeof sn === 'string' ? { serial: sn.trim() } : {}),
      },
    },
  );
}

/** What every nvme-cli prints of a controller: where these are missing, the text was cut. */
const neededOfController = [
  ...['vid', 'ssvid', 'sn', 'mn', 'fr', 'cmic', 'mdts', 'cntlid', 'ver', 'oacs', 'lpa', 'sqes', 'cqes', 'nn'],
  ...['oncs', 'sgls', 'subnqn'],
];

/** Zero, or no text, for fields that were not printed. */
function blanksOf(structure: keyof typeof tables, absent: readonly string[]): Record<string, unknown> {
  const blanks: Record<string, unknown> = {};
  for (const { key, kind, size } of tables[structure])
    if (absent.includes(key) && (kind === 'unsigned' || kind === 'ascii'))
      blanks[key] = kind === 'unsigned' ? 0 : ' '.repeat(size);
  return blanks;
}

/** It is said wherever zero stands in a structure for what was not printed. */
function cutNote(keys: readonly string[]): string[] {
  if (keys.length === 0) return [];
  const named = keys.length > 8 ? [...keys.slice(0, 7), `${keys.length - 7} more fields`] : keys;
  return [`The text is not complete: it lacks ${named.join(', ')}, shown as 0 or empty`];
}

function capabilitiesOf(block: Block, values: Values): OutputFinding {
  const { fields, absent, notes } = fieldsOf('primary-ctrl-caps', values);
  const { cntlid, vqfrt, vifrt } = fields as Partial<Record<string, number>>;
  return structure(
    block,
    'primary-ctrl-caps',
    { ...blanksOf('primary-ctrl-caps', absent), ...fields },
    {
      holds: `${vqfrt ?? 'unknown'} flexible queues, ${vifrt ?? 'unknown'} flexible interrupts`,
      notes: [...notes, ...cutNote(absent)],
      about: cntlid === undefined ? {} : { cntlid },
    },
  );
}

const formatLine =
  /^(?:lbaf|LBA Format)\s+(\d{1,2})\s*:\s*(?:ms:(\d{1,5})\s+lbads:(\d{1,2})\s+rp:(0x[0-9a-f]|\d)|Metadata Size:\s*(\d{1,5})\s+bytes\s+-\s+Data Size:\s*(\d{1,9}) bytes\s+-\s+Relative Performance:\s*(0x[0-9a-f]|\d))/i;

function* namespaceOf(block: Block, values: Values): Pieces<OutputFinding> {
  const { fields, absent, notes } = fieldsOf('id-ns', values);
  const pacer = new Pacer(linesOfPiece);
  const lbafs: { ms: number; ds: number; rp: number }[] = [];
  for (const text of block.lines) {
    yield* pacer.did();
    const match = formatLine.exec(text.slice(0, 200));
    if (match === null || lbafs.length >= 64) continue;
    const [, , ms = '0', ds, rp = '0', longMs, bytes, longRp] = match;
    const size = bytes === undefined ? Number(ds) : Math.log2(Number(bytes) || 1);
    lbafs.push({ ms: Number(longMs ?? ms), ds: size, rp: Number(longRp ?? rp) });
  }
  const nsid = block.command?.nsid ?? namespaceInHeading(block);
  const cut = ['nsze', 'ncap', 'flbas'].filter((key) => absent.includes(key));
  const size = fields.nsze === undefined ? '' : `${String(fields.nsze)} blocks`;
  return structure(
    block,
    'id-ns',
    { ...blanksOf('id-ns', absent), ...fields, lbafs },
    {
      holds: [nsid === null ? 'a namespace' : `namespace ${nsid}`, size]
        .filter((part) => part !== '')
        .join(', '),
      notes: [...notes, ...cutNote(lbafs.length === 0 ? [...cut, 'the LBA formats'] : cut)],
      about: {},
      nsid,
    },
  );
}

function namespaceInHeading({ lines }: Block): number | null {
  const nsid = /^NVME Identify Namespace (\d{1,10})\b/i.exec((lines[0] ?? '').slice(0, 100))?.[1];
  return nsid === undefined ? null : Number(nsid);
}

/** show-regs prints hexadecimal without a prefix. */
function registersOf(block: Block, values: Values): OutputFinding {
  const registers: [string, bigint][] = [];
  for (const key of registerKeys) {
    const digits = /^(?:0x)?([0-9a-f]{1,16})\b/i.exec(values.get(key)?.trim() ?? '')?.[1];
    if (digits !== undefined) registers.push([key, BigInt(`0x${digits}`)]);
  }
  const cap = registers.find(([key]) => key === 'cap')?.[1];
  // Numbers of JSON are too small for CAP, so it stays text; the reader of captures takes both.
  const value = Object.fromEntries(registers.map(([key, number]) => [key, number.toString()]));
  return structure(block, 'show-regs', value, {
    holds: cap === undefined ? countWords(registers.length, 'register') : `CAP 0x${cap.toString(16)}`,
    notes: [],
    about: {},
  });
}

function smartOf(block: Block, values: Values): OutputFinding {
  const kelvin = /\((\d{1,4}) K/.exec(values.get('temperature') ?? '')?.[1];
  const plain = /^(\d{1,4})/.exec(values.get('temperature') ?? '')?.[1];
  const temperature = kelvin === undefined ? (plain === undefined ? '' : `${plain} °C`) : `${kelvin} K`;
  const used = values.get('percentage_used')?.trim();
  const held = [
    temperature === '' ? '' : `temperature ${temperature}`,
    used === undefined ? '' : `used ${used.slice(0, 8)}`,
  ];
  const finding = structure(block, 'smart-log', Object.fromEntries(values), {
    ...{ holds: held.filter((part) => part !== '').join(', '), notes: [], about: {} },
  });
  return finding;
}

function structure(
  block: Block,
  name: StructureName,
  value: object,
  told: {
    readonly holds: string;
    readonly notes: readonly string[];
    readonly about: { readonly cntlid?: number; readonly serial?: string };
    readonly nsid?: number | null;
  },
): OutputFinding {
  const fact: Fact = { kind: 'structure', structure: name, nsid: told.nsid ?? null, value, ...told.about };
  const device = block.command?.device ?? null;
  return { title: `nvme ${name}`, form: 'text', device, holds: told.holds, facts: [fact], notes: told.notes };
}
