import { largestOutputs } from '#shared/bounds/sizes.ts';
import { countWords } from '#shared/count-words.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import { decodeText } from '../../files/decode-text.ts';
import { createEventLoopPause } from '../../fleet/read/event-loop-pause.ts';
import { inTurns } from '../../in-turns.ts';
import type { CaptureStorage, FileTree } from '../capture/storage/capture-storage.ts';
import type { Fact } from './findings.ts';
import { SysfsTree } from './other/sysfs-tree.ts';
import { type RecognisedText, recogniseText } from './recognise-text.ts';
import { sysfsPlace, WantedFiles } from './wanted-files.ts';

/** Files that are read, names that are looked at, and levels that are gone down. */
const most = { files: 20_000, names: 100_000, entries: 20_000, depth: 16 } as const;
/** Bytes of a file in such a folder: outputs are small, and logs would keep everything else waiting. */
const largestInFolder = 4 * 1024 * 1024;
const mostProblems = 100;

/** What was looked through. */
export interface RecognisedTree {
  readonly texts: readonly RecognisedText[];
  /** What would have been read, and was not. */
  readonly problems: readonly Problem[];
}

/**
 * The outputs in a folder or an archive: loose files, a sos report, a tree of sysfs. Files are known by their content, those
 * of sysfs by their place, which is all that they have.
 */
export async function recogniseTree(tree: FileTree): Promise<RecognisedTree> {
  const { name, storage, linkTarget, passedOver } = tree;
  const { files, links } = await filesBelow(storage);
  const wanted = new WantedFiles();
  wanted.isReport = tree.isReport;
  for (const file of files) wanted.wants(file);
  const reading = files.filter((file) => wanted.wants(file));
  const texts: RecognisedText[] = [];
  const problems: Problem[] = [...tree.problems];
  const sysfs = new SysfsTree();
  const pause = createEventLoopPause();
  let bytes = 0;
  for (const file of links) {
    await pause();
    const target = sysfsPlace(file) === null ? null : await linkTarget(file);
    if (target !== null) sysfs.addLink(file, target);
  }
  for (const [index, file] of reading.entries()) {
    // Each is a moment's work, and out of an archive nothing is waited for in between.
    await pause();
    if (index >= most.files || bytes > largestOutputs) {
      problems.push(unread(name, `${reading.length - index} more files are not read`));
      break;
    }
    const read = await storage.read(file, true);
    if (!read.ok) {
      if (problems.length < mostProblems) problems.push(unread(file, read.error.message));
      continue;
    }
    if (read.value.length > largestInFolder) {
      const message = `It has ${read.value.length} bytes, and is not looked through for outputs`;
      if (problems.length < mostProblems) problems.push(unread(file, message));
      continue;
    }
    bytes += read.value.length;
    const text = await inTurns(decodeText(read.value));
    if (!sysfs.addAttribute(file, text)) texts.push(await inTurns(recogniseText(text, file)));
  }
  const attributes = sysfs.facts();
  if (attributes.length > 0)
    texts.push(listOf('sysfs tree', 'sys', `${attributes.length} attributes and links`, attributes));
  if (wanted.isReport) {
    const about = `${countWords(reading.length, 'file')} about drives, functions and machines`;
    const others = files.length - reading.length + passedOver;
    const holds = others === 0 ? about : `${about}; ${countWords(others, 'other')} passed over`;
    const host = files
      .map((file) => reportHost.exec(`${name}/${file}`)?.[1])
      .find((one) => one !== undefined);
    texts.unshift({
      ...listOf('sos report', name, holds),
      host: host ?? null,
    });
  }
  return { texts: texts.filter(({ findings, host }) => findings.length > 0 || host !== null), problems };
}

/** `sosreport-hv-a-2026-01-01-abcdefg/…` */
const reportHost = /^(?:.*\/)?sosreport-([A-Za-z0-9][\w.-]{0,62}?)-(?:\d{4}-\d\d-\d\d|\d{5,14})(?=[-/])/;

function unread(source: string, message: string): Problem {
  return { source, field: 'size', message, fix: 'Open the outputs that matter by themselves' };
}

/** A finding that is many files at once. */
function listOf(title: string, file: string, holds: string, facts: readonly Fact[] = []): RecognisedText {
  const finding = { title, form: 'files' as const, device: null, holds, facts, notes: [] };
  return { form: 'files', findings: [{ ...finding, file, line: 1 }], host: null, unknownLines: 0 };
}

/** Paths below a folder, in the order of their names; links are not followed. */
async function filesBelow(storage: CaptureStorage): Promise<{ files: string[]; links: string[] }> {
  const files: string[] = [];
  const links: string[] = [];
  const open: { readonly folder: string; readonly depth: number }[] = [{ folder: '.', depth: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const listed = await storage.list(next.folder, most.entries);
    const entries = listed.ok ? [...listed.value.entries] : [];
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const { name, isFolder, isFile } of entries) {
      if (files.length + links.length >= most.names) return { files, links };
      const file = next.folder === '.' ? name : `${next.folder}/${name}`;
      if (isFile) files.push(file);
      else if (!isFolder) links.push(file);
      else if (next.depth < most.depth) open.push({ folder: file, depth: next.depth + 1 });
    }
  }
  return { files, links };
}
