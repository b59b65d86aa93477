import { Pacer } from '#shared/bounds/pieces.ts';
import { countWords } from '#shared/count-words.ts';
import type { Fact } from '../findings.ts';
import { endOfLines, type OutputKind } from '../output-kind.ts';

/** The beginning of a line of `dmesg`, `dmesg -T`, `journalctl -k`, or of one whose time was cut off. */
const stamp =
  /^(?:\[\s*\d{1,9}\.\d{3,6}\]|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}\]|<\d{1,3}>|(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8}|\d{4}-\d\d-\d\dT[\d:.,+-]{8,24}) ([A-Za-z0-9][\w.-]{0,62}) kernel:)\s*/;
const bare = /^(?:nvme nvme\d{1,6}:|nvme [0-9a-f]{4}:|pci [0-9a-f]{4}:|vfio-pci [0-9a-f]{4}:)/;

/** Lines of the kernel log: which controller is at which address. */
export const kernelLogOutput: OutputKind = {
  begins: (line) => stamp.test(line.slice(0, 200)) || bare.test(line.slice(0, 60)),
  end: (lines, from) =>
    endOfLines(lines, from, (line) => stamp.test(line.slice(0, 200)) || bare.test(line.slice(0, 60))),
  *read({ lines }) {
    const pacer = new Pacer(1000);
    const facts: Fact[] = [];
    let host: string | undefined;
    for (const line of lines) {
      yield* pacer.did();
      const head = line.slice(0, 500);
      const begin = stamp.exec(head);
      host ??= begin?.[1];
      const message = head.slice(begin?.[0].length ?? 0);
      const [, device, address] =
        /^nvme (nvme\d{1,6}): pci function ([0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7])/.exec(message) ?? [];
      if (device !== undefined && address !== undefined)
        facts.push({ kind: 'device', device, attributes: { address, transport: 'pcie' } });
      const kernel = /^Linux version (\d{1,3}\.\d{1,3}[\w.+~-]{0,80})/.exec(message)?.[1];
      if (kernel !== undefined) facts.push({ kind: 'host', kernel });
    }
    if (host !== undefined) facts.push({ kind: 'host', name: host });
    const devices = facts.filter(({ kind }) => kind === 'device').length;
    return {
      ...{ title: 'kernel log', form: 'text', device: null, facts, notes: [] },
      holds: `${countWords(lines.length, 'line')}, ${countWords(devices, 'controller')} with ${devices === 1 ? 'its address' : 'their addresses'}`,
    };
  },
};
