import { controllerFullTitle } from '../../fleet/selectors.ts';
import type { MigrationSubject } from '../subject.ts';
import type { PreCopyOptions } from './options.ts';

/**
 * Why the guest cannot go on while its memory is copied, one sentence for each device; empty when it can. Whatever a device
 * writes into memory unnoticed would be missing at the destination, so each one must log its writes (VFIO DMA logging).
 */
export function preCopyObstacles({ fleet, devices }: Pick<MigrationSubject, 'fleet' | 'devices'>): string[] {
  return devices.flatMap(({ source, mapping }) => {
    if (source === undefined) return [`${mapping.sourceId} is not in the fleet`];
    const { flags, reason } = source.vfioOffer;
    const title = controllerFullTitle(fleet, source);
    if (flags === null) return [`${title}: ${reason}`];
    return flags.dmaLogging ? [] : [`${title} does not log which memory it writes to (no VFIO DMA logging)`];
  });
}

/** How the migration copies: null where the guest is stopped first, because that is asked for or nothing else is possible. */
export function preCopyOf(
  subject: Pick<MigrationSubject, 'fleet' | 'devices' | 'request'>,
): PreCopyOptions | null {
  const { preCopy } = subject.request.options;
  return preCopy === undefined || preCopyObstacles(subject).length > 0 ? null : preCopy;
}
