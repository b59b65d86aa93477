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

/** `nvme id-ns` without `-o`. */
export function identifyNamespaceText(namespace: IdentifyNamespace, nsid: number): string {
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
  }
  const used = (namespace.flbas & 0xf) | ((namespace.flbas >> 1) & 0x30);
  for (const [index, format] of namespace.lbafs.slice(0, namespace.nlbaf + namespace.nulbaf + 1).entries())
    lines.push(
      `lbaf ${String(index).padStart(2)} : ms:${String(format.ms).padEnd(3)} lbads:${String(format.ds).padEnd(2)} rp:${printfHexadecimal(format.rp)} ${index === used ? '(in use)' : ''}`,
    );
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
