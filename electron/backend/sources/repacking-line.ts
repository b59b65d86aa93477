import { shellQuoted } from '#shared/procedure/steps/shell.ts';

const packers: Readonly<Record<string, string>> = { xz: 'xz', bz2: 'bzip2', zst: 'zstd' };

/**
 * The line for a shell that makes an archive which is read of one that is packed in another way, as `sos report` packs
 * with xz; null for every other name.
 */
export function repackingLine(path: string): string | null {
  const [, before = '', kind = ''] = /^(.*[^/\\])\.t(?:ar\.)?(xz|bz2|zst)$/i.exec(path) ?? [];
  const packer = packers[kind.toLowerCase()];
  return packer === undefined
    ? null
    : `${packer} -dc ${shellQuoted(path)} | gzip > ${shellQuoted(`${before}.tar.gz`)}`;
}
