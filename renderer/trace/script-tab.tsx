import { FileTerminal } from 'lucide-react';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { EmptyState } from '../ui/content/states.tsx';
import { CopyButton } from '../ui/controls/copy-button.tsx';
import { equivalentScript } from './equivalent-script.ts';
import styles from './trace.module.css';

/** The last procedure as a shell script of nvme-cli and sysfs lines. */
export function ScriptTab() {
  const run = useRuns((state) => state.runs[state.order.at(-1) ?? '']);
  if (run === undefined) {
    return (
      <EmptyState icon={FileTerminal} title="No procedure has run yet">
        After a change, the equivalent nvme-cli and sysfs lines appear here, ready to copy.
      </EmptyState>
    );
  }
  const script = equivalentScript(run.plan);
  return (
    <section className={styles.script} aria-label={`Equivalent script of ${run.plan.title}`}>
      <header className={styles.journalHead}>
        <strong>{run.plan.title}</strong>
        <CopyButton text={script} what="script" />
      </header>
      <ScrollRegion as="pre" className={styles.pre}>
        {script}
      </ScrollRegion>
    </section>
  );
}
