import type { IdentifyNamespace } from '../../../../shared/nvme/layouts/identify/identify-namespace.ts';
import type { ControllerList } from '../../../../shared/nvme/layouts/lists/controller-list.ts';
import type { NamespaceList } from '../../../../shared/nvme/layouts/lists/namespace-list.ts';
import type { SecondaryControllerList } from '../../../../shared/nvme/layouts/lists/secondary-controller-list.ts';
import { identifyNamespaceJson } from '../../../../shared/nvme/nvme-cli/nvme-cli-json.ts';

/** C's `%#x`: zero has no prefix. */
export function printfHexadecimal(value: number | bigint): string {
  return value === 0 || value === 0n ? '0' : `0x${value.toString(16)}`;
}

/** `nvme list-ns` without `-o`. */
export function namespaceListText(list: NamespaceList): string {
  return list.identifiers.map((nsid, index) => `${indexed(index)}:${printfHexadecimal(nsid)}\n`).join('');
}

/** `nvme list-ctrl` without `-o`. */
export function controllerListText(list: ControllerList): string {
  const lines = list.identifiers.map((id, index) => `${indexed(index)}:${printfHexadecimal(id)}\n`);
  return `num of ctrls present: ${list.identifiers.length}\n${lines.join('')}`;
}

/** `nvme list-secondary` without `-o`; `limit` is `--num-entries`. */
export function secondaryListText(list: SecondaryControllerList, limit: number): string {
  const word = (value: number) => `0x${value.toString(16).padStart(4, '0')}`;
  const lines = [
    'Identify Secondary Controller List:',
    `   NUMID       : Number of Identifiers           : ${list.entries.length}`,
  ];
  for (const [index, entry] of list.entries.slice(0, limit).entries())
    lines.push(
      `   SCEntry[${String(index).padEnd(3)}]:`,
      '................',
      `     SCID      : Secondary Controller Identifier : ${word(entry.scid)}`,
      `     PCID      : Primary Controller Identifier   : ${word(entry.pcid)}`,
      `     SCS       : Secondary Controller State      : ${word(entry.scs)} (${entry.scs === 1 ? 'Online' : 'Offline'})`,
      `     VFN       : Virtual Function Number         : ${word(entry.vfn)}`,
      `     NVQ       : Num VQ Flex Resources Assigned  : ${word(entry.nvq)}`,
      `     NVI       : Num VI Flex Resources Assigned  : ${word(entry.nvi)}`,
    );
  return `${lines.join('\n')}\n`;
}

const namespaceHexadecimal: ReadonlySet<string> = new Set(
  'nsze ncap nuse nsfeat flbas mc dpc dps nmic rescap fpi'.split(' '),
);
/** The text form puts these behind ANAGRPID and the identifiers behind those. */
const namespaceLate = ['nsattr', 'nvmsetid', 'endgid', 'nguid', 'eui64'];

/** Bits of a field that `-H` explains, the highest first; the words of a value are those of the specification. */
type BitRange = readonly [high: number, low: number, words: (value: number) => string];
const supported = (title: string) => (value: number) => `${title} ${value === 0 ? 'Not ' : ''}Supported`;
const explained: Readonly<Partial<Record<string, readonly BitRange[]>>> = {
  nsfeat: [
    [4, 4, supported('NPWG, NPWA, NPDG, NPDA and NOWS')],
    [3, 3, (set) => `NGUID and EUI64 fields ${set === 1 ? 'Never ' : 'may be '}Reused`],
    [2, 2, supported('Deallocated or Unwritten Logical Block error')],
    [1, 1, (set) => `Namespace uses ${set === 1 ? 'NAWUN, NAWUPF and NACWU' : 'AWUN, AWUPF and ACWU'}`],
    [0, 0, supported('Thin Provisioning')],
  ],
  flbas: [
    [6, 5, () => 'Most significant 2 bits of the LBA Format in use'],
    [
      4,
      4,
      (set) => `Metadata Transferred ${set === 1 ? 'at End of Data LBA' : 'in Separate Contiguous Buffer'}`,
    ],
    [3, 0, () => 'Least significant 4 bits of the LBA Format in use'],
  ],
  mc: [
    [1, 1, supported('Metadata Pointer')],
    [0, 0, supported('Metadata as Part of Extended Data LBA')],
  ],
  dpc: [
    [4, 4, supported('Protection Information as Last Bytes of Metadata')],
    [3, 3, supported('Protection Information as First Bytes of Metadata')],
    [2, 2, supported('Protection Information Type 3')],
    [1, 1, supported('Protection Information Type 2')],
    [0, 0, supported('Protection Information Type 1')],
  ],
  dps: [
    [
      3,
      3,
      (set) => `Protection Information is Transferred as ${set === 1 ? 'First' : 'Last'} Bytes of Metadata`,
    ],
    [2, 0, (type) => `Protection Information ${type === 0 ? 'Disabled' : `Type ${type} Enabled`}`],
  ],
  nmic: [
    [1, 1, (set) => `Namespace is ${set === 1 ? '' : 'Not '}a Dispersed Namespace`],
    [0, 0, (set) => `Namespace Multipath ${set === 1 ? '' : 'Not '}Capable`],
  ],
  fpi: [[7, 7, supported('Format Progress Indicator')]],
  dlfeat: [
    [4, 4, (set) => `Guard Field of Deallocated Logical Blocks is ${set === 1 ? 'the CRC' : '0xFFFF'}`],
    [3, 3, supported('Deallocate Bit in the Write Zeroes Command')],
    [
      2,
      0,
      (value) =>
        `Bytes Read From a Deallocated Logical Block are ${['Not Reported', '0x00', '0xFF'][value] ?? 'Reserved'}`,
    ],
  ],
  nsattr: [[0, 0, (set) => `Namespace ${set === 1 ? '' : 'Not '}Write Protected`]],
};

