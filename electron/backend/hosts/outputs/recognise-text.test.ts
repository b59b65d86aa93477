import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce } from '#shared/bounds/pieces.ts';
import { countPieces } from '#shared/test-support/count-pieces.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import type { Fact } from './findings.ts';
import { recogniseText } from './recognise-text.ts';

const root = path.join(import.meta.dirname, '../../../../e2e');
const outputs = path.join(root, 'outputs');
const read = (file: string, folder = 'nvme-cli') => readFileSync(path.join(outputs, folder, file), 'utf8');
const recognised = (text: string, file = '') => atOnce(recogniseText(text, file));
const only = (file: string, folder?: string) => {
  const { findings, unknownLines } = recognised(read(file, folder));
  expect(findings).toHaveLength(1);
  expect(unknownLines).toBe(0);
  return findings[0]!;
};
const structure = (file: string) => {
  const [fact] = only(file).facts;
  if (fact?.kind !== 'structure') throw new Error(`${file} has no structure`);
  return fact;
};
const nqn = 'nqn.2014-08.org.nvmexpress:uuid:00000000-0000-0000-0000-000000000a01';

/** By the folder of its examples: what each of them is and holds. */
const examples: Readonly<Record<string, readonly (readonly [string, string, string, string])[]>> = {
  'nvme-cli': [
    ['list-1.x.json', 'nvme list', 'JSON', '1 namespace of 1 controller'],
    ['list-2.7.json', 'nvme list', 'JSON', '1 namespace of 1 controller'],
    ['list-2.11-nested.json', 'nvme list -v', 'JSON', '1 controller, 1 namespace'],
    ['list-v-2.7.json', 'nvme list -v', 'JSON', '1 controller, 1 namespace'],
    ['list-v-2.15-multipath.json', 'nvme list -v', 'JSON', '1 controller, 1 namespace'],
    ['list-v-3.0.json', 'nvme list -v', 'JSON', '1 controller, 1 namespace'],
    ['list-subsys-1.x.json', 'nvme list-subsys', 'JSON', '1 controller'],
    ['list-subsys-2.x.json', 'nvme list-subsys', 'JSON', '1 controller'],
    ['list-1.x.txt', 'nvme list', 'text', '1 namespace of 1 controller'],
    ['list.txt', 'nvme list', 'text', '2 namespaces of 2 controllers'],
    ['list-v-2.x.txt', 'nvme list -v', 'text', '1 controller, 3 rows'],
    ['list-subsys.txt', 'nvme list-subsys', 'text', '1 controller of 1 NVM subsystem'],
    ['id-ctrl.txt', 'nvme id-ctrl', 'text', 'EXAMPLE 1T, EXA0001, CNTLID 65, OACS 0xdf'],
    ['id-ctrl-H.txt', 'nvme id-ctrl', 'text', 'EXAMPLE 1T, EXA0001, CNTLID 65, OACS 0xdf'],
    ['id-ns.txt', 'nvme id-ns', 'text', 'namespace 1, 1953525168 blocks'],
    ['id-ns-H.txt', 'nvme id-ns', 'text', 'namespace 2, 1953525168 blocks'],
    ['list-secondary-2.x.txt', 'nvme list-secondary', 'text', '2 secondary controllers, 1 online'],
    [
      'primary-ctrl-caps-H.txt',
      'nvme primary-ctrl-caps',
      'text',
      '256 flexible queues, 256 flexible interrupts',
    ],
    ['list-ns.txt', 'nvme list-ns', 'text', '2 namespaces'],
    ['list-ctrl.txt', 'nvme list-ctrl', 'text', '3 controllers'],
    ['show-regs.txt', 'nvme show-regs', 'text', 'CAP 0x4018200f0103ff'],
    ['show-regs-H.txt', 'nvme show-regs', 'text', 'CAP 0x4018200f0103ff'],
    ['smart-log.txt', 'nvme smart-log', 'text', 'temperature 311 K, used 3%'],
  ],
  other: [
    ['lspci-nn-k.txt', 'lspci', 'text', '2 NVMe functions of 3 functions, 0 with SR-IOV'],
    ['lspci-vvv.txt', 'lspci', 'text', '3 NVMe functions of 3 functions, 1 with SR-IOV'],
    ['lspci-not-root.txt', 'lspci', 'text', '1 NVMe function of 1 function, 0 with SR-IOV'],
    ['dmesg.txt', 'kernel log', 'text', '5 lines, 2 controllers with their addresses'],
    ['journal.txt', 'kernel log', 'text', '2 lines, 1 controller with its address'],
    ['smartctl.json', 'smartctl -j', 'JSON', 'EXAMPLE 1T, EXA0001, 38 °C'],
    ['smartctl-other-name.json', 'smartctl -j', 'JSON', 'EXAMPLE 1T, EXA0001'],
    ['smartctl-sata.json', 'smartctl -j', 'JSON', 'no NVMe drive'],
    [
      'domain.xml',
      'virsh dumpxml',
      'XML',
      'virtual machine db-primary, 2 PCI functions: 0000:86:00.2, 0000:87:00.0',
    ],
    ['nodedev-pf.xml', 'virsh nodedev-dumpxml', 'XML', 'PCI function 0000:86:00.0, 32 virtual functions'],
    ['nodedev-vf.xml', 'virsh nodedev-dumpxml', 'XML', 'PCI function 0000:86:00.2'],
    ['sysfs.txt', 'sysfs attributes', 'text', '7 attributes'],
  ],
};

