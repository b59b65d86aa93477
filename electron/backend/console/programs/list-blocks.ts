import { type CommandOutput, printed, refused, refusedWithFix } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import { readAttribute } from '../read-attribute.ts';
import type { HostProgram } from './program.ts';

interface BlockView {
  readonly name: string;
  readonly minor: number;
  readonly bytes: number;
  readonly blockSize: number;
  readonly model: string;
  readonly serial: string;
}

const columnsOf = {
  NAME: ({ name }: BlockView) => name,
  KNAME: ({ name }: BlockView) => name,
  PATH: ({ name }: BlockView) => `/dev/${name}`,
  'MAJ:MIN': ({ minor }: BlockView) => `259:${minor}`,
  RM: () => '0',
  SIZE: ({ bytes }: BlockView, exact: boolean) => (exact ? String(bytes) : shortSize(bytes)),
  RO: () => '0',
  TYPE: () => 'disk',
  MOUNTPOINT: () => '',
  MOUNTPOINTS: () => '',
  FSTYPE: () => '',
  MODEL: ({ model }: BlockView) => model,
  SERIAL: ({ serial }: BlockView) => serial,
  TRAN: () => 'nvme',
  'LOG-SEC': ({ blockSize }: BlockView) => String(blockSize),
  'PHY-SEC': ({ blockSize }: BlockView) => String(blockSize),
} as const;
type Column = keyof typeof columnsOf;

const isColumn = (name: string): name is Column => Object.hasOwn(columnsOf, name);

/** `lsblk [-d] [-n] [-b] [-p] [-J] [-o COLUMN,…] [DEVICE]…` */
export const lsblkProgram: HostProgram = ({ args, host }) => {
  const letters = new Set<string>();
  const devices: string[] = [];
  let columns: readonly string[] = ['NAME', 'MAJ:MIN', 'RM', 'SIZE', 'RO', 'TYPE', 'MOUNTPOINTS'];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const output = /^(?:-([dnbpJ]*)o|--output(?:=|$))(.*)$/.exec(word);
    if (output !== null) {
      for (const letter of output[1] ?? '') letters.add(letter);
      columns = (output[2] || (args[++at] ?? '')).toUpperCase().split(',');
    } else if (/^-[dnbpJ]+$/.test(word)) for (const letter of word.slice(1)) letters.add(letter);
    else if (word.startsWith('-')) return problem(`invalid option -- '${word.replace(/^-+/, '')}'`);
    else devices.push(word);
  }
  const named = columns.filter(isColumn);
  const unknown = columns.find((name) => !isColumn(name));
  if (unknown !== undefined) return problem(`unknown column: ${unknown}`);
  const all = blocksOf(host);
  const missing = devices.find((path) => !all.some(({ name }) => `/dev/${name}` === path));
  if (missing !== undefined) return refused(`lsblk: ${missing}: not a block device`, 32);
  const shown = devices.length === 0 ? all : all.filter(({ name }) => devices.includes(`/dev/${name}`));
  const rows = shown.map((view) =>
    named.map((column) => {
      const value = columnsOf[column](view, letters.has('b'));
      return letters.has('p') && column === 'NAME' ? `/dev/${value}` : value;
    }),
  );
  if (letters.has('J')) {
    const blockdevices = rows.map((row) =>
      Object.fromEntries(named.map((name, index) => [name.toLowerCase(), row[index] || null])),
    );
    return printed(`${JSON.stringify({ blockdevices }, null, 3)}\n`);
  }
  return printed(table(letters.has('n') ? rows : [named, ...rows]));
};

function problem(words: string): CommandOutput {
  const known = Object.keys(columnsOf).join(', ');
  return {
    ...refusedWithFix(`lsblk: ${words}`, `Use -d, -n, -b, -p, -J, or -o with ${known}`),
    misunderstood: true,
  };
}

function blocksOf(host: ConsoleHost): readonly BlockView[] {
  return host.namespaces().map(({ name, blocks, blockSize, controllers }, minor) => {
    const controller = `/sys/class/nvme/${controllers[0] ?? ''}`;
    const model = readAttribute(host, `${controller}/model`).trimStart();
    const serial = readAttribute(host, `${controller}/serial`).trimStart();
    return { name, minor, bytes: blocks * blockSize, blockSize, model, serial };
  });
}

/** `1.5T`, `477G`: powers of 1024 with one digit behind the point, as util-linux writes them. */
function shortSize(bytes: number): string {
  const units = ['B', 'K', 'M', 'G', 'T', 'P'];
  let unit = 0;
  while (unit < units.length - 1 && bytes >= 1024 ** (unit + 1)) unit += 1;
  return `${(bytes / 1024 ** unit).toFixed(1).replace(/\.0$/, '')}${units[unit]}`;
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}
