import type { NvmeCliVersion } from './nvme-cli-text.ts';

/** The releases of nvme-cli that the console imitates where they differ. */
export const nvmeReleases = ['2.3', '2.13', '2.16', '3.0'] as const;
export type NvmeCliRelease = (typeof nvmeReleases)[number];

/** The release that `nvme` is where nobody chose another. */
export const usualRelease: NvmeCliRelease = '2.3';

/** Of which release a release has the options and the printed structures. */
export function printedAs(release: NvmeCliRelease): NvmeCliVersion {
  return release === '2.3' ? '2.3' : '2.13';
}

/** The program that is a release: `nvme` and `nvme-new` as in the captures, the others by their number. */
export function programOfRelease(release: NvmeCliRelease): string {
  switch (release) {
    case '2.3':
      return 'nvme';
    case '2.13':
      return 'nvme-new';
    case '2.16':
    case '3.0':
      return `nvme-${release}`;
  }
}