describe.each(Object.entries(examples))('outputs of %s are known by their content', (folder, known) => {
  it.each(known)('%s: %s as %s, %s', (file, title, form, holds) => {
    expect(only(file, folder)).toMatchObject({ title, form, holds, line: 1 });
  });

  it('every example is named above, or is several at once', () => {
    const several = ['forum-post.txt'];
    const named = [...known.map(([file]) => file), ...several];
    expect(readdirSync(path.join(outputs, folder)).filter((file) => !named.includes(file))).toEqual([]);
  });
});

describe('outputs of nvme-cli', () => {
  it('every shape of the lists names the same controller', () => {
    const device = (file: string) => only(file).facts.find((fact) => fact.kind === 'device');
    const controller = { serial: 'EXA0001', model: 'EXAMPLE 1T', firmware_rev: 'EX1.0' };
    for (const file of ['list-1.x.json', 'list-2.7.json', 'list-1.x.txt', 'list.txt'])
      expect(device(file)).toMatchObject({ device: 'nvme0', attributes: controller });
    const placed = {
      ...controller,
      address: '0000:86:00.0',
      transport: 'pcie',
      cntlid: '65',
      subsysnqn: nqn,
    };
    for (const file of ['list-2.11-nested.json', 'list-v-2.7.json', 'list-v-3.0.json', 'list-v-2.x.txt'])
      expect(device(file)).toMatchObject({ device: 'nvme0', attributes: placed, namespaces: [{ nsid: 1 }] });
    const path = { address: '0000:86:00.0', transport: 'pcie', state: 'live', subsysnqn: nqn };
    for (const file of ['list-subsys-1.x.json', 'list-subsys-2.x.json', 'list-subsys.txt'])
      expect(device(file)).toMatchObject({ device: 'nvme0', attributes: path });
    expect(device('list-v-2.15-multipath.json')).toMatchObject({
      device: 'nvme0',
      namespaces: [{ nsid: 1 }],
    });
  });

  it('exact sizes are taken, rounded ones are not', () => {
    const namespaces = (file: string) =>
      only(file).facts.flatMap((fact) => (fact.kind === 'device' ? (fact.namespaces ?? []) : []));
    expect(namespaces('list-2.7.json')).toEqual([
      { nsid: 1, disk: 'nvme0n1', sizeBytes: 1000204886016, blockSize: 512 },
    ]);
    expect(namespaces('list.txt')).toEqual([
      { nsid: 1, disk: 'nvme0n1', sizeBytes: null, blockSize: 512 },
      { nsid: 32, disk: 'nvme1n32', sizeBytes: null, blockSize: 4096 },
    ]);
  });

  it('fields have their values, hexadecimal or decimal', () => {
    expect(structure('id-ctrl-H.txt').value).toMatchObject({
      ...{
        vid: 0x144d,
        ieee: 0x002538,
        cmic: 3,
        cntlid: 65,
        ver: 0x10300,
        oacs: 0xdf,
        nn: 64,
        sgls: 0xf0002,
      },
      ...{ sn: 'EXA0001'.padEnd(20), tnvmcap: '1000204886016', subnqn: nqn },
    });
    expect(structure('id-ctrl-H.txt').value).toEqual(structure('id-ctrl.txt').value);
    expect(structure('id-ns.txt')).toMatchObject({
      nsid: 1,
      value: {
        ...{ nsze: '1953525168', flbas: 1, nmic: 1, nguid: '00000000000000000000000000000a01' },
        lbafs: [
          { ms: 0, ds: 9, rp: 1 },
          { ms: 0, ds: 12, rp: 0 },
        ],
      },
    });
    expect(structure('id-ns-H.txt')).toMatchObject({
      nsid: 2,
      value: {
        lbafs: [
          { ms: 0, ds: 9, rp: 1 },
          { ms: 8, ds: 12, rp: 0 },
        ],
      },
    });
    const entries = [
      [1, 65, 1, 1, 4, 3],
      [2, 65, 0, 2, 0, 0],
    ];
    const { 'secondary-controllers': list } = structure('list-secondary-2.x.txt').value as {
      'secondary-controllers': object[];
    };
    expect(list.map((entry) => Object.values(entry))).toEqual(entries);
    for (const file of ['show-regs.txt', 'show-regs-H.txt'])
      expect(structure(file).value).toMatchObject({ cap: String(0x4018200f0103ffn), cc: '4587521' });
  });

  it('a post of a forum: each output is of the device that its command names', () => {
    const { findings, host, unknownLines } = recognised(read('forum-post.txt'));
    expect(host).toBe('hv-a');
    expect(unknownLines).toBe(2);
    expect(findings.map(({ title, device, line }) => [title, device, line])).toEqual([
      ['nvme id-ctrl', 'nvme2', 4],
      ['nvme list-secondary', 'nvme2', 13],
      ['nvme list-ns --all', 'nvme2', 24],
      ['a refusal of nvme-cli', 'nvme2', 26],
    ]);
    expect(findings[0]?.notes).toEqual([expect.stringContaining('it lacks ssvid, fr, cmic')]);
    expect(findings[3]?.facts).toEqual([
      { kind: 'refused', structure: 'primary-ctrl-caps', nsid: null, status: 0x4002 },
    ]);
  });

  it('a JSON that was cut off is said, and what follows is read', () => {
    const cut = `{\n  "nsid_list":[\n    {"nsid":1`;
    const { findings } = recognised(
      `# nvme list-ns /dev/nvme0 -o json\n${cut}\n# nvme list-ctrl /dev/nvme0\n[   0]:0x41\n`,
    );
    expect(findings.map(({ title }) => title)).toEqual(['JSON of nvme-cli or smartctl', 'nvme list-ctrl']);
    expect(findings[0]?.notes).toEqual([expect.stringContaining('not complete')]);
  });
});

