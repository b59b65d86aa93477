import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  blankIdentifyNamespace,
  decodeIdentifyNamespace,
  encodeIdentifyNamespace,
} from '#shared/nvme/layouts/identify/identify-namespace.ts';
import {
  decodeNamespaceDescriptors,
  encodeNamespaceDescriptors,
  namespaceDescriptorTypes,
} from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import type { FakeHost } from './testing/fake-host.ts';
import {
  captures,
  filesIn,
  fleetOfCapture,
  patience,
  recordHost,
  removePlaces,
  textIn,
} from './testing/run-recorder.ts';

afterEach(removePlaces, patience);

describe('an anonymous capture', () => {
  it('has none of the identifiers, and each replaced by the same everywhere', {
    timeout: patience,
  }, async () => {
    const uuid = '11112222-3333-4444-8555-666677778888';
    const prepare = (host: FakeHost) => {
      host.write('/etc/nvme/hostnqn', `nqn.2014-08.org.nvmexpress:uuid:${uuid}\n`);
      host.write('/etc/nvme/hostid', `${uuid}\n`);
    };
    const recorded = await recordHost(
      '02-sriov-4vf',
      '02-two-online',
      { nvmeCli: '2.3' },
      { args: ['--anonymize'], prepare },
    );
    expect(recorded.code, recorded.err).toBe(0);
    const originals = [
      'SRIOV0001',
      'PLAIN0004',
      'qemu:sriov0',
      '5352494f5630303031',
      '0d7d0e34-5c4e',
      uuid,
      ' fake ',
    ];
    const files = [...filesIn(recorded.output)];
    expect(files.length).toBeGreaterThan(60);
    for (const file of files)
      for (const original of originals)
        expect(readFileSync(file, 'latin1').includes(original), `${original} in ${file}`).toBe(false);

    const fleet = JSON.stringify(await fleetOfCapture(recorded.output));
    const expected = JSON.stringify(
      await fleetOfCapture(path.join(captures, '02-sriov-4vf'), '02-two-online'),
    );
    const sysfs = textIn(recorded.output, '00-recorded/sysfs-nvme.tsv');
    const serial = (name: string) => new RegExp(`/${name}/serial\t(.*)`).exec(sysfs)?.[1];
    expect(serial('nvme0')).not.toBe(serial('nvme1'));
    const named = (text: string) =>
      text
        .replaceAll(/SRIOV0001|ANONYMO01/g, '<drive 1>')
        .replaceAll(/PLAIN0004|ANONYMO02/g, '<drive 2>')
        .replaceAll(/qemu:(sriov0|anonymous-\d)/g, '<subsystem>')
        .replaceAll(/qemu:<drive 2>/g, '<subsystem>');
    expect(named(fleet)).toBe(named(expected));
  });

  it('replaces the identifiers of namespaces in structures and in sysfs alike', {
    timeout: patience,
  }, async () => {
    const [nguid, eui64, uuid] = [
      '0011223344556677002538b1c2d3e4f5',
      '002538b1c2d3e4f5',
      '0a1b2c3d4e5f40718293a4b5c6d7e8f9',
    ];
    const dashed = (hex: string) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const identify = encodeIdentifyNamespace({ ...blankIdentifyNamespace(), nsze: 8n, nguid, eui64 });
    const types = namespaceDescriptorTypes;
    const descriptors = encodeNamespaceDescriptors({
      descriptors: [
        { type: types.eui64.type, identifier: eui64 },
        { type: types.nguid.type, identifier: nguid },
        { type: types.uuid.type, identifier: uuid },
      ],
      reserved: [],
    });
    if (!identify.ok || !descriptors.ok) throw new Error('These can be encoded');
    const line = (cdw10: string) =>
      `admin-passthru /dev/nvme0 --opcode=0x06 --namespace-id=1 --cdw10=${cdw10} --data-len=4096 --read --raw-binary`;
    const prepare = (host: FakeHost) => {
      host.answer(line('0x00'), identify.value);
      host.answer(line('0x03'), descriptors.value);
      for (const [name, value] of [
        ['nguid', dashed(nguid)],
        ['uuid', dashed(uuid)],
        ['eui', eui64.replaceAll(/(..)(?=.)/g, '$1 ')],
        ['wwid', `uuid.${dashed(uuid)}`],
      ] as const)
        host.write(`/sys/class/nvme/nvme0/nvme0n1/${name}`, `${value}\n`);
    };
    const { output } = await recordHost(
      '01-plain-drives',
      '00-boot',
      { nvmeCli: '2.3' },
      { args: ['--anonymize'], prepare },
    );
    const bytes = (name: string) =>
      new Uint8Array(readFileSync(path.join(output, '00-recorded/nvme0', name)));
    const namespace = decodeIdentifyNamespace(bytes('ns1-id-ns.bin'));
    const listed = decodeNamespaceDescriptors(bytes('ns1-ns-descs.bin'));
    if (!namespace.ok || !listed.ok) throw new Error('They can be decoded');
    // The organisation stays; everything else is counted.
    const replaced = {
      ...{ nguid: '00000000000000000025380000000001', eui64: '0025380000000001' },
      uuid: '00000000000040008000000000100001',
    };
    expect(namespace.value).toMatchObject({ nsze: 8n, nguid: replaced.nguid, eui64: replaced.eui64 });
    expect(listed.value.descriptors.map(({ identifier }) => identifier)).toEqual([
      ...[replaced.eui64, replaced.nguid, replaced.uuid],
    ]);
    const sysfs = textIn(output, '00-recorded/sysfs-nvme.tsv');
    const value = (name: string) => new RegExp(`/nvme0n1/${name}\t(.*)`).exec(sysfs)?.[1];
    expect([value('nguid'), value('uuid'), value('eui'), value('wwid')]).toEqual([
      ...[dashed(replaced.nguid), dashed(replaced.uuid), '00 25 38 00 00 00 00 01'],
      `uuid.${dashed(replaced.uuid)}`,
    ]);
  });

  it('replaces a serial number that looks like a device only where serial numbers stand', {
    timeout: patience,
  }, async () => {
    const prepare = (host: FakeHost) => host.write('/sys/class/nvme/nvme0/serial', 'nvme1\n');
    const { output } = await recordHost(
      '01-plain-drives',
      '00-boot',
      { nvmeCli: '2.3' },
      { args: ['--anonymize'], prepare },
    );
    const sysfs = textIn(output, '00-recorded/sysfs-nvme.tsv');
    expect(sysfs).toMatch(/nvme0\/serial\tANON\d\d$/m);
    expect(sysfs).toMatch(/^\/sys\/class\/nvme\/nvme1\t-> /m);
    expect(readdirSync(path.join(output, '00-recorded'))).not.toContain('nvme-list.txt');
    expect(textIn(output, 'missing.tsv')).toContain('a serial number is so short');
  });
});
