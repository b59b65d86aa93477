import { rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type DriveInput,
  exampleDrive as drive,
  usualCapabilities,
  writeDriveCapture,
} from '#backend/hosts/capture/testing/drive-capture.ts';
import { printedByCommandLine } from '../testing/run-command-line.ts';

async function inventory(input: DriveInput): Promise<readonly string[]> {
  const folder = await writeDriveCapture([input]);
  onTestFinished(() => rm(path.dirname(folder), { recursive: true, force: true }));
  const text = await printedByCommandLine(['inventory', folder]);
  return text.split('\n').map((line) => line.trim());
}

describe('what is known, not recorded and not supported', () => {
  it('are three things', async () => {
    expect(await inventory(drive)).toContainEqual(expect.stringMatching(/^VQ 256 of 256 free/));
    const { capabilities: _pools, secondaries: _list, ...bare } = drive;
    const unrecorded = await inventory(bare);
    expect(unrecorded).toContainEqual(
      expect.stringMatching(/^VQ not recorded: nvme primary-ctrl-caps \/dev\/nvme0 would tell; VI not/),
    );
    expect(unrecorded).toContainEqual(expect.stringMatching(/^Not known: Flexible resources/));
    expect(unrecorded).toContain('nvme list-secondary /dev/nvme0 -o json');
    const lacking = await inventory({ ...bare, identify: { oacs: 0x1e } });
    expect(lacking).toContainEqual(
      expect.stringMatching(/^VQ not supported: OACS bit 7 of drive\/nvme0 is 0/),
    );
    expect(lacking).toContainEqual(expect.stringMatching(/^Cannot: Flexible resources/));
    for (const lines of [unrecorded, lacking]) expect(lines.join(' ')).not.toContain('CRT');
    expect(lacking.join(' ')).not.toContain('list-secondary');
  });

  it('and numbers that contradict each other are said to', async () => {
    const secondaries = [1, 2, 3, 4].map((vfn) => ({ scid: vfn, vfn, scs: 1, nvq: 8, nvi: 8 }));
    const capabilities = { ...usualCapabilities, vqfrt: 16, vqrfa: 32, virfa: 32 };
    const lines = await inventory({ ...drive, secondaries, capabilities });
    expect(lines).toContainEqual(
      expect.stringMatching(/^VQ 16 in total and 32 in use contradict each other; VI 224 of 256 free/),
    );
  });
});

it('the primary controller in its own list is not counted', async () => {
  const secondaries = [{ scid: 65, vfn: 0, scs: 1, nvq: 6, nvi: 7 }, ...(drive.secondaries ?? [])];
  const lines = await inventory({ ...drive, secondaries });
  expect(lines.filter((line) => line.startsWith('secondary CNTLID'))).toHaveLength(4);
  expect(lines.join(' ')).toContain('names the primary controller itself');
  expect(lines.join(' ')).not.toContain('SIOV');
});

it('virtual functions of a device without a list are under their physical function', async () => {
  const { capabilities: _pools, secondaries: _list, ...bare } = drive;
  const functions = [{ address: '0000:86:00.1', vfn: 1, driver: 'vfio-pci' }];
  const lines = await inventory({
    ...{ ...bare, functions, sriov: { totalVfs: 4, numVfs: 1 } },
    identify: { oacs: 0x1e },
  });
  expect(lines).toContainEqual(expect.stringMatching(/^secondary CNTLID not known VF 1: online, Secondary/));
  expect(lines.join(' ')).not.toContain('no SR-IOV');
});
