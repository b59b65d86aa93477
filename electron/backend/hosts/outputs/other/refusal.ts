import type { Fact } from '../findings.ts';
import { endOfLines, type OutputKind } from '../output-kind.ts';
import { recordedStructures, type StructureName } from '../structures.ts';

const status = /^NVMe [Ss]tatus:\s?.{0,200}?\((?:0x)?([0-9a-f]{1,4})\)/;

/** A refusal of nvme-cli below the command that met it: then the structure is not supported, and nobody failed to record it. */
export const refusalOutput: OutputKind = {
  begins: (line) => status.test(line.slice(0, 300)),
  end: (lines, from) => endOfLines(lines, from, () => false),
  // biome-ignore lint/correctness/useYield: it is short
  *read({ lines, command }) {
    const value = status.exec((lines[0] ?? '').slice(0, 300))?.[1];
    if (value === undefined) return null;
    const asked = command === null ? null : structureOf(command.command, command.all, command.nsid);
    const device = command?.device ?? null;
    const refused: Fact | null =
      asked === null || device === null
        ? null
        : {
            kind: 'refused',
            structure: asked,
            nsid: command?.nsid ?? null,
            status: Number.parseInt(value, 16),
          };
    return {
      ...{ title: 'a refusal of nvme-cli', form: 'text', device, facts: refused === null ? [] : [refused] },
      holds: `status 0x${value}`,
      notes:
        refused === null ? ['Above it stands no command that is known; paste the command line as well'] : [],
    };
  },
};

function structureOf(command: string, all: boolean, nsid: number | null): StructureName | null {
  if (command === 'list-ns' && all) return 'list-ns-all';
  if (command === 'list-ctrl' && nsid !== null) return 'ns-list-ctrl';
  return Object.hasOwn(recordedStructures, command) ? (command as StructureName) : null;
}
