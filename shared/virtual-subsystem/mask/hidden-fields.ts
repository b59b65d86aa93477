import { identifyControllerFields } from '../../nvme/layouts/identify/identify-controller-fields.ts';
import type { ExposedCapability } from './exposed-capability.ts';

/**
 * Fields of Identify Controller that describe the hardware and that a guest can do without: a value of 0 means `not
 * reported` or `not supported` for each of them. Add a key to let the leak check hide another one.
 */
const keys: readonly string[] = [
  ...['rab', 'rtd3r', 'rtd3e', 'rrls', 'bpcap', 'nssl', 'plsi', 'crdt1', 'crdt2', 'crdt3', 'crcap', 'ciu'],
  ...['cirn', 'nvmsr', 'vwci', 'mec', 'avscc', 'apsta', 'wctemp', 'cctemp', 'mtfa', 'hmpre', 'hmmin'],
  ...['tnvmcap', 'unvmcap', 'rpmbs', 'edstt', 'dsto', 'fwug', 'hctma', 'mntmt', 'mxtmt', 'sanicap'],
  ...['hmminds', 'hmmaxd', 'nsetidmax', 'endgidmax', 'anatt', 'anacap', 'anagrpmax', 'nanagrpid', 'pels'],
  ...['domainid', 'kpioc', 'mptfawr', 'megcap', 'tmpthha', 'cqt', 'cdpa', 'mup', 'ipmsr', 'msmt', 'awun'],
  ...['awupf', 'icsvscc', 'nwpc', 'acwu', 'maxdna', 'maxcna', 'oaqd', 'rhiri', 'hirt', 'cmmrtd', 'nmmrtd'],
  ...['minmrtg', 'maxmrtg', 'trattr', 'mcudmq', 'mnsudmq', 'mcmr', 'nmcmr', 'mcdqpc', 'msdbd'],
];

export function isHideable(key: string): boolean {
  return keys.includes(key);
}

/** Entries that make the bytes read zero; an entry holds at most eight bytes. */
export function hidingEntries(offset: number, size: number): ExposedCapability[] {
  const entries: ExposedCapability[] = [];
  for (let start = offset; start < offset + size; start += 8)
    entries.push({
      offset: start,
      size: Math.min(8, offset + size - start),
      rule: 'keep-bits',
      value: '0x0',
    });
  return entries;
}

/** What a new virtual subsystem hides from the start: capacity, temperatures and migration limits of the drive below. */
const hiddenFromStart = ['wctemp', 'cctemp', 'tnvmcap', 'unvmcap'];

export function safeHidingMask(): ExposedCapability[] {
  return identifyControllerFields
    .filter((field) => hiddenFromStart.includes(field.key))
    .flatMap((field) => hidingEntries(field.offset, field.size));
}
