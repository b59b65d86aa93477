import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import script from './berth-record.sh?raw';
import { runRecord } from './record.ts';
import { type FakeHost, makeFakeHost } from './testing/fake-host.ts';
import { nvmeCliVersions } from './testing/nvme-cli-versions.ts';
import {
  captures,
  environment,
  fleetOfCapture,
  patience,
  place,
  problemsOf,
  recordHost,
  removePlaces,
  textIn,
} from './testing/run-recorder.ts';

afterEach(removePlaces, patience);

describe('what is recorded', () => {
  it.each([
    ...nvmeCliVersions.map((version) => [version, '02-sriov-4vf', '02-two-online'] as const),
    ['1.9', '07-namespaces', '01-attached'],
    ['2.3', '06-vfio', '01-vfio-bound'],
    ['3.0', '04-two-subsystems', '01-configured'],
    ['1.16', '09-tcp', '00-connected'],
  ] as const)(
    'by nvme-cli %s of %s, %s, opens with the same fleet',
    { timeout: patience },
    async (nvmeCli, capture, snapshot) => {
      const { code, out, err, output, left } = await recordHost(capture, snapshot, { nvmeCli });
      expect(left, 'nothing of its own is left').toEqual([]);
      expect(err).toMatch(/1 of \d: nvme0/);
      expect({ code, out }).toEqual({ code: 0, out: `${output}\n` });
      expect(await fleetOfCapture(output)).toEqual(
        await fleetOfCapture(path.join(captures, capture), snapshot),
      );
      expect(textIn(output, 'capture.tsv')).toContain(`nvme-cli\t${nvmeCli}\n`);
      // What the capture does not have either, its host cannot tell.
      const had = (about = '') =>
        existsSync(
          path.join(captures, capture, about.replace('00-recorded', snapshot).replace('.bin', '.json')),
        );
      const missing = textIn(output, 'missing.tsv')
        .split('\n')
        .filter((line) => line.startsWith('missing\t'));
      expect(missing.filter((line) => had(line.split('\t')[1]))).toEqual([]);
    },
  );

  it('is the same in every shell that is here', { timeout: patience }, async () => {
    const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']];
    const here = shells.filter(([shell = '']) => spawnSync(shell, ['-c', ':']).error === undefined);
    expect(here.length).toBeGreaterThan(0);
    const expected = await fleetOfCapture(path.join(captures, '01-plain-drives'));
    for (const [shell = '', ...args] of here) {
      const own = place();
      const host = await makeFakeHost(own, path.join(captures, '01-plain-drives'), '00-boot', {
        nvmeCli: '2.3',
      });
      const output = path.join(own, '01-plain-drives');
      execFileSync(shell, [...args, '-c', script, 'berth-record.sh', `--output=${output}`], {
        ...{
          env: { ...environment(host, own), PATH: `${host.programs}:${process.env.PATH}` },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      });
      expect(await fleetOfCapture(output), shell).toEqual(expected);
    }
  });

  it.each([
    ['no nvme-cli', { nvmeCli: null }, 'this host has no nvme-cli', 'Install the package nvme-cli'],
    ['not root, no sudo', { nvmeCli: '2.3', uid: 1000 }, 'this is not root', 'sudo sh berth-record.sh'],
    ['not root, sudo asks', { nvmeCli: '2.3', uid: 1000, sudo: false }, 'this is not root', 'sudo sh'],
    ['no lspci', { nvmeCli: '2.3', lspci: false }, 'this host has no lspci', 'Install the package pciutils'],
  ] as const)(
    'says what is missing, and why: %s',
    { timeout: patience },
    async (_case, options, what, fix) => {
      const { code, err, output, host } = await recordHost('01-plain-drives', '00-boot', options);
      expect(code).toBe(0);
      expect(err).toContain(`${what}`);
      expect(textIn(output, 'missing.tsv')).toMatch(
        new RegExp(`^missing\t[^\t]+\t[^\t]*${what}[^\t]*\t[^\t]*${fix}`, 'm'),
      );
      expect(await problemsOf(output)).toContainEqual(
        expect.objectContaining({
          message: expect.stringContaining(what),
          fix: expect.stringContaining(fix),
        }),
      );
      if (what === 'this is not root') expect(host.asked().filter((line) => line !== 'version')).toEqual([]);
    },
  );

  it('is complete for a user with sudo', { timeout: patience }, async () => {
    const { output } = await recordHost('01-plain-drives', '00-boot', {
      nvmeCli: '2.16',
      uid: 1000,
      sudo: true,
    });
    expect(await fleetOfCapture(output)).toEqual(
      await fleetOfCapture(path.join(captures, '01-plain-drives')),
    );
    expect(textIn(output, 'capture.tsv')).toContain('asked-as\tsudo');
  });

  it('leaves a controller alone that does not answer in time, and goes on', {
    timeout: patience,
  }, async () => {
    const { output, host } = await recordHost('01-plain-drives', '00-boot', {
      nvmeCli: '2.3',
      hanging: ['nvme0'],
    });
    expect(host.asked().filter((line) => line.includes('/dev/nvme0'))).toHaveLength(1);
    expect(textIn(output, 'missing.tsv')).toContain('00-recorded/nvme0/id-ctrl.bin\tno answer within 2 s');
    const fleet = await fleetOfCapture(output);
    const serials = Object.values<{ identity: { serialNumber: string } | null }>(fleet.controllers);
    expect(serials.filter(({ identity }) => identity !== null)).toHaveLength(2);
  });

  it('sends nothing to a function whose secondary controller is offline', { timeout: patience }, async () => {
    const prepare = (host: FakeHost) => {
      for (const [name, value] of [
        ['address', '0000:01:00.1'],
        ['state', 'live'],
        ['transport', 'pcie'],
      ] as const)
        host.write(`/sys/class/nvme/nvme7/${name}`, `${value}\n`);
      host.write('/sys/bus/pci/devices/0000:01:00.1/nvme/nvme7/state', 'live\n');
    };
    const { output, host } = await recordHost(
      '02-sriov-4vf',
      '03-offline-again',
      { nvmeCli: '2.3' },
      { prepare },
    );
    expect(host.asked().filter((line) => line.includes('/dev/nvme7'))).toEqual([]);
    expect(host.asked().some((line) => line.includes('/dev/nvme0'))).toBe(true);
    expect(textIn(output, 'missing.tsv')).toMatch(/nvme7\tits secondary controller is offline/);
  });

  it('becomes an archive that opens with the same fleet', { timeout: patience }, async () => {
    const { code, out, output, left } = await recordHost(
      ...(['01-plain-drives', '00-boot', { nvmeCli: '2.3' }, { suffix: '.tar.gz' }] as const),
    );
    expect({ code, out, left }).toEqual({ code: 0, out: `${output}\n`, left: [] });
    expect(output).toMatch(/01-plain-drives\.tar\.gz$/);
    expect(await fleetOfCapture(output)).toEqual(
      await fleetOfCapture(path.join(captures, '01-plain-drives')),
    );
  });

  it('never overwrites anything', { timeout: patience }, async () => {
    const first = await recordHost('01-plain-drives', '00-boot', { nvmeCli: null });
    const before = textIn(first.output, 'capture.tsv');
    const again = spawnSync('/bin/sh', ['-c', script, 'berth-record.sh', '--output', first.output], {
      ...{ env: environment(first.host, place()), encoding: 'utf8' },
    });
    expect([again.status, again.stderr]).toEqual([
      1,
      expect.stringContaining('exists; choose another --output'),
    ]);
    expect(textIn(first.output, 'capture.tsv')).toBe(before);
  });
});

describe('berth record', () => {
  const io = () => {
    const printed = { out: '', err: '' };
    return {
      printed,
      io: {
        out: (text: string | Uint8Array) => {
          printed.out += typeof text === 'string' ? text : new TextDecoder().decode(text);
        },
        err: (text: string) => {
          printed.err += text;
        },
        readStdin: async () => '',
        version: async () => '',
      },
    };
  };
  const request = { script: false, output: undefined, anonymize: false, timeout: undefined };
  const linux = { platform: 'linux', shell: '/bin/sh', env: { PATH: '/usr/bin:/bin' } };

  it('prints the recorder as it is', async () => {
    const given = io();
    expect(await runRecord({ ...request, script: true }, given.io, linux)).toBe(0);
    expect(given.printed.out).toBe(script);
  });

  it('refuses another system, a shell that is not there, and a wrong limit', async () => {
    const mac = io();
    expect(await runRecord(request, mac.io, { ...linux, platform: 'darwin' })).toBe(1);
    expect(mac.printed.err).toContain('berth record --script');
    const noShell = io();
    expect(await runRecord(request, noShell.io, { ...linux, shell: '/no/such/sh' })).toBe(1);
    expect(noShell.printed.err).toContain('could not be started');
    const wrong = io();
    expect(await runRecord({ ...request, timeout: '0' }, wrong.io, linux)).toBe(2);
    expect(wrong.printed.err).toContain('--timeout takes 1 to 3600 seconds, not 0');
  });
});
