/** The generations of nvme-cli whose spelling Berth writes. 3.x regrouped the commands and kept their options. */
export const nvmeCliGenerations = ['2.x', '3.x'] as const;
export type NvmeCliGeneration = (typeof nvmeCliGenerations)[number];

/** A line of nvme-cli before it is spelt. */
export interface NvmeCliLine {
  /** The command's name in 2.x: `id-ctrl`, `lm migration-send`. */
  readonly name: string;
  /** How the controller is named: `/dev/nvme0` behind the command, or `--dev=/dev/nvme0`. */
  readonly device: 'operand' | 'option';
  /** Long options in the order in which they are written, `--cntlid` first: see `nvmeCliLine`. */
  readonly options: readonly string[];
}

/**
 * A line with the long options that are not undefined. `--cntlid` has to come first: nvme-cli up to 2.16 parses it as 32
 * bits into a field of 16 and thereby zeroes what an earlier option of `virt-mgmt` gave.
 */
export function nvmeCliLine(
  name: string,
  options: Readonly<Record<string, string | number | bigint | true | undefined>> = {},
  device: NvmeCliLine['device'] = 'operand',
): NvmeCliLine {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const written = given.map(([option, value]) => (value === true ? `--${option}` : `--${option}=${value}`));
  return { name, device, options: written };
}

/**
 * The commands that nvme-cli 3.0 moved into groups, by their name in 2.x; all others keep their name. As of 3.0-rc1, where
 * the old names still run and warn, unless that was left out when it was built.
 */
const regrouped: Readonly<Record<string, string>> = {
  'id-ctrl': 'id ctrl',
  'id-ns': 'id ns',
  'ns-descs': 'id ns-descs',
  'list-ns': 'id ns-list',
  'list-ctrl': 'id ctrl-list',
  'primary-ctrl-caps': 'id primary-ctrl-caps',
  'list-secondary': 'id secondary-ctrl-list',
  'create-ns': 'ns create',
  'delete-ns': 'ns delete',
  'attach-ns': 'ns attach',
  'detach-ns': 'ns detach',
  'smart-log': 'log smart',
  'error-log': 'log error',
  'fw-log': 'log fw',
  'effects-log': 'log effects',
  'changed-ns-list-log': 'log changed-ns-list',
  'sanitize-log': 'log sanitize',
};

const namesOf2 = new Map(Object.entries(regrouped).map(([name, grouped]) => [grouped, name]));

/** A command's name as the generation spells it; `name` is that of 2.x. */
export function spelledName(name: string, generation: NvmeCliGeneration): string {
  return (generation === '3.x' ? regrouped[name] : undefined) ?? name;
}

/** The name in 2.x of a command that 3.x calls `id ctrl`, or undefined for what is no regrouped command. */
export function ungrouped(name: string): string | undefined {
  return namesOf2.get(name);
}

/** The first words of the commands of 3.x that consist of two. */
export const commandGroups: readonly string[] = [
  ...new Set([...namesOf2.keys()].map((name) => name.split(' ')[0] ?? '')),
];

/** The whole line for a shell. `device` is the path of the controller, `/dev/nvme0`. */
export function spellLine(line: NvmeCliLine, device: string, generation: NvmeCliGeneration): string {
  const target = line.device === 'operand' ? device : `--dev=${device}`;
  return ['nvme', spelledName(line.name, generation), target, ...line.options].join(' ');
}

/** Which nvme-cli understands all of these lines, in words for a script or a report; null where none is nvme-cli's. */
export function writtenFor(lines: readonly string[]): string | null {
  const names = lines.flatMap((line) => /^nvme ([a-z].*?) (?:\/dev|--dev=)/.exec(line)?.[1] ?? []);
  if (names.length === 0) return null;
  if (names.some((name) => ungrouped(name) !== undefined)) return 'nvme-cli 3.x';
  return names.some((name) => spelledName(name, '3.x') !== name) ? 'nvme-cli 2.x' : 'nvme-cli 2.x or 3.x';
}
