import type { Pieces } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import { inTurns } from '../../in-turns.ts';
import type { SnapshotFiles } from './snapshot-files.ts';

/** Attributes and links of one sysfs folder: `sriov_numvfs` → `4`, `driver` → `nvme` (the last part of a link). */
export interface SysfsEntry {
  readonly attributes: ReadonlyMap<string, string>;
  /** Full link targets by name. */
  readonly links: ReadonlyMap<string, string>;
}

/** A dump of some thousand functions has hundreds of thousands of lines; these are read between two pauses. */
const linesOfPiece = 2000;

/** Folders that are read: several times the functions of the largest hosts. */
const mostEntries = 65_536;

/** Characters: a path and what the kernel puts into one page. */
const longestLine = 8192;

/**
 * A sysfs dump: lines of `path<TAB>value`, or `path<TAB>-> target` for links. Lines of another form are told and left
 * out, and so are such that no kernel writes in that length. Null when the file is absent.
 */
export async function readSysfsDump(
  files: SnapshotFiles,
  file: string,
  root: string,
): Promise<ReadonlyMap<string, SysfsEntry> | null> {
  const text = await files.text(file);
  if (text === null) return null;
  return inTurns(parseSysfsDump(files, file, root, text));
}

function* parseSysfsDump(
  files: SnapshotFiles,
  file: string,
  root: string,
  text: string,
): Pieces<ReadonlyMap<string, SysfsEntry>> {
  const entries = new Map<string, { attributes: Map<string, string>; links: Map<string, string> }>();
  let foreign = 0;
  let firstForeign = 0;
  let tooMany = false;
  let index = -1;
  for (const line of linesOf(text)) {
    index += 1;
    if (index % linesOfPiece === linesOfPiece - 1) yield;
    if (line === '') continue;
    const tab = line.indexOf('\t');
    const path = tab === -1 ? '' : line.slice(0, tab);
    if (!path.startsWith('/sys/') || line.length > longestLine) {
      foreign++;
      firstForeign ||= index + 1;
      continue;
    }
    if (!path.startsWith(`${root}/`)) continue;
    const [name = '', ...rest] = path.slice(root.length + 1).split('/');
    const entry = entries.get(name) ?? { attributes: new Map(), links: new Map() };
    if (entries.size === mostEntries && !entries.has(name)) {
      tooMany = true;
      continue;
    }
    entries.set(name, entry);
    const value = line.slice(tab + 1);
    const target = value.startsWith('-> ') ? value.slice(3) : null;
    if (target === null) entry.attributes.set(rest.join('/'), value);
    else entry.links.set(rest.join('/'), target);
  }
  if (tooMany)
    files.problem(file, `There are more than ${mostEntries} entries in ${root}; the rest is left out`, {
      field: root,
      fix: 'Record only the devices that matter',
    });
  if (foreign > 0)
    files.problem(
      file,
      `${countWords(foreign, 'line')} ${foreign === 1 ? 'does' : 'do'} not have the form path<TAB>value`,
      {
        field: `line ${firstForeign}`,
        fix: 'The file is truncated or of another kind; record the capture again',
      },
    );
  return entries;
}

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at <= text.length; ) {
    const end = text.indexOf('\n', at);
    yield text.slice(at, end === -1 ? text.length : end);
    if (end === -1) return;
    at = end + 1;
  }
}

/** A number attribute in decimal or 0x form; tells a problem when it is something else. */
export function numberAttribute(
  files: SnapshotFiles,
  file: string,
  path: string,
  entry: SysfsEntry,
  name: string,
): number | null {
  const text = entry.attributes.get(name);
  if (text === undefined) return null;
  if (/^(0x[0-9a-f]{1,8}|\d{1,10})$/.test(text)) return Number(text);
  files.problem(file, `${path}/${name} is ${JSON.stringify(text)}, which is not a number`, {
    field: `${path}/${name}`,
    fix: 'Record the capture again',
  });
  return null;
}

/** The last part of a link: `../../bus/pci/drivers/nvme` → `nvme`. */
export function linkName(entry: SysfsEntry, name: string): string | null {
  return entry.links.get(name)?.split('/').at(-1) ?? null;
}
