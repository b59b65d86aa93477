import type { Host } from '../../../fleet/schema.ts';
import type { MigrationSubject } from '../../subject.ts';
import { capabilityBytes, comparedCapabilities } from '../capability-rules.ts';
import type { Check, CheckedValue, CheckRule } from '../check.ts';
import { type RuleEntry, ruleTable } from './rule-table.ts';

/** When each host was read, ISO 8601, by its id; a host that is not in it: not known. */
export type ReadTimes = Readonly<Record<string, string>>;

/** The checks with what decides them, and with what was read where and when. */
export function withRules(subject: MigrationSubject, checks: readonly Check[], times: ReadTimes): Check[] {
  return checks.map((check) => {
    const entry = entryOf(check);
    return { ...check, rule: ruleOf(entry, subject), readings: readingsOf(check, entry, subject, times) };
  });
}

/** `capabilities.oncs` of `capabilities.oncs:hv-a/0000:41:00.0/3`. */
export function ruleNameOf({ id }: Pick<Check, 'id'>): string {
  return id.slice(0, id.indexOf(':'));
}

function entryOf(check: Check): RuleEntry {
  const name = ruleNameOf(check);
  if (Object.hasOwn(ruleTable, name)) return ruleTable[name] ?? unlisted;
  return check.group === 'capabilities' ? capabilityEntry(name.slice('capabilities.'.length)) : unlisted;
}

/** A test proves that no check has it. */
const unlisted: RuleEntry = { words: '', component: 'berth', source: '', from: '' };

function capabilityEntry(key: string): RuleEntry {
  const field = comparedCapabilities.find((one) => one.key === key);
  if (field === undefined)
    return {
      words: 'A mask can only narrow what the controlling function offers.',
      component: 'nvme-proposal',
      source: 'Berth proposal, not in the ratified specification',
      from: 'Identify, CAP, log pages and features of the controlling functions; mask of the virtual subsystem',
    };
  return {
    words: relationWords[field.rule],
    component: 'nvme-base',
    source:
      'NVMe Base 2.1, 5.1.13 (Identify Controller); the specification leaves the comparison to the host',
    from: `Identify Controller (CNS 01h), ${capabilityBytes(key)}`,
  };
}

const relationWords = {
  equal: 'Equal on both sides: a guest driver keeps what it read when it probed.',
  'at-least': 'The destination must offer at least as much as the source.',
  superset: 'The destination must offer every bit that the source offers.',
} as const;

function ruleOf({ words, component, source, since }: RuleEntry, subject: MigrationSubject): CheckRule {
  const { sourceHost, destinationHost } = subject;
  const hosts = [sourceHost, destinationHost].filter((host) => host !== undefined);
  const decides = component === 'kernel' || component === 'qemu' || component === 'libvirt';
  return {
    ...{ words, component, source },
    ...(since === undefined ? {} : { allowedFrom: since.join('.') }),
    ...(since === undefined || since[1] === 0 ? {} : { blockedUpTo: `${since[0]}.${since[1] - 1}` }),
    ...(decides
      ? { versions: hosts.map((host) => ({ host: host.name, version: versionOf(host, component) })) }
      : {}),
  };
}

function versionOf({ kernel, platform }: Host, component: 'kernel' | 'qemu' | 'libvirt'): string | null {
  switch (component) {
    case 'kernel':
      return kernel || null;
    case 'qemu':
      return platform.qemu || null;
    case 'libvirt':
      return platform.libvirt === '' ? 'not used' : (platform.libvirt ?? null);
  }
}

function readingsOf(
  check: Check,
  { from }: RuleEntry,
  { sourceHost, destinationHost }: MigrationSubject,
  times: ReadTimes,
): CheckedValue[] {
  const at = (host: Host | undefined) =>
    host !== undefined && Object.hasOwn(times, host.id) ? (times[host.id] ?? null) : null;
  const [before, after] = [at(sourceHost), at(destinationHost)];
  if (check.source === '' && check.destination === '')
    // The older of the two: no part of it is older than that.
    return [
      {
        side: 'both',
        value: '',
        from,
        at: before !== null && after !== null && after < before ? after : before,
      },
    ];
  return [
    { side: 'source', value: check.source || 'not known', from, at: before },
    { side: 'destination', value: check.destination || 'not known', from, at: after },
  ];
}

/** `QEMU: blocked up to 11.0, allowed from 11.1`; empty where no release decides. */
export function decidingRelease({ component, blockedUpTo, allowedFrom }: CheckRule): string {
  if (allowedFrom === undefined) return '';
  const name = componentNames[component];
  return blockedUpTo === undefined
    ? `${name}: blocked before ${allowedFrom}, allowed from ${allowedFrom}`
    : `${name}: blocked up to ${blockedUpTo}, allowed from ${allowedFrom}`;
}

/** `hv-a 9.2.0, hv-b not recorded`; empty where no release decides. */
export function versionWords({ versions = [] }: CheckRule): string {
  return versions.map(({ host, version }) => `${host} ${version ?? 'not recorded'}`).join(', ');
}

/** As they are said in a sentence. */
export const componentNames: Record<CheckRule['component'], string> = {
  'nvme-base': 'NVMe',
  'nvme-proposal': 'Proposal',
  kernel: 'Linux',
  qemu: 'QEMU',
  libvirt: 'libvirt',
  berth: 'Berth',
};
