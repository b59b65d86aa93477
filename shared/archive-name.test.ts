import { expect, it } from 'vitest';
import { hasArchiveName, withoutArchiveExtension } from './archive-name.ts';

it.each([
  ['host-a.tar', true],
  ['/home/me/HOST.TAR.GZ', true],
  ['C:\\captures\\host.tgz', true],
  ['/var/tmp/sosreport-hv-a.tar.xz', true],
  ['host.txz', true],
  ['host.tar.bz2', true],
  ['host.tbz2', true],
  ['host.tar.zst', false],
  ['dmesg.xz', false],
  ['host.tar.gz/00-boot', false],
  ['fleet.json', false],
  ['tar', false],
  ['host.gz', false],
])('%s is an archive by its name: %s', (path, expected) => {
  expect(hasArchiveName(path)).toBe(expected);
});

it('what was packed is called without the extension', () => {
  const names = ['host-a.tar.gz', 'host.b.TGZ', '02-two-online.tar', 'sos.tar.xz', 'c.tbz2', 'folder.d'];
  expect(names.map(withoutArchiveExtension)).toEqual([
    'host-a',
    'host.b',
    '02-two-online',
    'sos',
    'c',
    'folder.d',
  ]);
});
