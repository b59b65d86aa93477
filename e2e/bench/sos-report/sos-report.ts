import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar, type TarEntry } from 'modern-tar';
import { createSeededRandom } from '#backend/seeded-random.ts';
import { projectRoot } from '../../../electron/setup/paths.mjs';

/** Bytes of the archive, packed. */
const packedBytes = 200e6;
/** Small files of /proc, /etc and /sys beside the logs. */
const smallFiles = 20_000;
/** Bytes of one log. */
const logBytes = 8 * 1024 * 1024;

const root = 'sosreport-hv-a-2026-01-01-abcdefg';
const outputs = path.join(projectRoot, 'e2e/outputs');

/** What nvme-cli and lspci printed, in a report under the names that sos gives them. */
const about: readonly (readonly [name: string, output: string])[] = [
  ['sos_commands/nvme/nvme_list-subsys', 'nvme-cli/list-subsys.txt'],
  ['sos_commands/nvme/nvme_id-ctrl_-H_.dev.nvme0', 'nvme-cli/id-ctrl-H.txt'],
  ['sos_commands/nvme/nvme_id-ns_-H_.dev.nvme0n2', 'nvme-cli/id-ns-H.txt'],
  ['sos_commands/nvme/nvme_list-ns_.dev.nvme0', 'nvme-cli/list-ns.txt'],
  ['sos_commands/pci/lspci_-nnvv', 'other/lspci-vvv.txt'],
];

export interface GeneratedReport {
  readonly file: string;
  /** Bytes. */
  readonly packed: number;
  readonly unpacked: number;
}

/**
 * Calls `use` with a sos report of 200 MB (.tar.gz), the same at each run: what is read of it first and last, thousands of
 * small files, and logs that pack as logs do, at four to one. The members of the gzip file are some MB each, as `cat` would
 * put several together, because packing 800 MB anew for each run would take minutes. It is removed after it.
 */
export async function withSosReport<Value>(use: (report: GeneratedReport) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-sos-report-'));
  try {
    return await use(await writeReport(path.join(folder, `${root}.tar.gz`)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function writeReport(file: string): Promise<GeneratedReport> {
  const handle = openSync(file, 'w');
  let [packed, unpacked] = [0, 0];
  const write = (bytes: Uint8Array, packedBytesOf: Uint8Array) => {
    packed += writeSync(handle, packedBytesOf);
    unpacked += bytes.length;
  };
  const add = async (entries: readonly TarEntry[]) => {
    const bytes = await entriesAlone(entries);
    write(bytes, gzipSync(bytes, { level: 6 }));
  };
  const outputsOf = (part: readonly (readonly [string, string])[]) =>
    part.map(([name, output]) => entry(name, readFileSync(path.join(outputs, output))));
  try {
    await add(outputsOf(about.slice(0, 2)));
    await add(Array.from({ length: smallFiles }, (_, at) => entry(`proc/sys/net/f${at}`, `${at}\n`)));
    const log = Buffer.from(logText());
    const packedLog = gzipSync(log, { level: 6 });
    const header = async (at: number) =>
      (await entriesAlone([entry(`var/log/l${at}`, log)])).subarray(0, 512);
    for (let at = 0; packed < packedBytes; at++) {
      const head = await header(at);
      write(head, gzipSync(head));
      write(log, packedLog);
    }
    await add(outputsOf(about.slice(2)));
    const end = new Uint8Array(1024);
    write(end, gzipSync(end));
    return { file, packed, unpacked };
  } finally {
    closeSync(handle);
  }
}

function entry(name: string, body: string | Uint8Array): TarEntry {
  return { header: { name: `${root}/${name}`, size: Buffer.byteLength(body), mtime: new Date(0) }, body };
}

/** Without the two blocks of zeros that end an archive. */
async function entriesAlone(entries: readonly TarEntry[]): Promise<Uint8Array> {
  const tar = await packTar(entries);
  return tar.subarray(0, tar.length - 1024);
}

/** Lines such as a journal has; a multiple of 512 bytes. */
function logText(): string {
  const random = createSeededRandom(1);
  const words = ['kernel:', 'systemd[1]:', 'started', 'session', 'audit', 'denied', 'tcp', 'unit', 'slice'];
  const lines: string[] = [];
  let length = 0;
  for (let at = 0; length < logBytes; at++) {
    const said = Array.from({ length: 8 }, () => words[Math.floor(random.next() * words.length)]).join(' ');
    const line = `Jan 01 00:${String(at % 60).padStart(2, '0')}:01 hv-a ${said} ${random.next().toString(16).slice(2, 14)}\n`;
    lines.push(line);
    length += line.length;
  }
  return lines.join('').slice(0, logBytes);
}
