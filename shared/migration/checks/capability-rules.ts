import type { ControllerIdentity } from '../../fleet/controller-identity.ts';
import type { ControllerCapabilities } from '../../fleet/schema.ts';
import { identifyControllerFields } from '../../nvme/layouts/identify/identify-controller-fields.ts';

/**
 * How a field of Identify Controller must relate between source and destination. The ratified specification gives no
 * list; this one follows from what a guest driver caches when it probes a controller.
 */
type CapabilityRule =
  /** The guest cached it and relies on it: no difference tolerated. */
  | 'equal'
  /** A limit: the destination must offer at least as much. */
  | 'at-least'
  /** A bit field: the destination must offer every bit that the source offers. */
  | 'superset';

export interface CapabilityField {
  /** Key in Identify Controller, also the acknowledgement's name. */
  readonly key: string;
  readonly rule: CapabilityRule;
  /** 0 means `no limit` (MDTS, NVMe Base 2.1, 5.1.13) or `not reported` (MAXCMD, MNAN). */
  readonly zeroIsUnlimited?: boolean;
  readonly read: (identity: ControllerIdentity, capabilities: ControllerCapabilities) => number;
}

/** Fields compared between the controllers of both sides. What a virtual subsystem replaces is checked elsewhere. */
export const comparedCapabilities: readonly CapabilityField[] = [
  { key: 'vid', rule: 'equal', read: (identity) => identity.vid },
  { key: 'ssvid', rule: 'equal', read: (identity) => identity.ssvid },
  { key: 'ieee', rule: 'equal', read: (identity) => identity.ieee },
  { key: 'ver', rule: 'equal', read: (identity) => identity.version },
  { key: 'cmic', rule: 'equal', read: (_, capabilities) => capabilities.cmic },
  { key: 'sqes', rule: 'equal', read: (_, capabilities) => capabilities.sqes },
  { key: 'cqes', rule: 'equal', read: (_, capabilities) => capabilities.cqes },
  { key: 'fuses', rule: 'equal', read: (_, capabilities) => capabilities.fuses },
  { key: 'fna', rule: 'equal', read: (_, capabilities) => capabilities.fna },
  { key: 'vwc', rule: 'equal', read: (_, capabilities) => capabilities.vwc },
  { key: 'sgls', rule: 'equal', read: (_, capabilities) => capabilities.sgls },
  { key: 'kas', rule: 'equal', read: (_, capabilities) => capabilities.kas },
  { key: 'mdts', rule: 'at-least', zeroIsUnlimited: true, read: (_, capabilities) => capabilities.mdts },
  { key: 'maxcmd', rule: 'at-least', zeroIsUnlimited: true, read: (_, capabilities) => capabilities.maxcmd },
  { key: 'nn', rule: 'at-least', read: (_, capabilities) => capabilities.nn },
  { key: 'mnan', rule: 'at-least', zeroIsUnlimited: true, read: (_, capabilities) => capabilities.mnan },
  { key: 'acl', rule: 'at-least', read: (_, capabilities) => capabilities.acl },
  { key: 'aerl', rule: 'at-least', read: (_, capabilities) => capabilities.aerl },
  { key: 'elpe', rule: 'at-least', read: (_, capabilities) => capabilities.elpe },
  { key: 'npss', rule: 'at-least', read: (_, capabilities) => capabilities.npss },
  { key: 'oacs', rule: 'superset', read: (_, capabilities) => capabilities.oacs },
  { key: 'oncs', rule: 'superset', read: (_, capabilities) => capabilities.oncs },
  { key: 'oaes', rule: 'superset', read: (_, capabilities) => capabilities.oaes },
  { key: 'lpa', rule: 'superset', read: (_, capabilities) => capabilities.lpa },
  { key: 'ctratt', rule: 'superset', read: (_, capabilities) => capabilities.ctratt },
  { key: 'frmw', rule: 'superset', read: (_, capabilities) => capabilities.frmw },
  { key: 'ocfs', rule: 'superset', read: (_, capabilities) => capabilities.ocfs },
];

/** `Optional NVM Command Support (ONCS, bytes 520-521)`. */
export function capabilityTitle(key: string): string {
  const field = layoutOf(key);
  if (field === undefined) return key.toUpperCase();
  return `${field.title} (${key.toUpperCase()}, ${capabilityBytes(key)})`;
}

/** `bytes 520-521` of Identify Controller. */
export function capabilityBytes(key: string): string {
  const field = layoutOf(key);
  if (field === undefined) return key.toUpperCase();
  return field.size === 1 ? `byte ${field.offset}` : `bytes ${field.offset}-${field.offset + field.size - 1}`;
}

/** The bits of a mask in words: `bit 3 (Write Zeroes), bit 9`. */
export function bitsInWords(key: string, mask: number): string {
  const names = layoutOf(key)?.bits ?? [];
  const words: string[] = [];
  for (let bit = 0; bit < 32; bit++) {
    if (((mask >>> bit) & 1) === 0) continue;
    const name = names.find((candidate) => candidate.bit === bit)?.title;
    words.push(name === undefined ? `bit ${bit}` : `bit ${bit} (${name})`);
  }
  return words.join(', ');
}

function layoutOf(key: string) {
  const fields: readonly {
    key: string;
    offset: number;
    size: number;
    title: string;
    bits?: readonly { bit: number; title: string }[];
  }[] = identifyControllerFields;
  return fields.find((field) => field.key === key);
}
