import { ChevronRight } from 'lucide-react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { Check } from '#shared/migration/checks/check.ts';
import type { CheckRemedies } from '#shared/procedure/remedies/remedy.ts';
import { useRequest } from '../../../bridge/use-request.ts';
import { useFleetMirror } from '../../../fleet-mirror/fleet-store.ts';
import { Card } from '../../../ui/content/small.tsx';
import { ErrorNotice, LoadingState } from '../../../ui/content/states.tsx';
import { CheckRow } from '../checks/check-row.tsx';
import checkStyles from '../checks/checks.module.css';
import styles from '../wizard.module.css';
import { latestAnswer, requestOf, type WizardState } from '../wizard-state.ts';
import { type CheckGroup, groupChecks } from './check-groups.ts';
import { StepPage } from './step-page.tsx';

/** Step 4: every check with its evidence, all of them at once. */
export function ChecksStep({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  const { choice, check } = state;
  const answer = latestAnswer(state);
  const revision = useFleetMirror((mirror) => mirror.revision);
  const request = requestOf(state);
  const asked = request === null || answer === null ? null : { request: { ...request, acknowledged: [] } };
  const remedies = useRequest('migration:remedies', asked, revision);
  if (choice.kind !== 'destination') return null;
  const name = fleet.virtualMachines[choice.virtualMachineId]?.name ?? 'the virtual machine';
  const host = hostTitle(fleet, choice.destinationHostId);
  return (
    <StepPage
      title={`Can ${name} move to ${host}?`}
      text={
        answer === null
          ? 'All checks run every time, and every blocking problem is listed at once.'
          : `${countWords(answer.compatibility.checks.length, 'check')}, repeated after every change. The values were read from the devices.`
      }
    >
      {check.kind === 'failed' ? <ErrorNotice error={check.error} title="The checks could not run" /> : null}
      {answer === null && check.kind !== 'failed' ? <LoadingState>Running the checks…</LoadingState> : null}
      {groupChecks(answer?.compatibility.checks ?? []).map((group) => (
        <CheckGroupCard
          key={group.id}
          group={group}
          acknowledged={state.acknowledged}
          remedies={remedies.value?.checks ?? []}
        />
      ))}
    </StepPage>
  );
}

/** A group folds to its count; one that needs attention stands open, and what passed in it is folded. */
function CheckGroupCard({
  group,
  acknowledged,
  remedies,
}: {
  readonly group: CheckGroup;
  /** Ids of warnings. */
  readonly acknowledged: readonly string[];
  readonly remedies: readonly CheckRemedies[];
}) {
  const { checks, title, summary, tone } = group;
  const passed = checks.filter(({ verdict }) => verdict === 'passed');
  const others = checks.filter(({ verdict }) => verdict !== 'passed');
  const list = (shown: readonly Check[]) => (
    <ul className={checkStyles.checks}>
      {shown.map((one) => (
        <CheckRow
          key={one.id}
          check={one}
          acknowledged={acknowledged.includes(one.id)}
          remedies={remedies.find(({ checkId }) => checkId === one.id)}
        />
      ))}
    </ul>
  );
  return (
    <Card className={styles.group}>
      <details open={tone !== 'ok'}>
        <summary className={styles.groupSummary}>
          <ChevronRight size={14} aria-hidden className={styles.chevron} />
          <h2 className={styles.groupTitle}>{title}</h2>
          <span className={tone}>{summary}</span>
        </summary>
        {list(others.length === 0 ? passed : others)}
        {others.length === 0 || passed.length === 0 ? null : (
          <details className={styles.passed}>
            <summary className={styles.groupSummary}>
              <ChevronRight size={14} aria-hidden className={styles.chevron} />
              <span className="ok">{countWords(passed.length, 'check')} passed</span>
            </summary>
            {list(passed)}
          </details>
        )}
      </details>
    </Card>
  );
}
