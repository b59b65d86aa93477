import { record } from '#shared/fleet-file/edit/loose-value.ts';
import type { FormField } from './form-field.ts';

/** Name, words, hexadecimal digits (0: decimal) and the value that counts when the file says nothing. */
const rows: readonly (readonly [string, string, number, number?])[] = [
  ['oacs', 'OACS, optional admin commands', 4],
  ['oncs', 'ONCS, optional NVM commands', 4, 0x01ff],
  ['oaes', 'OAES, asynchronous events', 8, 0x300],
  ['ctratt', 'CTRATT, attributes', 8, 1],
  ['lpa', 'LPA, log page attributes', 2, 0x06],
  ['mdts', 'MDTS, maximum data transfer size', 0, 5],
  ['acl', 'ACL, abort command limit', 0, 3],
  ['aerl', 'AERL, event request limit', 0, 3],
  ['elpe', 'ELPE, error log entries', 0, 63],
  ['npss', 'NPSS, power states', 0, 0],
  ['frmw', 'FRMW, firmware updates', 2, 0x03],
  ['sqes', 'SQES, submission entry size', 2, 0x66],
  ['cqes', 'CQES, completion entry size', 2, 0x44],
  ['maxcmd', 'MAXCMD, outstanding commands', 0, 1024],
  ['nn', 'NN, namespaces', 0, 256],
  ['mnan', 'MNAN, allowed namespaces', 0, 256],
  ['fuses', 'FUSES, fused operations', 4, 0],
  ['fna', 'FNA, format attributes', 2, 0],
  ['vwc', 'VWC, volatile write cache', 2, 0x07],
  ['sgls', 'SGLS, SGL support', 8, 1],
  ['kas', 'KAS, keep alive granularity', 0, 0],
  ['ocfs', 'OCFS, copy formats', 4, 1],
];

/** Capability fields of Identify Controller; of a captured device, whose bytes are kept, none is shown. */
export const capabilityFields: readonly FormField[] = rows.map(([name, label, digits, initial]) => ({
  path: ['identify', 'capabilities', name],
  label,
  control: digits === 0 ? { kind: 'number' } : { kind: 'number', hexadecimalDigits: digits },
  shown: (object) => record(object.identify).kind !== 'bytes',
  ...(initial === undefined ? { description: 'Empty: what the profile has.' } : { initial }),
}));