/** As nvme-cli's `-H`: `  [0:0] : 0x1<TAB>Thin Provisioning Supported`, and an empty line behind the last one. */
function explainedLines(key: string, value: unknown): readonly string[] {
  const ranges = explained[key];
  if (ranges === undefined) return [];
  const lines = ranges.map(([high, low, words]) => {
    const bits = (Number(value) >> low) & ((1 << (high - low + 1)) - 1);
    return `  [${high}:${low}] : ${printfHexadecimal(bits)}\t${words(bits)}`;
  });
  return [...lines, ''];
}

const performances = ['Best', 'Better', 'Good', 'Degraded'];

/** `nvme id-ns` without `-o`; `human` explains the bits and spells the LBA formats out. */
export function identifyNamespaceText(namespace: IdentifyNamespace, nsid: number, human: boolean): string {
  const values: Readonly<Record<string, unknown>> = namespace;
  const keys = Object.keys(identifyNamespaceJson(namespace)).filter((key) => key !== 'lbafs');
  const ordered = [...keys.filter((key) => !namespaceLate.includes(key)), ...namespaceLate];
  const lines = [`NVME Identify Namespace ${nsid}:`];
  for (const key of ordered) {
    const value = values[key];
    const isNumber = typeof value === 'number' || typeof value === 'bigint';
    const text = isNumber && namespaceHexadecimal.has(key) ? printfHexadecimal(value) : String(value);
    // nvme-cli has a tab behind this one name.
    lines.push(`${key === 'nsattr' ? 'nsattr\t' : key.padEnd(8)}: ${text}`);
    if (human) lines.push(...explainedLines(key, value));
  }
  const used = (namespace.flbas & 0xf) | ((namespace.flbas >> 1) & 0x30);
  for (const [index, format] of namespace.lbafs.slice(0, namespace.nlbaf + namespace.nulbaf + 1).entries()) {
    const number = String(index).padStart(2);
    const size = String(format.ms).padEnd(3);
    const [rp, inUse] = [printfHexadecimal(format.rp), index === used ? '(in use)' : ''];
    lines.push(
      human
        ? `LBA Format ${number} : Metadata Size: ${size} bytes - Data Size: ${2 ** format.ds} bytes - Relative Performance: ${rp} ${performances[format.rp] ?? 'Best'} ${inUse}`
        : `lbaf ${number} : ms:${size} lbads:${String(format.ds).padEnd(2)} rp:${rp} ${inUse}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function indexed(index: number): string {
  return `[${String(index).padStart(4)}]`;
}

/** nvme-cli's hexadecimal dump: 16 bytes a line with their characters. */
export function hexadecimalDump(bytes: Uint8Array): string {
  const columns = Array.from({ length: 16 }, (_, index) => index.toString(16).padStart(3)).join('');
  let text = `     ${columns}`;
  for (let at = 0; at < bytes.length; at += 16) {
    const row = [...bytes.subarray(at, at + 16)];
    const cells = row.map((byte) => ` ${byte.toString(16).padStart(2, '0')}`).join('');
    const characters = row
      .map((byte) => (byte >= 0x21 && byte <= 0x7e ? String.fromCharCode(byte) : '.'))
      .join('');
    text += `\n${at.toString(16).padStart(4, '0')}:${cells.padEnd(48)} "${characters}"`;
  }
  return `${text}\n`;
}
