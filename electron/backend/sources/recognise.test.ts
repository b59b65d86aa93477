import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSource } from './read-recorded.ts';
import { recognise } from './recognise.ts';

const e2e = path.join(import.meta.dirname, '../../../e2e');
const output = (name: string) => readFileSync(path.join(e2e, 'outputs/nvme-cli', name), 'utf8');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-recognise-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const place = path.join(folder, name);
  writeFileSync(place, content);
  return place;
}

const answerOf = async (...paths: string[]) => recognise({ kind: 'paths', paths });
const tarOf = (name: string, text: string) =>
  packTar([{ header: { name, size: Buffer.byteLength(text) }, body: text }]);

describe('what stands at a path is said, and opened as that', () => {
  it('a capture, a fleet file, outputs, and a folder of nothing', async () => {
    const capture = path.join(e2e, 'captures/02-sriov-4vf');
    expect(await answerOf(capture)).toMatchObject({ value: { kind: 'capture' } });
    expect(await answerOf(write('fleet.json', '{"format":"berth-fleet"}'))).toMatchObject({
      value: { kind: 'fleet-file' },
    });
    const list = write('list.json', output('list-v-3.0.json'));
    const expected = {
      kind: 'outputs',
      recognition: { outputs: [{ title: 'nvme list -v' }], refusal: null },
    };
    expect(await answerOf(list)).toMatchObject({ value: expected });
    expect(await answerOf(list, write('uname', 'Linux hv-a 6.1.0-1 #1 SMP'))).toMatchObject({
      value: { kind: 'outputs', recognition: { host: 'hv-a', outputs: [{}, { title: 'uname -a' }] } },
    });
    // Whoever asks for its snapshots hears that it has none.
    const nothing = path.join(import.meta.dirname, '../ports.ts');
    expect(await answerOf(path.dirname(write('notes.txt', 'sun')))).toMatchObject({
      value: { kind: 'outputs' },
    });
    expect(await answerOf(nothing)).toMatchObject({
      value: { kind: 'outputs', recognition: { outputs: [], refusal: {} } },
    });
  });

  it('an archive of outputs, by itself and beside a file', async () => {
    const text = output('list-v-3.0.json');
    const archive = write('host.tar', await tarOf('outputs/list.json', text));
    const recognition = { outputs: [{ title: 'nvme list -v', file: 'list.json' }], refusal: null };
    expect(await answerOf(archive)).toMatchObject({ value: { kind: 'outputs', recognition } });
    expect(await answerOf(archive, write('list-ns.txt', output('list-ns.txt')))).toMatchObject({
      value: { kind: 'outputs', recognition: { outputs: [{}, { title: 'nvme list-ns' }] } },
    });
    expect(await readSource(archive)).toMatchObject({
      value: { kind: 'recorded', capture: { name: 'host' }, outputs: { findings: [{}] } },
    });
    expect(await readSource(archive, '00-boot')).toMatchObject({ error: { code: 'invalid-file' } });
  });

  it('an archive that is cut off says so, with what was read until then', async () => {
    const tar = await packTar([
      {
        header: { name: 'list.json', size: output('list-v-3.0.json').length },
        body: output('list-v-3.0.json'),
      },
      { header: { name: 'more.txt', size: 9000 }, body: 'x'.repeat(9000) },
    ]);
    const archive = write('cut.tar', tar.subarray(0, tar.length - 6000));
    expect(await answerOf(archive)).toMatchObject({
      value: {
        kind: 'outputs',
        recognition: { problems: expect.arrayContaining([expect.objectContaining({ field: 'archive' })]) },
      },
    });
  });

  it('one that is packed with zstd is refused with the line that packs it anew', async () => {
    const report = write('sosreport-hv-a.tar.zst', new Uint8Array([0x28, 0xb5, 0x2f, 0xfd]));
    const refused = {
      code: 'invalid-file',
      object: report,
      fix: expect.stringContaining(`Pack it with gzip, and open that: zstd -dc "${report}" | gzip > `),
    };
    expect(await answerOf(report)).toMatchObject({ ok: false, error: refused });
    expect(await readSource(report)).toMatchObject({ ok: false, error: refused });
  });
});
