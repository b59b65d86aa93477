const extension = /\.(?:tar|t(?:ar\.)?(?:gz|xz|bz2))$/i;

/** Whether a file is a tar archive by its name; what is in it is seen when it is read. */
export function hasArchiveName(path: string): boolean {
  return extension.test(path);
}

/** The name of what was packed: `host-a.tar.gz` → `host-a`. Other names stay. */
export function withoutArchiveExtension(name: string): string {
  return name.replace(extension, '');
}
