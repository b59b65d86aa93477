import { type NvmeCliRelease, nvmeReleases } from '../../../../shared/nvme/nvme-cli/nvme-release.ts';

/** What an option takes. `byte`, `short` and `word` are nvme-cli's names for 8, 16 and 32 bits. */
export type OptionKind = 'flag' | 'byte' | 'short' | 'word' | 'size' | 'text' | 'list' | 'format';

/** One option of a command. Parsing, help, completion and errors all come from this. */
export interface OptionSpec {
  /** Long name without dashes. */
  readonly name: string;
  /** Single letter, or empty. */
  readonly short: string;
  readonly kind: OptionKind;
  readonly help: string;
  /** Largest number that it takes; by default what fits the kind. */
  readonly maximum?: number;
  readonly required?: boolean;
  /** Options whose values are lost where they stand before this one. */
  readonly loses?: readonly string[];
  /** The first release that has it; left out: all of them. */
  readonly since?: NvmeCliRelease;
  /** The last release that has it. */
  readonly until?: NvmeCliRelease;
  /** Its letter from a release on, where that changed; the later ones last. */
  readonly letters?: readonly (readonly [since: NvmeCliRelease, short: string])[];
  /** Words that stand for numbers, in lower case, and the first release that takes them. */
  readonly words?: { readonly since: NvmeCliRelease; readonly numbers: Readonly<Record<string, number>> };
}

/** One subcommand of nvme. */
export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** `operand`: `/dev/nvme0` stands among the words; `option`: `--dev=/dev/nvme0`; `none`. */
  readonly device: 'operand' | 'option' | 'none';
  readonly options: readonly OptionSpec[];
  /** Operands behind the device are not read. */
  readonly ignoresSurplus?: boolean;
}

interface KindValues {
  flag: boolean;
  byte: number;
  short: number;
  word: number;
  size: number;
  text: string;
  list: readonly number[];
  format: OutputFormat;
}

export type OutputFormat = 'normal' | 'json' | 'binary';

/** The options that a release has, with the letters that it gives them. */
export function optionsIn(release: NvmeCliRelease, options: readonly OptionSpec[]): readonly OptionSpec[] {
  const at = (other: NvmeCliRelease) => nvmeReleases.indexOf(other);
  const has = ({ since, until }: OptionSpec) =>
    (since === undefined || at(since) <= at(release)) && (until === undefined || at(release) <= at(until));
  return options.filter(has).map((known) => {
    const [, short] = known.letters?.findLast(([since]) => at(since) <= at(release)) ?? [];
    const { words, ...wordless } = known;
    const taken = words !== undefined && at(words.since) > at(release) ? wordless : known;
    return short === undefined ? taken : { ...taken, short };
  });
}

/** A command with what every command has: nvme-cli takes the first option of a name or letter, and these come last. */
export function withGlobals(spec: CommandSpec, globals: readonly OptionSpec[]): CommandSpec {
  const isTaken = (letter: string) => spec.options.some(({ short }) => letter !== '' && short === letter);
  const others = globals
    .filter(({ name }) => !spec.options.some((known) => known.name === name))
    .map((known) => (isTaken(known.short) ? { ...known, short: '' } : known));
  return { ...spec, options: [...spec.options, ...others] };
}

/** `nvme virt-mgmt`, `berth fault`: the command as it is typed. */
export function typedName({ name }: Pick<CommandSpec, 'name'>): string {
  return name.startsWith('berth ') ? name : `nvme ${name}`;
}

/** The values that were given, by long name. Absent means not given. */
export type OptionValues<Options extends readonly OptionSpec[]> = {
  readonly [Option in Options[number] as Option['name']]?: KindValues[Option['kind']];
};

const largest = { byte: 0xff, short: 0xffff, word: 0xffffffff, size: Number.MAX_SAFE_INTEGER } as const;

/** Range of a number option; null for the other kinds. */
export function optionMaximum(option: OptionSpec): number | null {
  switch (option.kind) {
    case 'byte':
    case 'short':
    case 'word':
    case 'size':
      return option.maximum ?? largest[option.kind];
    default:
      return null;
  }
}

/** `--cntlid=<0-65535>, -c` */
export function optionUsage(option: OptionSpec): string {
  const short = option.short === '' ? '' : `, -${option.short}`;
  return `--${option.name}${option.kind === 'flag' ? '' : `=<${argumentWords(option)}>`}${short}`;
}

/** What the argument may be, in a few words. */
export function argumentWords(option: OptionSpec): string {
  const maximum = optionMaximum(option);
  if (maximum !== null) return option.kind === 'size' ? 'number, K, M, G …' : `0-${maximum}`;
  if (option.kind === 'list') return 'id,id,…';
  return option.kind === 'format' ? 'normal|json|binary' : 'text';
}
