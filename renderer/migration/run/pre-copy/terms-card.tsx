import type { Fleet } from '#shared/fleet/schema.ts';
import { linkOf } from '#shared/migration/downtime.ts';
import { joinLinks, type Link } from '#shared/migration/link-model.ts';
import { policyTitles } from '#shared/migration/pre-copy/policies.ts';
import { termsOfRound } from '#shared/migration/pre-copy/terms-of-round.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import type { StepOf } from '#shared/procedure/step.ts';
import { Card } from '../../../ui/content/small.tsx';
import { formatDuration } from '../../../ui/format.ts';
import styles from '../../migration.module.css';
import { TermBar } from '../../term-bar.tsx';

/** The step of a run that copies while the guest goes on; undefined: its guest is stopped first. */
export function preCopyStep(run: ProcedureRun): StepOf<'vm-pre-copy'> | undefined {
  for (const { step } of run.plan.steps) if (step.kind === 'vm-pre-copy') return step;
  return undefined;
}

/** What lies between the two hosts of a migration. */
export function linkBetween(facts: MigrationFacts, hosts: Fleet['hosts']): Link {
  return joinLinks(linkOf(hosts[facts.sourceHostId]), linkOf(hosts[facts.destinationHostId]));
}

/** What the guest would stand still for if it were stopped now, by term, measured after each round. */
export function TermsCard({
  step,
  facts,
  hosts,
}: {
  readonly step: StepOf<'vm-pre-copy'>;
  readonly facts: MigrationFacts;
  readonly hosts: Fleet['hosts'];
}) {
  const round = facts.preCopy?.rounds.at(-1);
  const terms =
    round === undefined ? [] : termsOfRound(round, { queues: step.queues, link: linkBetween(facts, hosts) });
  const budget = facts.downtimeBudgetMilliseconds;
  if (round === undefined)
    return (
      <Card label="Downtime, by term" aside="measured after each round">
        <p className={styles.noCommands}>It is known when the first round is over.</p>
      </Card>
    );
  const forecast = round.downtimeForecastMilliseconds;
  const over = forecast > budget;
  return (
    <Card label="Downtime, by term" aside="measured after each round">
      <div className={styles.downtime}>
        <p className={styles.bigLine}>
          <strong className={`${styles.big} ${over ? 'warn' : 'ok'}`}>
            {formatDuration(forecast * 1000)}
          </strong>{' '}
          <span className="mute">
            if you go now · {formatDuration(Math.abs(budget - forecast) * 1000)} {over ? 'above' : 'below'}{' '}
            the budget
          </span>
        </p>
        <TermBar terms={terms} budget={budget} />
        <p className={styles.chips}>
          <span>
            Allowed: {formatDuration(round.allowedMilliseconds * 1000)} of {formatDuration(budget * 1000)}
          </span>
          <span className={round.throttlePercent > 0 ? 'warn' : undefined}>
            {round.throttlePercent > 0
              ? `Guest throttled by ${round.throttlePercent} %`
              : 'Guest not throttled'}
          </span>
          <span>Policy: {policyTitles[step.options.policy]}</span>
        </p>
      </div>
    </Card>
  );
}
