import { describe, expect, it, test } from 'vitest';
import { namedStatuses } from '../nvme/status-names.ts';
import { explainText, knownStatuses, knownTexts, largestExplainedText } from './explain.ts';

const idsOf = (text: string) => explainText(text).findings.map(({ explanation }) => explanation.id);
const first = (text: string) => explainText(text).findings[0];

// The errors of public reports (nvme-cli, spdk, kvmtool, cloud-hypervisor, nbs, nasty, kubevirt, kata), in own words
// where the words are not those of a program.
describe('public reports', () => {
  test.each([
    [
      'nvme-cli 1126',
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 9\nNVMe status: INVALID_CTRL_ID: The Controller Identifier specified is invalid(0x11f)',
      'virt-mgmt-controller-identifier',
    ],
    [
      'nvme-cli 1126',
      '[  512.1] nvme nvme1: Device not ready; aborting initialisation, CSTS=0x2',
      'fatal-at-start',
    ],
    ['nvme-cli 1126', 'nvme nvme1: Removing after probe failure status: -19', 'probe-failure'],
    [
      'VF without a driver',
      'kernel: nvme nvme2: Device not ready; aborting initialisation, CSTS=0x0',
      'never-ready',
    ],
    ['nvme-cli 1049', 'success, Number of Controller Resources Modified (NRM):0', 'no-resources-modified'],
    [
      'nvme-cli 1049',
      'NVMe status: INVALID_SECONDARY_CTRL_STATE: The action is invalid(0x120)',
      'secondary-state',
    ],
    [
      'sriov_numvfs',
      '# echo 4 > /sys/class/nvme/nvme0/device/sriov_numvfs\n-bash: echo: write error: Device or resource busy',
      'numvfs-busy',
    ],
    [
      'sriov_numvfs',
      '-bash: /sys/class/nvme/nvme0/device/sriov_numvfs: No such file or directory',
      'numvfs-missing',
    ],
    [
      'sriov_numvfs',
      'tee: /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: Numerical result out of range',
      'numvfs-range',
    ],
    [
      'more than 127 VFs',
      "nvme 0000:01:00.0: can't enable 128 VFs (bus 02 out of range of [bus 01])",
      'bus-numbers',
    ],
    [
      'nvme-cli 629',
      'NVMe Status:CONTROLLER_LIST_INVALID: The controller list is invalid(411c)',
      'controller-list',
    ],
    [
      'nvme-cli 704',
      'warning: empty controller-id list will result in no actual change in namespace attachment',
      'empty-controller-list',
    ],
    ['nvme-cli 324', 'NVMe Status:NS_IS_PRIVATE: The namespace is private(6119)', 'namespace-private'],
    [
      'nvme-cli 185',
      'NVMe Status:NS_INSUFFICIENT_CAPACITY: more free space is required(2115)',
      'namespace-capacity',
    ],
    [
      'nvme-cli 2136',
      'NVMe status: Namespace Insufficient Capacity: more free space is required(0x6115)',
      'namespace-capacity',
    ],
    ['nvme-cli 2195', 'status 0x4115', 'namespace-capacity'],
    [
      'nvme-cli 1972',
      'NVMe status: NS_ID_UNAVAILABLE: the number is exceeded(0x2116)',
      'namespace-identifier',
    ],
    [
      'nvme-cli 2359',
      'nvme create-ns /dev/nvme0 -s 1 -c 1\nNVMe status: Invalid Field in Command: A reserved coded value or an unsupported value in a defined field(0x2002)',
      'create-namespace-field',
    ],
    ['nvme-cli 2359', 'FLBAS corresponding to block size 4096 not found', 'block-size-not-found'],
    [
      'nvme-cli 1024',
      'create-ns: NVMe status: INVALID_OPCODE: The opcode is not valid(0x4001)',
      'namespace-opcode',
    ],
    [
      'spdk 1522',
      'sudo nvme detach-ns /dev/nvme0 -n 0xffffffff -c 0\nNVMe status: INVALID_FIELD(0x4002)',
      'attach-namespace-field',
    ],
    ['kvmtool 13', 'nvme nvme0: I/O tag 4 (1004) QID 0 timeout, completion polled', 'admin-timeout'],
    ['kvmtool 13', 'nvme nvme0: I/O 4 QID 0 timeout, disable controller', 'admin-timeout'],
    [
      'cloud-hypervisor 7205',
      'Error booting VM: VmBoot(DeviceManager(VfioMapRegion(Mmap)))',
      'vfio-map-region',
    ],
    [
      'nbs 5296',
      'echo 0000:01:00.1 > /sys/bus/pci/drivers/vfio-pci/bind\nbash: echo: write error: No such device',
      'bind-no-device',
    ],
    [
      'nasty 601',
      'echo 144d a824 > /sys/bus/pci/drivers/vfio-pci/new_id\nsh: write error: File exists',
      'new-id-exists',
    ],
    ['kubevirt 6718', 'vfio 0000:01:00.1: group 1 is not viable', 'group-not-viable'],
    ['spdk 1492', 'vfio-pci 0000:01:00.0: Failed to return from FLR', 'reset-failed'],
    [
      'kata 11708',
      'vfio-pci 0000:01:00.1: Unable to change power state from D3cold to D0, device inaccessible',
      'power-state',
    ],
    ['migration', '0000:01:00.1: VFIO migration is not supported in kernel', 'migration-not-in-kernel'],
    [
      'migration',
      "disallowing migration blocker (--only-migratable) for: VFIO device doesn't support migration",
      'only-migratable',
    ],
    [
      'migration',
      "error: internal error: cannot migrate domain: VFIO device doesn't support migration",
      'vfio-no-migration',
    ],
    [
      'migration',
      'error: Requested operation is not valid: domain has assigned non-USB host devices',
      'non-usb-host-devices',
    ],
  ])('%s: %s', (_, text, id) => {
    expect(idsOf(text)).toEqual([id]);
  });
});

