import type { ReactNode } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { ScrollRegion } from '../../ui/content/scroll-region.tsx';
import { Tag } from '../../ui/content/small.tsx';
import { ActionStrip } from '../action-strip.tsx';
import styles from '../migration.module.css';
import { runTitle } from './run-words.ts';

const titleId = 'run-title';

/** The page of one migration, under way or ended: its title, a line below it, and a strip of actions at the bottom. */
export function RunFrame({
  run,
  facts,
  hosts,
  line,
  strip,
  actions,
  children,
}: {
  readonly run: ProcedureRun;
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
  readonly line: ReactNode;
  /** What stands at the left of the strip at the bottom. */
  readonly strip: ReactNode;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <div className={styles.run}>
      <ScrollRegion className={styles.runBody} labelledBy={titleId}>
        <h1 id={titleId} className={styles.title}>
          {runTitle(run, facts, hosts)} {run.simulated ? <Tag tone="warning">Simulated</Tag> : null}
        </h1>
        <p className={styles.text}>{line}</p>
        {children}
      </ScrollRegion>
      <ActionStrip actions={actions}>{strip}</ActionStrip>
    </div>
  );
}
