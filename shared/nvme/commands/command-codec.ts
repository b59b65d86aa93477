import { type AdminCommand, adminCommand } from '../command.ts';
import { bitsOf } from '../dword-codec.ts';

/** The dwords of a submission queue entry that a command gives a meaning to; `nsid` is dword 1. */
export type CommandDword = 'nsid' | 'cdw10' | 'cdw11' | 'cdw12' | 'cdw13' | 'cdw14' | 'cdw15';

/** Bits `high` to `low` of a dword, both included. */
export interface BitRange {
  readonly dword: CommandDword;
  readonly high: number;
  readonly low: number;
}

/** One field of a command. Its bits may stand in several places; the lowest come first. */
export interface CommandField<Kind extends 'number' | 'flag' | 'big' = 'number' | 'flag' | 'big'> {
  readonly kind: Kind;
  readonly parts: readonly BitRange[];
}

/** The fields of a command by their names: the specification's mnemonics in lower case where it has one. */
export type CommandFields = Readonly<Record<string, CommandField>>;

type ValueOf<Field extends CommandField> = Field['kind'] extends 'flag'
  ? boolean
  : Field['kind'] extends 'big'
    ? bigint
    : number;

/** The value of every field. */
export type CommandValues<Fields extends CommandFields> = {
  readonly [Name in keyof Fields]: ValueOf<Fields[Name]>;
};

/** What goes with a command besides its dwords. */
export type Transfer = Partial<
  Pick<AdminCommand, 'data' | 'readLength' | 'commandIdentifier' | 'queueMemory'>
>;

/** A field of bits `high` to `low` of a dword. */
export function bits(dword: CommandDword, high: number, low: number): CommandField<'number'> {
  return { kind: 'number', parts: [{ dword, high, low }] };
}

/** A whole dword. */
export function whole(dword: CommandDword): CommandField<'number'> {
  return bits(dword, 31, 0);
}

/** One bit. */
export function flag(dword: CommandDword, bit: number): CommandField<'flag'> {
  return { kind: 'flag', parts: [{ dword, high: bit, low: bit }] };
}

/** A number whose lower and upper bits stand apart. */
export function split(lower: CommandField<'number'>, upper: CommandField<'number'>): CommandField<'number'> {
  return { kind: 'number', parts: [...lower.parts, ...upper.parts] };
}

/** 64 bits in two dwords, the lower dword first. */
export function double(lower: CommandDword, upper: CommandDword): CommandField<'big'> {
  return { kind: 'big', parts: [...whole(lower).parts, ...whole(upper).parts] };
}

/** Dword 1. */
export const nsid = whole('nsid');

/**
 * A command, or one form of it, as a table of fields from which both directions come. `fixed` are the fields that make
 * it this form, such as the selector.
 */
export interface CommandCodec<Fields extends CommandFields = CommandFields, Fixed extends string = string> {
  readonly opcode: number;
  readonly fields: Fields;
  readonly fixed: Readonly<Record<string, number>>;
  /**
   * The command with these values; what is not named is 0. A value that does not fit its bits is a mistake of the program
   * (what people and devices say is checked at the door) and throws a RangeError.
   */
  encode(values?: Partial<Omit<CommandValues<Fields>, Fixed>>, transfer?: Transfer): AdminCommand;
  /** The value of every field, whatever the other bits of the command are. */
  decode(command: AdminCommand): CommandValues<Fields>;
  /** Whether a command has this opcode and the fixed values, and no bit set that no field describes. */
  describes(command: AdminCommand): boolean;
}

/** Makes a codec of a table of fields; `fixed` names those that always have one value. */
export function commandCodec<
  const Fields extends CommandFields,
  const Fixed extends { readonly [Name in keyof Fields]?: number } = Record<never, number>,
>(opcode: number, fields: Fields, fixed?: Fixed): CommandCodec<Fields, Extract<keyof Fixed, string>> {
  const always = { ...fixed } as Readonly<Record<string, number>>;
  const decode = (command: AdminCommand) => decodeFields(fields, command);
  return {
    opcode,
    fields,
    fixed: always,
    encode: (values = {}, transfer = {}) => encodeFields(opcode, fields, { ...values, ...always }, transfer),
    decode,
    describes: (command) => {
      if (command.opcode !== opcode) return false;
      const again = encodeFields(opcode, fields, { ...decode(command), ...always }, {});
      return dwords.every((dword) => again[dword] === command[dword] >>> 0);
    },
  };
}

const dwords: readonly CommandDword[] = ['nsid', 'cdw10', 'cdw11', 'cdw12', 'cdw13', 'cdw14', 'cdw15'];

function encodeFields(
  opcode: number,
  fields: CommandFields,
  values: Readonly<Record<string, unknown>>,
  transfer: Transfer,
): AdminCommand {
  const entry = { nsid: 0, cdw10: 0, cdw11: 0, cdw12: 0, cdw13: 0, cdw14: 0, cdw15: 0 };
  for (const [name, field] of Object.entries(fields)) {
    const given = values[name];
    if (given === undefined) continue;
    // Numbers of more than 53 bits are big; a flag counts as 0 or 1.
    const isWritten =
      typeof given === 'bigint' ? writeBig(entry, field, given) : writeNumber(entry, field, Number(given));
    if (!isWritten)
      throw new RangeError(`Opcode ${opcode.toString(16)}h: ${String(given)} does not fit the field ${name}`);
  }
  return adminCommand({ opcode, ...entry, ...transfer });
}

type Entry = Record<CommandDword, number>;

/** False for what does not fit. Addition in place of `|`, which would make bit 31 a sign. */
function writeNumber(entry: Entry, field: CommandField, value: number): boolean {
  let rest = value;
  for (const { dword, high, low } of field.parts) {
    const room = 2 ** (high - low + 1);
    entry[dword] += (rest % room) * 2 ** low;
    rest = Math.floor(rest / room);
  }
  return Number.isInteger(value) && value >= 0 && rest === 0;
}

function writeBig(entry: Entry, field: CommandField, value: bigint): boolean {
  let rest = value;
  for (const { dword, high, low } of field.parts) {
    const room = 1n << BigInt(high - low + 1);
    entry[dword] += Number(rest % room) * 2 ** low;
    rest /= room;
  }
  return value >= 0n && rest === 0n;
}

function decodeFields<Fields extends CommandFields>(
  fields: Fields,
  command: AdminCommand,
): CommandValues<Fields> {
  const values: Record<string, number | bigint | boolean> = {};
  for (const [name, field] of Object.entries(fields)) values[name] = readValue(field, command);
  return values as CommandValues<Fields>;
}

function readValue(field: CommandField, command: AdminCommand): number | bigint | boolean {
  if (field.kind !== 'big') {
    let value = 0;
    let weight = 1;
    for (const { dword, high, low } of field.parts) {
      value += bitsOf(command[dword], high, low) * weight;
      weight *= 2 ** (high - low + 1);
    }
    return field.kind === 'flag' ? value === 1 : value;
  }
  let value = 0n;
  let shift = 0n;
  for (const { dword, high, low } of field.parts) {
    const width = BigInt(high - low + 1);
    value |= ((BigInt(command[dword] >>> 0) >> BigInt(low)) & ((1n << width) - 1n)) << shift;
    shift += width;
  }
  return value;
}