describe('a status', () => {
  it.each([
    '0x6119',
    '6119',
    '0x2119',
    '0x119',
    '119h',
    '24857',
    'NVMe status: Namespace Is Private: …(0x6119)',
    'attach-ns: NVMe Status:NS_IS_PRIVATE(6119)',
    'NS_IS_PRIVATE 0x4119',
    'NS_IS_PRIVATE',
    '{"error":"Namespace Is Private: the namespace is private","type":"nvme"}',
    'nvme0: Namespace Attachment(0x15), Namespace Is Private (sct 0x1 / sc 0x19) MORE DNR',
    'nvme_qpair.c: *NOTICE*: NAMESPACE IS PRIVATE (01/19) qid:0 cid:95 cdw0:0 sqhd:0008 p:1 m:1 dnr:1',
    'nvme nvme0: Attach failed (24857)',
    '\u001b[31mroot@host:~#\u001b[0m [code]NVMe status: NS_IS_PRIVATE: private(0x6119)[/code]\r',
  ])('is read from %j', (text) => {
    expect(first(text)).toMatchObject({
      status: { sct: 1, sc: 0x19, name: 'Namespace Is Private' },
      explanation: { id: 'namespace-private' },
    });
  });

  it('keeps Do Not Retry and More apart', () => {
    expect(first('0x6119')?.status).toMatchObject({ more: true, doNotRetry: true });
    expect(first('0x2119')?.status).toMatchObject({ more: true, doNotRetry: false });
    expect(first('0x4119')?.status).toMatchObject({ more: false, doNotRetry: true });
    expect(first('NS_IS_PRIVATE')?.status).toMatchObject({ more: null, doNotRetry: null });
  });

  it('has a name and an explanation, whichever it is', () => {
    for (const { sct, sc, name, oldNames } of namedStatuses) {
      const value = ((sct << 8) | sc | 0x4000).toString(16);
      expect(first(`NVMe status: any words(0x${value})`)).toMatchObject({ status: { sct, sc, name } });
      for (const old of oldNames.filter((word) => word.includes('_') && !word.includes(' ')))
        expect(first(`NVMe Status:${old}(${value})`)).toMatchObject({ status: { sct, sc } });
    }
    expect(first('0x7c3')?.status?.name).toBe('Vendor specific status C3h');
    expect(first('0x17f')?.status?.name).toBe('Reserved status, type 1h, code 7Fh');
  });

  it('is not seen where there is none', () => {
    expect(
      idsOf(
        'nvme0n1  S0EXAMPLE  1.6 TB\nVersion 0x4120\nnvme list\nNTFS error (0x20)\nfirmware (1234)\nSUCCESS',
      ),
    ).toEqual([]);
    expect(idsOf('')).toEqual([]);
  });
});

describe('a text', () => {
  it('is told by line, equal errors once', () => {
    const text =
      'x\nNVMe status: A(0x4120)\nx\nNVMe status: A(0x4120)\nnvme nvme1: Device not ready; aborting reset, CSTS=0x1';
    expect(explainText(text).findings).toMatchObject([
      { line: 2, count: 2, explanation: { id: 'secondary-state' } },
      { line: 5, count: 1, explanation: { id: 'never-ready' } },
    ]);
  });

  it('is quoted shortened, and nothing of it does anything', () => {
    const text = `\u202e\u001b]0;title\u0007 ${'x'.repeat(5000)} NVMe status: A(0x4120)`;
    expect(explainText(text).findings).toEqual([]);
    const quoted =
      first(`\u202e\u001b]0;t\u0007 NVMe status: A(0x4120) ${'y'.repeat(1500)}`)?.quotation ?? '';
    expect(quoted.length).toBeLessThan(300);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    expect(quoted).not.toMatch(/[\u0000-\u001f\u202e]/);
  });

  it('may be garbage of any length', () => {
    const noise = Array.from({ length: 40_000 }, (_, index) =>
      String.fromCharCode((index * 7919) % 65_536),
    ).join('');
    expect(explainText(noise).lines).toBeGreaterThan(0);
    expect(explainText(`${'('.repeat(100_000)}\n`.repeat(20)).findings).toEqual([]);
    expect(explainText('\n'.repeat(largestExplainedText + 10)).lines).toBe(largestExplainedText + 1);
    // Millions of lines before an error do not hide it.
    const lines = 'ok\n'.repeat(1_000_000);
    expect(explainText(`${lines}NVMe status: A(0x4120)`).findings).toMatchObject([{ line: 1_000_001 }]);
  });
});

describe('what is known', () => {
  it('is complete: each explanation has an id of its own and every part', () => {
    const all = [...knownTexts, ...knownStatuses];
    expect(all.length).toBeGreaterThan(80);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id, meaning, decidedBy, lookAt, remedy, sources } of all) {
      expect(meaning, id).toMatch(/^[A-Z].*[.]$/s);
      for (const part of [decidedBy, lookAt, remedy, sources]) {
        expect(part.length, id).toBeGreaterThan(0);
        expect(
          part.every((sentence) => sentence.trim() !== ''),
          id,
        ).toBe(true);
      }
    }
  });

  it('names only statuses that exist', () => {
    for (const { id, status } of knownStatuses)
      expect(
        namedStatuses.some(({ sct, sc }) => sct === status[0] && sc === status[1]),
        id,
      ).toBe(true);
  });
});
