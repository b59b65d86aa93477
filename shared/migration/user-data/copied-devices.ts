import type { MigrationSubject } from '../subject.ts';
import type { CopiedDevice, CopiedNamespace } from './copied-namespaces.ts';

/** The devices of which a migration copies user data, with their namespaces; what is unknown of them is left out. */
export function copiedDevices({ devices }: Pick<MigrationSubject, 'devices'>): CopiedDevice[] {
  const known = new Set<string>();
  return devices.flatMap(({ mapping, namespaces }) => {
    const copied = namespaces.flatMap(({ copy, source, destination }): CopiedNamespace[] => {
      if (!copy || source === undefined || destination === undefined) return [];
      const { nsid, sizeBytes, blockSize } = source;
      const blocks = Number(BigInt(sizeBytes) / BigInt(blockSize));
      const again = known.has(source.id) ? { again: true as const } : {};
      known.add(source.id);
      return [{ source: nsid, destination: destination.nsid, blocks, blockSize, ...again }];
    });
    const { sourceId, destinationId } = mapping;
    return copied.length === 0 ? [] : [{ sourceId, destinationId, namespaces: copied }];
  });
}
