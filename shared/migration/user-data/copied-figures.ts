import type { MigrationFacts } from '../../procedure/procedure.ts';

/** What came of the user data of a migration, in bytes. */
export interface CopiedFigures {
  /** Namespaces that were copied; several devices may have copied one. */
  readonly namespaces: number;
  /** Of those namespaces. */
  readonly bytes: number;
  /** While the guest went on and while it stood still; what changed meanwhile counts again. */
  readonly sentBytes: number;
  /** Of that, while it stood still. */
  readonly sentLastBytes: number;
  /** Digests of source and destination are the same for each of them. */
  readonly isEqual: boolean;
}

/** null: no user data was copied, or nothing is known of it yet. */
export function copiedFigures({
  userData = [],
  preCopy,
}: Pick<MigrationFacts, 'userData' | 'preCopy'>): CopiedFigures | null {
  if (userData.length === 0) return null;
  // NSIDs count within the NVM subsystem of a controlling function.
  const sizes = new Map(
    userData.map(({ sourceId, nsid, bytes }) => [
      `${sourceId.slice(0, sourceId.lastIndexOf('/'))}#${nsid}`,
      bytes,
    ]),
  );
  const sentLastBytes = userData.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
  return {
    namespaces: sizes.size,
    bytes: [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0),
    sentBytes: (preCopy?.userData?.sentBytes ?? 0) + sentLastBytes,
    sentLastBytes,
    isEqual: userData.every(({ checksum, arrived }) => checksum === arrived),
  };
}
