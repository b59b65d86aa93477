import { Check as CheckIcon, ChevronRight, TriangleAlert, X } from 'lucide-react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { Check } from '#shared/migration/checks/check.ts';
import { Card } from '../../../ui/content/small.tsx';
import { ErrorNotice, LoadingState } from '../../../ui/content/states.tsx';
import { Checkbox } from '../../../ui/controls/form.tsx';
import { dispatch } from '../dispatch.ts';
import styles from '../wizard.module.css';
import { latestAnswer, type WizardState } from '../wizard-state.ts';
import { type CheckGroup, groupChecks } from './check-groups.ts';
import { StepPage } from './step-page.tsx';

/** Step 4: every check with its evidence, all of them at once. */
export function ChecksStep({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  const { choice, check } = state;
  const answer = latestAnswer(state);
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
        <CheckGroupCard key={group.id} group={group} acknowledged={state.acknowledged} />
      ))}
    </StepPage>
  );
}

/** A group folds to its count; one that needs attention stands open, and what passed in it is folded. */
function CheckGroupCard({
  group,
  acknowledged,
}: {
  readonly group: CheckGroup;
  /** Ids of warnings. */
  readonly acknowledged: readonly string[];
}) {
  const { checks, title, summary, tone } = group;
  const passed = checks.filter(({ verdict }) => verdict === 'passed');
  const others = checks.filter(({ verdict }) => verdict !== 'passed');
  const list = (shown: readonly Check[]) => (
    <ul className={styles.checks}>
      {shown.map((one) => (
        <CheckRow key={one.id} check={one} acknowledged={acknowledged.includes(one.id)} />
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

/** How a verdict shows; the word is said where the icon is not seen. */
const verdicts = {
  passed: { icon: CheckIcon, tone: 'ok', word: 'Passed' },
  warning: { icon: TriangleAlert, tone: 'warn', word: 'Warning' },
  error: { icon: X, tone: 'bad', word: 'Blocks the move' },
} as const;

function CheckRow({ check, acknowledged }: { readonly check: Check; readonly acknowledged: boolean }) {
  const { icon: Icon, tone, word } = verdicts[check.verdict];
  // Environment checks compare nothing; their evidence says it all.
  const compared = check.source !== '' || check.destination !== '';
  return (
    <li className={styles.check}>
      <span className={tone}>
        <Icon size={14} aria-hidden />
        <span className="visually-hidden">{word}:</span>
      </span>
      <span className={styles.checkTitle}>{check.title}</span>
      <span className={styles.evidence}>
        {check.evidence}
        {compared && check.verdict !== 'passed' ? (
          <span className={styles.values}>
            source <code>{check.source || '–'}</code> · destination <code>{check.destination || '–'}</code>
          </span>
        ) : null}
        {check.fix === '' ? null : <span className={styles.fix}>{check.fix}</span>}
      </span>
      <span>
        {check.verdict === 'warning' ? (
          <Checkbox
            checked={acknowledged}
            onChange={(next) => dispatch({ kind: 'acknowledge', ids: [check.id], acknowledged: next })}
          >
            Acknowledge
          </Checkbox>
        ) : null}
      </span>
    </li>
  );
}
