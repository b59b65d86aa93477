import { Pacer } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import type { Fact } from '../findings.ts';
import { endOfLines, type OutputKind } from '../output-kind.ts';

/** `path<TAB>value` of a dump, or `path:value` as `grep -H . /sys/…` prints it. A PCI address has colons itself. */
const attribute =
  /^(\/sys\/(?:bus\/pci\/devices|class\/nvme|class\/nvme-subsystem)\/[\w.:/-]{1,300}?)(?:\t|:(?![0-9a-f]{2}:[0-9a-f]{2}\.|[0-9a-f]{2}\.[0-7]))(.{0,4096})$/;

/** Attributes of sysfs, one in each line. */
export const sysfsLinesOutput: OutputKind = {
  begins: (line) => attribute.test(line.slice(0, 5000)),
  end: (lines, from) => endOfLines(lines, from, (line) => line.startsWith('/sys/')),
  *read({ lines }) {
    const pacer = new Pacer(1000);
    const facts: Fact[] = [];
    for (const line of lines) {
      yield* pacer.did();
      const [, path, value] = attribute.exec(line.slice(0, 5000)) ?? [];
      if (path !== undefined && value !== undefined) facts.push({ kind: 'sysfs', path, value });
    }
    return {
      ...{ title: 'sysfs attributes', form: 'text', device: null, facts, notes: [] },
      holds: countWords(facts.length, 'attribute'),
    };
  },
};
