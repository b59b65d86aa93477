import { readdirSync, readFileSync } from 'node:fs';

/** @returns the process and everything below it, by /proc; a process that ends meanwhile is left out */
function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(name);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree: number[] = [];
  const visit = (process: number): void => {
    tree.push(process);
    for (const child of children.get(process) ?? []) visit(child);
  };
  visit(root);
  return tree;
}

function parentOf(process: string): number | null {
  try {
    // The name in parentheses may itself hold blanks and parentheses: the fields follow the last one.
    const fields = readFileSync(`/proc/${process}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
    return Number(fields?.[1]);
  } catch {
    return null;
  }
}

/**
 * Memory of a program with all its processes, where a page that several share counts only once altogether.
 *
 * @returns megabytes (10⁶ bytes) of proportional set size
 */
export function proportionalMemory(root: number): number {
  let kibibytes = 0;
  for (const process of processTree(root)) {
    try {
      kibibytes += Number(
        readFileSync(`/proc/${process}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+)/m)?.[1] ?? 0,
      );
    } catch {
      // It ended between listing and reading.
    }
  }
  return (kibibytes * 1024) / 1e6;
}
