import type { OutputKind } from '../output-kind.ts';
import { endOfLines } from '../output-kind.ts';

const release = /^Linux ([A-Za-z0-9][\w.-]{0,62}) (\d{1,3}\.\d{1,3}[\w.+~-]{0,80}) #\d/;

/** What `uname -a` prints. */
export const kernelReleaseOutput: OutputKind = {
  begins: (line) => release.test(line.slice(0, 300)),
  end: (lines, from) => endOfLines(lines, from, () => false),
  // biome-ignore lint/correctness/useYield: it is short
  *read({ lines }) {
    const [, name, kernel] = release.exec((lines[0] ?? '').slice(0, 300)) ?? [];
    if (name === undefined || kernel === undefined) return null;
    return {
      ...{ title: 'uname -a', form: 'text', device: null, notes: [] },
      holds: `host ${name}, Linux ${kernel}`,
      facts: [{ kind: 'host', name, kernel }],
    };
  },
};
