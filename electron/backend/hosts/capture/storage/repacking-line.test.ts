import { expect, it } from 'vitest';
import { repackingLine } from './repacking-line.ts';

it.each([
  ['/tmp/sosreport-hv-a.tar.xz', 'xz -dc "/tmp/sosreport-hv-a.tar.xz" | gzip > "/tmp/sosreport-hv-a.tar.gz"'],
  ['a b.tbz2', 'bzip2 -dc "a b.tbz2" | gzip > "a b.tar.gz"'],
  ['host.TAR.ZST', 'zstd -dc "host.TAR.ZST" | gzip > "host.tar.gz"'],
  ['host.tar.gz', null],
  ['dmesg.xz', null],
  ['/tmp/.tar.xz', null],
])('%s is packed anew with: %s', (path, line) => {
  expect(repackingLine(path)).toBe(line);
});
