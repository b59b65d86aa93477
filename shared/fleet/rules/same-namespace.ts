import type { Namespace } from '../schema.ts';

/** The globally unique identifiers of a namespace, as the specification spells them. */
export const namespaceIdentifiers = [
  { name: 'NGUID', key: 'nguid' },
  { name: 'EUI64', key: 'eui64' },
  { name: 'UUID', key: 'uuid' },
] as const;

type Identified = Pick<Namespace, (typeof namespaceIdentifiers)[number]['key']>;

/** Whether anything tells this namespace from all others. */
export function isIdentified(namespace: Identified): boolean {
  return namespaceIdentifiers.some(({ key }) => namespace[key] !== '');
}

/** Names of the identifiers in which two namespaces differ; one that only one of them reports is among them. */
export function differingIdentifiers(one: Identified, other: Identified): string[] {
  return namespaceIdentifiers.filter(({ key }) => one[key] !== other[key]).map(({ name }) => name);
}

/**
 * The same data under two names: every identifier is equal, and there is at least one. A guest has read all of them, so one
 * that differs is another namespace to it, even where another one agrees (NVMe Base 2.1, 4.7.1).
 */
export function isSameNamespace(one: Identified, other: Identified): boolean {
  return isIdentified(one) && differingIdentifiers(one, other).length === 0;
}

/**
 * The same storage: namespaces of one NVM subsystem that are the same one, or of several that say that they are dispersed
 * (NVMe Base 2.1, 8.1.9). Others have their data twice, whatever they are called.
 */
export function isSameStorage(
  one: Identified & Pick<Namespace, 'subsystemId' | 'dispersed'>,
  other: Identified & Pick<Namespace, 'subsystemId' | 'dispersed'>,
): boolean {
  if (!isSameNamespace(one, other)) return false;
  return one.subsystemId === other.subsystemId || (one.dispersed === true && other.dispersed === true);
}
