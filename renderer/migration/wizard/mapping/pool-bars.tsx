import { heldBy, resourcesFor } from '#shared/fleet/rules/resources.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { groupBy, lookUpMigration } from '#shared/migration/subject.ts';
import styles from './mapping.module.css';

/** How much of each pool at the destination this mapping takes. */
export function PoolBars({ fleet, request }: { readonly fleet: Fleet; readonly request: MigrationRequest }) {
  const subject = lookUpMigration(fleet, request);
  const groups = [...groupBy(subject.devices, ({ destinationPrimary }) => destinationPrimary?.id).values()];
  return (
    <div className={styles.pools}>
      {groups.flatMap((devices) => {
        const primary = devices[0]?.destinationPrimary;
        if (primary === undefined) return [];
        return (['vq', 'vi'] as const).map((resource) => {
          const needed = devices.reduce(
            (sum, { source }) => sum + (source === undefined ? 0 : heldBy(source)[resource]),
            0,
          );
          const free = resourcesFor(
            primary,
            devices.flatMap(({ destination }) => destination ?? []),
            resource,
          );
          const name = `${resource.toUpperCase()} of ${controllerFullTitle(subject.fleet, primary)}`;
          const fits = needed <= free;
          return (
            <div key={`${primary.id} ${resource}`} className={styles.pool}>
              <span>{name}</span>
              <meter
                className={styles.meter}
                aria-label={name}
                min={0}
                max={Math.max(free, needed, 1)}
                value={needed}
              />
              <span className={fits ? 'mute' : 'bad'}>
                takes {needed} of {free} free, {fits ? `${free - needed} left` : `${needed - free} too few`}
              </span>
            </div>
          );
        });
      })}
    </div>
  );
}
