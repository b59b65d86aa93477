import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle, hostTitle, virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import type { SubsystemDeletion } from '#shared/virtual-subsystem/life-cycle/journal.ts';
import { Facts } from '../../inspector/facts.tsx';
import { showRun } from '../../navigation.ts';
import { DetailsHead } from '../../ui/content/details-head.tsx';
import { Card } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { formatDateTime } from '../../ui/format.ts';
import { LifeCycleTag } from '../life-cycle-tag.tsx';
import styles from './details.module.css';

/** A virtual subsystem that is gone: when, by which procedure and from where, as the journal has it. */
export function DeletedDetails({
  fleet,
  deletion,
}: {
  readonly fleet: Fleet;
  readonly deletion: SubsystemDeletion;
}) {
  const primary = fleet.controllers[deletion.primaryId];
  const host = hostTitle(fleet, deletion.hostId);
  return (
    <div className={styles.details}>
      <DetailsHead
        title={virtualSubsystemTitle(deletion)}
        tags={<LifeCycleTag state="deleted" host={host} />}
        actions={<Button onClick={() => showRun(deletion.runId, false)}>Show the procedure</Button>}
      >
        <div className={`mono mute ${styles.identity}`}>{deletion.nqn}</div>
      </DetailsHead>
      <Card label="From the journal">
        <div className={styles.facts}>
          <Facts
            label="Deletion"
            rows={[
              { name: 'Deleted', value: formatDateTime(deletion.at) },
              { name: 'By', value: deletion.by },
              {
                name: 'From',
                value:
                  primary === undefined
                    ? `${host}, ${deletion.primaryId}`
                    : controllerFullTitle(fleet, primary),
              },
              { name: 'Virtual NQN', value: deletion.nqn, mono: true, copy: deletion.nqn },
            ]}
          />
        </div>
      </Card>
    </div>
  );
}
