/** Versions that the fake nvme imitates; each as far as it differs in what a recording needs. */
export const nvmeCliVersions = ['1.9', '1.16', '2.3', '2.16', '3.0'] as const;
export type FakeNvmeCli = (typeof nvmeCliVersions)[number];

/** How commands are called in a version, and what it prints beside the answer. */
interface KnownLines {
  readonly words: {
    readonly identify: string;
    readonly secondaries: string;
    /** null: the command came later. */
    readonly capabilities: string | null;
  };
  readonly prints: {
    /** On standard error, when a passed command succeeds. */
    readonly success: string;
    /** Whether `list` knows `--verbose`. */
    readonly verboseList: boolean;
  };
}

const success = 'Admin Command Identify is Success and result: 0x00000000\n';
const words = { identify: 'id-ctrl', secondaries: 'list-secondary', capabilities: 'primary-ctrl-caps' };

/**
 * From nvme-cli's tags (nvme.c, nvme-builtin.h, plugins/id): `primary-ctrl-caps` and `list --verbose` came after 1.9;
 * 3.0 has Identify commands in the group `id`, may be built without the old names, and is silent on success.
 */
export function knownLines(version: FakeNvmeCli): KnownLines {
  switch (version) {
    case '1.9':
      return { words: { ...words, capabilities: null }, prints: { success: '', verboseList: false } };
    case '1.16':
    case '2.3':
    case '2.16':
      return { words, prints: { success, verboseList: true } };
    case '3.0':
      return {
        words: {
          identify: 'id ctrl',
          secondaries: 'id secondary-ctrl-list',
          capabilities: 'id primary-ctrl-caps',
        },
        prints: { success: '', verboseList: true },
      };
  }
}