const files = readdirSync(path.join(outputs, 'nvme-cli'));
const factsOf = (text: string): readonly Fact[] => recognised(text).findings.flatMap(({ facts }) => facts);

describe('whatever is around them', () => {
  const dressings: Readonly<Record<string, (text: string) => string>> = {
    'line ends': (text) => text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'),
    colours: (text) => text.replace(/^(.+)$/gm, '\u001b[0;32m$1\u001b[0m'),
    'board code': (text) => `[code]${text}[/code]`,
    'a fence': (text) => `\`\`\`\n${text}\n\`\`\`\n`,
    'quotation marks': (text) => text.replace(/^/gm, '> '),
    indentation: (text) => text.replace(/^(?=.)/gm, '    '),
    'other lines': (text) => `Hello,\nhere it is:\n\n${text}\n\nThanks!\n`,
    'no-break spaces': (text) => text.replaceAll('  ', ' \u00a0'),
  };

  it.each(Object.entries(dressings))('%s: the facts are the same', (_name, dress) => {
    for (const file of files.filter((name) => name !== 'forum-post.txt')) {
      const text = read(file);
      expect(factsOf(dress(text)), file).toEqual(factsOf(text));
    }
  });

  it('all of them one after the other: nothing is lost, whatever the order', () => {
    const shapes = files.filter((name) => !/list-ns|list-ctrl|forum/.test(name));
    fc.assert(
      fc.property(fc.shuffledSubarray(shapes, { minLength: 2 }), (some) => {
        const text = some.map((file) => `root@hv-a:~# nvme show\n${read(file)}\n`).join('');
        const expected = some.flatMap((file) => factsOf(read(file)));
        expect(recognised(text).findings.flatMap(({ facts }) => facts)).toEqual(expected);
      }),
      { numRuns: numRuns(30, 2000) },
    );
  });
});

