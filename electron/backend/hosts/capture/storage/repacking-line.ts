import path from 'node:path';
import { shellQuoted } from '#shared/procedure/steps/shell.ts';
import { fail, type Result } from '#shared/result.ts';
import type { UnpackingProgram } from './unpacking-program.ts';

const packers: Readonly<Record<string, string>> = { xz: 'xz', bz2: 'bzip2', zst: 'zstd' };

/**
 * The line for a shell that makes an archive which is always read of one that is packed in another way, as `sos report`
 * packs with xz; null for every other name.
 */
export function repackingLine(file: string): string | null {
  const [, before = '', kind = ''] = /^(.*[^/\\])\.t(?:ar\.)?(xz|bz2|zst)$/i.exec(file) ?? [];
  const packer = packers[kind.toLowerCase()];
  return packer === undefined
    ? null
    : `${packer} -dc ${shellQuoted(file)} | gzip > ${shellQuoted(`${before}.tar.gz`)}`;
}

/** Packages that bring a program, as distributions call them. */
const packagesOf: Readonly<Record<UnpackingProgram, string>> = {
  xz: 'xz-utils on Debian and Ubuntu, xz on Fedora, RHEL, SUSE, Arch and Alpine',
  bzip2: 'bzip2',
};

/** Refuses an archive that is packed in a way that is not read: `missing`, by a program that is not installed here. */
export function refusePacking(file: string, missing: UnpackingProgram | null): Result<never> {
  const line = repackingLine(file);
  const repack = line === null ? 'pack it with gzip' : `pack it with gzip, and open that: ${line}`;
  return fail('invalid-file', `${path.basename(file)} is packed in a way that is not read.`, {
    object: file,
    ...(missing === null
      ? { field: 'name', fix: `${repack[0]?.toUpperCase()}${repack.slice(1)}` }
      : {
          field: 'first bytes',
          fix: `Install ${missing}, which is not here (package ${packagesOf[missing]}), and open it again; or ${repack}`,
        }),
  });
}
