import { FileTerminal } from 'lucide-react';
import { Fragment } from 'react';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { ShellText } from '../ui/content/shell-text.tsx';
import { shellParts } from '../ui/content/shell-words.ts';
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
        {shellParts(script.split('\n')).map((parts, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text are known by their numbers
          <Fragment key={index}>
            {index === 0 ? '' : '\n'}
            <ShellText parts={parts} />
          </Fragment>
        ))}
      </ScrollRegion>
    </section>
  );
}