describe('anything else', () => {
  it('is never thrown at, and nothing of it is echoed', () => {
    const secret = 'c0ffee-secret';
    let spoilt = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(
          fc.tuple(
            fc.nat({ max: 2 ** 30 }),
            fc.constantFrom(
              ...[
                '',
                '\n',
                '{',
                '[',
                '}',
                ':',
                '0x',
                secret,
                '\u0000',
                '\u001b[',
                '\t',
                '[code]',
                '"',
                '99999999999',
              ],
            ),
            fc.nat({ max: 30 }),
          ),
          { minLength: 1, maxLength: 12 },
        ),
        (file, changes) => {
          let text = read(file);
          for (const [at, put, drop] of changes) {
            const from = at % (text.length + 1);
            text = text.slice(0, from) + put + text.slice(from + drop);
          }
          const { findings } = recognised(text);
          spoilt += 1;
          for (const { title, notes } of findings) {
            expect(title).not.toContain(secret);
            expect(notes.join()).not.toContain(secret);
          }
        },
      ),
      { numRuns: numRuns(300, 20_000) },
    );
    expect(spoilt).toBeGreaterThanOrEqual(300);
  });

  it('binary data, noise and prose hold nothing', () => {
    expect(recognised('\u0000\u0001\u0002'.repeat(10_000))).toMatchObject({
      findings: [],
      host: null,
      unknownLines: 0,
    });
    expect(recognised('\ufffd\ufffdPK'.repeat(100)).findings).toEqual([]);
    expect(recognised('Dear all,\nnvme0 is broken.\nname: value\n').findings).toEqual([]);
    expect(recognised('').findings).toEqual([]);
    expect(recognised('{"a": 1}').findings).toEqual([]);
  });

  it.each([
    ['one line of 8 MB', 'x'.repeat(8_000_000)],
    ['one open bracket and 8 MB', `{"a":"${'x'.repeat(8_000_000)}`],
    ['8 MB of brackets', '['.repeat(8_000_000)],
    ['8 MB of colours', '\u001b[0m'.repeat(2_000_000)],
    ['300,000 lines that begin a JSON', '{"a\n'.repeat(300_000)],
    ['200,000 outputs', '[   0]:0x1\n# nvme list-ns /dev/nvme0\n'.repeat(200_000)],
    ['500,000 fields', 'vid       : 0x144d\n'.repeat(500_000)],
    ['200,000 rows', `${'/dev/nvme0n1 '.padEnd(390, 'a ')}\n`.repeat(20_000)],
  ])('%s is looked through in pieces, to a bound', (_what, text) => {
    const { result, pieces } = countPieces(recogniseText(text, ''));
    expect(result.findings.length).toBeLessThanOrEqual(5000);
    expect(pieces).toBeGreaterThan(5);
  });
});
