import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectRoot } from '../../electron/setup/paths.mjs';

/** A recorded host with one plain drive, and one with four virtual functions of which two are online. */
const recorded = path.join(projectRoot, 'e2e/captures/02-sriov-4vf/02-two-online');
const perCopy = 6;

/**
 * Calls `use` with a folder that holds a capture of so many controllers (rounded up to whole copies): the recorded host
 * again and again, each time with names, addresses, serial numbers and NQNs of its own. The folder is removed after it.
 */
export async function withLargeCapture<Value>(
  controllers: number,
  use: (folder: string) => Promise<Value>,
): Promise<Value> {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-capture-'));
  try {
    writeCopies(path.join(folder, '00-boot'), Math.ceil(controllers / perCopy));
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeCopies(snapshot: string, copies: number): void {
  const files = filesOf('.');
  for (const dump of ['sysfs-pci.tsv', 'sysfs-nvme.tsv']) {
    const text = readFileSync(path.join(recorded, dump), 'latin1');
    const parts = Array.from({ length: copies }, (_, copy) => renamed(text, copy));
    mkdirSync(snapshot, { recursive: true });
    writeFileSync(path.join(snapshot, dump), parts.join(''), 'latin1');
  }
  const contents = files.map((file) => readFileSync(path.join(recorded, file), 'latin1'));
  for (let copy = 0; copy < copies; copy++) {
    for (const [index, file] of files.entries()) {
      const target = path.join(snapshot, renamed(file, copy));
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, renamed(contents[index] ?? '', copy), 'latin1');
    }
  }
}

/** The files of the controllers' folders, by their path in the recorded snapshot. */
function filesOf(folder: string): string[] {
  return readdirSync(path.join(recorded, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (folder !== '.') return entry.isFile() ? [name] : [];
    return entry.isDirectory() && /^nvme\d$/.test(entry.name) ? filesOf(name) : [];
  });
}

/** Names, addresses, serial numbers and NQNs of one copy; identifiers keep their length, as their fields have it. */
function renamed(text: string, copy: number): string {
  const number = String(copy).padStart(5, '0');
  return text
    .replaceAll(/0000:(?=0[12]:00\.\d)/g, `${(copy + 1).toString(16).padStart(4, '0')}:`)
    .replaceAll(/\bnvme([0-3])(?!\d)/g, (_, device) => `nvme${copy * 4 + Number(device)}`)
    .replaceAll(/nvme-subsys([01])(?!\d)/g, (_, one) => `nvme-subsys${copy * 2 + Number(one)}`)
    .replaceAll('SRIOV0001', `SRIO${number}`)
    .replaceAll('PLAIN0004', `PLAN${number}`)
    .replaceAll('qemu:sriov0', `qemu:s${number}`);
}
