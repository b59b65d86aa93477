import { heldBy } from '#shared/fleet/rules/resources.ts';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { findSecondary, stateWord, virtualSubsystemOf } from '#shared/fleet/selectors.ts';
import { withDestinations } from '#shared/migration/provisioned-destinations.ts';
import type { DeviceMapping } from '#shared/migration/request.ts';
import styles from './mapping.module.css';

/** What is configured at the destination for one device: sizes before and after, state, and the id that is kept. */
export function DeviceChange({
  fleet,
  source,
  mapped,
}: {
  readonly fleet: Fleet;
  readonly source: SecondaryController;
  readonly mapped: DeviceMapping;
}) {
  const destination = findSecondary(withDestinations(fleet, [mapped]), mapped.destinationId);
  if (destination === undefined) return null;
  const [before, after] = [heldBy(destination), heldBy(source)];
  const subsystem = virtualSubsystemOf(fleet, source);
  return (
    <p className={styles.change}>
      {[
        `${before.vq} → ${after.vq} VQ, ${before.vi} → ${after.vi} VI`,
        `${stateWord(destination).toLowerCase()} → online`,
        subsystem === undefined
          ? 'keeps the physical identity'
          : `virtual id ${source.virtualControllerId} is kept`,
      ].join(' · ')}
    </p>
  );
}
