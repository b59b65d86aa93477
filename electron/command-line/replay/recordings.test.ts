import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCommandLine } from '../testing/run-command-line.ts';

/**
 * Further recordings of a real kernel on QEMU 7.2, packed and without what is never compared: two primaries in one
 * subsystem, drivers that probe by themselves, 40 functions of which few are dumped, functions bound to vfio-pci before
 * the first snapshot, resets while functions are in use, pools of uneven size beside a primary with one function.
 */
const packed = path.join(import.meta.dirname, 'recordings');
const contents = z.record(
  z.string(),
  z.object({ text: z.string().optional(), base64: z.string().optional() }),
);

async function unpack(name: string, folder: string): Promise<void> {
  const bytes = gunzipSync(await readFile(path.join(packed, `${name}.json.gz`)));
  for (const [file, { text, base64 }] of Object.entries(contents.parse(JSON.parse(bytes.toString('utf8'))))) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), text ?? Buffer.from(base64 ?? '', 'base64'));
  }
}

describe('berth replay', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'berth-recordings-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([
    ['03-two-primaries', 262],
    ['05-autoprobe', 235],
    ['08-many', 111],
    ['10-vfio-more', 228],
    ['11-takeover', 78],
    ['12-uneven', 236],
  ])('matches every compared line of the recording %s', async (name, compared) => {
    await unpack(name, path.join(folder, name));
    const { code, out } = await runCommandLine(['replay', path.join(folder, name), '--json']);
    const report = JSON.parse(out);
    expect(report.lines.filter((line: { outcome: string }) => line.outcome === 'different')).toEqual([]);
    expect(report.totals.compared).toBe(compared);
    expect(code).toBe(0);
  });
});
