import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { Card } from '../ui/content/small.tsx';
import { FindingList } from './finding-list.tsx';
import styles from './ownership.module.css';

/** Who had what when a run had ended; nothing for runs of programs that did not look. */
export function RunAudit({
  run,
  className,
}: {
  readonly run: ProcedureRun;
  readonly className?: string | undefined;
}) {
  const { audit } = run;
  if (audit === undefined || isActive(run)) return null;
  const aside = audit.length === 0 ? 'in order' : `${audit.length} not in order`;
  return (
    <Card className={className} label="Who has what" aside={aside}>
      <div className={styles.audit}>
        {audit.length === 0 ? (
          <p className="mute">
            Every guest and every function on the hosts of this procedure was in order when it had ended.
          </p>
        ) : (
          <FindingList findings={audit} />
        )}
      </div>
    </Card>
  );
}
