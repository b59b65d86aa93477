import { fail, type Result, succeed } from '../../../../shared/result.ts';
import { parseNumber, parseSuffixedNumber } from './numbers.ts';
import {
  argumentWords,
  type CommandSpec,
  type OptionSpec,
  optionMaximum,
  optionUsage,
  typedName,
} from './option-spec.ts';

export interface ParsedOptions {
  readonly values: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
}

/**
 * Options as nvme-cli takes them (`getopt_long_only`): `-a9`, `-a 9`, `--act=9`, `--act 9`, `-act 9`, unambiguous
 * beginnings of long names, and operands anywhere. Blanks around `=` are taken as well, as the proposal writes them.
 */
export function parseOptions(command: CommandSpec, words: readonly string[]): Result<ParsedOptions> {
  const values: Record<string, unknown> = {};
  const operands: string[] = [];
  const rest = joinEquals(words);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') {
      operands.push(...rest);
      break;
    }
    if (!word.startsWith('-') || word === '-') {
      operands.push(word);
      continue;
    }
    const found = findOption(command, word);
    if (!found.ok) return found;
    for (const { option, argument } of found.value) {
      if (option.kind === 'flag') {
        values[option.name] = true;
        continue;
      }
      const text = argument ?? rest.shift();
      if (text === undefined)
        return usage(command, option, `${command.name}: option '--${option.name}' requires an argument`);
      const value = parseValue(command, option, text);
      if (!value.ok) return value;
      for (const lost of option.loses ?? []) delete values[lost];
      values[option.name] = value.value;
    }
  }
  const missing = command.options.find((option) => option.required && values[option.name] === undefined);
  if (missing) return usage(command, missing, `${command.name}: option '--${missing.name}' is missing`);
  return succeed({ values, operands });
}

// Only a `=` between an option and its value is glue; anywhere else it is text.
function joinEquals(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const text of words) {
    const before = joined.at(-1);
    const isOption = before !== undefined && /^--?[A-Za-z]/.test(before);
    const startsWithEquals = text.startsWith('=') && isOption && !before.includes('=');
    const endsWithEquals = isOption && before.endsWith('=') && before.indexOf('=') === before.length - 1;
    if (startsWithEquals || (endsWithEquals && !/^--/.test(text))) joined.splice(-1, 1, `${before}${text}`);
    else joined.push(text);
  }
  return joined;
}

interface FoundOption {
  readonly option: OptionSpec;
  /** Given in the same word. */
  readonly argument: string | undefined;
}

function findOption(command: CommandSpec, word: string): Result<readonly FoundOption[]> {
  const isLong = word.startsWith('--');
  const body = word.replace(/^--?/, '');
  const equals = body.indexOf('=');
  const name = equals === -1 ? body : body.slice(0, equals);
  const argument = equals === -1 ? undefined : body.slice(equals + 1);
  const long = matchLong(command, name);
  // A single dash is tried as a long name first, but a single letter that is an option means that option.
  if (long.length === 1 && (isLong || name.length > 1) && long[0]) {
    if (long[0].kind === 'flag' && argument !== undefined)
      return usage(command, long[0], `${command.name}: option '--${long[0].name}' doesn't allow an argument`);
    return succeed([{ option: long[0], argument }]);
  }
  if (!isLong) {
    const short = shortOptions(command, body);
    if (short !== null) return succeed(short);
    // A letter that is no option is the beginning of a long name.
    const [only, ...others] = long;
    if (only !== undefined && others.length === 0) return succeed([{ option: only, argument }]);
  }
  if (long.length > 1)
    return unknown(
      command,
      `${command.name}: option '${word}' is ambiguous; possibilities: ${long.map((known) => `'--${known.name}'`).join(' ')}`,
    );
  return unknown(command, `${command.name}: unrecognized option '${word}'`);
}

function matchLong(command: CommandSpec, name: string): readonly OptionSpec[] {
  const exact = command.options.find((option) => option.name === name);
  if (exact) return [exact];
  return name === '' ? [] : command.options.filter((option) => option.name.startsWith(name));
}

/** `-bH` is two flags, `-a9` an option with its argument. Null when a letter is no option. */
function shortOptions(command: CommandSpec, letters: string): readonly FoundOption[] | null {
  const found: FoundOption[] = [];
  for (let at = 0; at < letters.length; at++) {
    const option = command.options.find((known) => known.short !== '' && known.short === letters.charAt(at));
    if (option === undefined) return null;
    const rest = letters.slice(at + 1);
    if (option.kind !== 'flag') {
      found.push({ option, argument: rest === '' ? undefined : rest });
      return found;
    }
    found.push({ option, argument: undefined });
  }
  return found;
}

const kindWords = { byte: 'byte', short: 'short', word: 'word', size: 'long suffixed integer' } as const;

function parseValue(command: CommandSpec, option: OptionSpec, text: string): Result<unknown> {
  switch (option.kind) {
    case 'text':
    case 'flag':
      return succeed(text);
    case 'format': {
      const formats = ['normal', 'json', 'binary'];
      return formats.includes(text) ? succeed(text) : usage(command, option, 'Invalid output format');
    }
    case 'list': {
      const ids = text === '' ? [] : text.split(',').map(parseNumber);
      return ids.every((id) => id !== null && id >= 0 && id <= 0xffff) && ids.length <= 2047
        ? succeed(ids)
        : usage(command, option, `${command.name}: controller id list is malformed`);
    }
    default: {
      const number = option.kind === 'size' ? parseSuffixedNumber(text) : parseNumber(text);
      const value = numberOfWord(option, text) ?? number;
      const maximum = optionMaximum(option) ?? 0;
      if (value !== null && value >= 0 && value <= maximum) return succeed(value);
      return usage(
        command,
        option,
        `Expected ${kindWords[option.kind]} argument for '${option.name}' but got '${text}'!`,
      );
    }
  }
}

/** nvme-cli takes the first name that begins so, in any case. */
function numberOfWord({ words }: OptionSpec, text: string): number | undefined {
  if (text === '') return undefined;
  return Object.entries(words?.numbers ?? {}).find(([name]) => name.startsWith(text.toLowerCase()))?.[1];
}

function usage<T>(command: CommandSpec, option: OptionSpec, message: string): Result<T> {
  const range = option.kind === 'flag' ? 'takes no argument' : `takes ${argumentWords(option)}`;
  const bases = optionMaximum(option) === null ? '' : ', in decimal, 0x hexadecimal or 0 octal';
  return fail('invalid-request', message, {
    object: typedName(command),
    field: `--${option.name}`,
    fix: `--${option.name} ${range}${bases}: ${option.help}`,
  });
}

function unknown<T>(command: CommandSpec, message: string): Result<T> {
  const known = command.options.map(optionUsage).join('  ');
  return fail('invalid-request', message, {
    object: typedName(command),
    fix: known === '' ? 'This command takes no options' : `Its options are ${known}`,
  });
}
