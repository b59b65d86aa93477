import { rehearsalSummary } from '#shared/migration/rehearsal/rehearsal-result.ts';
import type { Plan } from '#shared/procedure/procedure.ts';
import { Card, Tag } from '../../ui/content/small.tsx';
import { formatDateTime } from '../../ui/format.ts';
import styles from '../migration.module.css';
import own from './rehearsal.module.css';
import { RehearsalMatrix } from './rehearsal-matrix.tsx';

/** What was seen of a plan before it started; nothing where it was not rehearsed. */
export function RehearsedCard({ plan }: { readonly plan: Plan }) {
  const { rehearsal } = plan;
  if (rehearsal === undefined) return null;
  const seed = rehearsal.seed === null ? '' : `, seed ${rehearsal.seed}`;
  return (
    <Card
      className={styles.block}
      label="Rehearsed before the start"
      aside={<Tag tone="warning">on simulated twins</Tag>}
    >
      <div className={own.about}>
        <p>
          {rehearsalSummary(rehearsal)}{' '}
          <span className="mute">
            {formatDateTime(rehearsal.at)}
            {seed}, plan {rehearsal.planDigest.slice(0, 12)}…
          </span>
        </p>
      </div>
      <RehearsalMatrix rehearsal={rehearsal} plan={plan} onOpen={null} />
    </Card>
  );
}
