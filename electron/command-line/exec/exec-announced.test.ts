import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { fleetFileFormat, fleetFileVersion } from '#shared/fleet-file/schema.ts';
import { printedByCommandLine } from '../testing/run-command-line.ts';

/** What `berth exec` prints for these lines on a drive of this OACS, whose one namespace takes all of it. */
async function exec(oacs: number, lines: readonly string[]): Promise<readonly string[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'berth-announced-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'drive.json');
  const blocks = 3_125_627_568;
  await writeFile(
    file,
    JSON.stringify({
      ...{ format: fleetFileFormat, version: fleetFileVersion, name: 'drive', hosts: [{ name: 'hv1' }] },
      subsystems: [
        {
          nqn: 'nqn.1994-11.com.example:nvme:drive',
          capacityBytes: blocks * 512,
          controllers: [
            {
              ...{ role: 'primary', cntlid: 65, host: 'hv1', address: '0000:86:00.0' },
              identify: {
                kind: 'fields',
                identity: { serialNumber: 'S1', modelNumber: 'Drive', firmwareRevision: '1' },
                capabilities: { oacs, nn: 1, mnan: 0 },
              },
              sriov: { totalVfs: 4 },
              ...{ firstSecondaryCntlid: 1, secondaries: [] },
              vq: { kind: 'flexible', total: 256, secondaryMaximum: 16, privateToPrimary: 65 },
              vi: { kind: 'flexible', total: 256, secondaryMaximum: 16, privateToPrimary: 65 },
            },
          ],
          namespaces: [{ nsid: 1, blocks, blockSize: 512, attachedTo: [65] }],
        },
      ],
    }),
  );
  const printed = await printedByCommandLine(['exec', file, '--plain'], lines.join('\n'));
  return printed.trimEnd().split('\n');
}

it('a drive without namespace and virtualization management refuses both, and its namespace stays', async () => {
  const refused = expect.stringContaining('(0x4001)');
  expect(
    await exec(0x17, [
      'nvme delete-ns /dev/nvme0 -n 1',
      'nvme create-ns /dev/nvme0 -s 1000 -c 1000 -f 0',
      'nvme virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 2',
      'nvme list-ns /dev/nvme0 -a',
    ]),
  ).toEqual([refused, refused, refused, '[   0]:0x1']);
});

it('namespace commands that are refused print the words of libnvme', async () => {
  const noSpace =
    'NVMe status: Namespace Insufficient Capacity: Creating the namespace requires more free space than is currently available(0x4115)';
  expect(
    await exec(0xdf, [
      'nvme create-ns /dev/nvme0 -s 1000 -c 1000 -f 0',
      'nvme delete-ns /dev/nvme0 -n 1',
      'nvme create-ns /dev/nvme0 -s 3125627569 -c 3125627569 -f 0',
      'nvme create-ns /dev/nvme0 -s 1000 -c 1000 -f 9',
      'nvme create-ns /dev/nvme0 -s 1000 -f 0',
      'nvme delete-ns /dev/nvme0 -n 2',
    ]),
  ).toEqual([
    `line 1: ${noSpace}`,
    'delete-ns: Success, deleted nsid:1',
    `line 3: ${noSpace}`,
    'line 4: NVMe status: Invalid Format: The LBA Format specified is not supported(0x410a)',
    'line 5: NVMe status: Thin Provisioning Not Supported: Thin provisioning is not supported by the controller(0x411b)',
    'line 6: NVMe status: Invalid Namespace or Format: The namespace or the format of that namespace is invalid(0x400b)',
  ]);
});
