import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { PlacementView } from '#shared/ipc/batch-contract.ts';
import { policyOf, policyTitles } from '#shared/migration/pre-copy/policies.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { Card, Tag } from '../../../ui/content/small.tsx';
import { Banner } from '../../../ui/content/states.tsx';
import { Button } from '../../../ui/controls/button.tsx';
import { Checkbox } from '../../../ui/controls/form.tsx';
import { formatDuration } from '../../../ui/format.ts';
import { StepPage } from '../../wizard/steps/step-page.tsx';
import wizardStyles from '../../wizard/wizard.module.css';
import styles from '../batch.module.css';
import { type BatchDraft, changeDraft, moving, warningKey } from '../batch-draft.ts';

/** Step 4: what moves, what stays, and the warnings that must be read, by virtual machine. */
export function BatchReviewStep({
  draft,
  fleet,
  placements,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placements: readonly PlacementView[];
}) {
  const go = moving(draft, placements);
  const refused = placements.filter(({ request }) => request === null);
  const warned = go.filter(({ warnings }) => warnings.length > 0);
  const all = warned.flatMap(({ virtualMachineId, warnings }) =>
    warnings.map(({ id }) => warningKey(virtualMachineId, id)),
  );
  const { limits, options, whenOneFails } = draft;
  return (
    <StepPage
      title={`Move ${countWords(go.length, 'virtual machine')}?`}
      text="Nothing has been changed yet. Each is checked again right before it starts; what does not fit by then is refused, and the others go on."
    >
      {refused.length === 0 ? null : (
        <div className={wizardStyles.group}>
          <Banner
            tone="warning"
            title={`${countWords(refused.length, 'virtual machine')} cannot move`}
            lines={refused.map(
              ({ virtualMachineId, refused: why }) =>
                `${machineParts(virtualMachineId).name}: ${why?.cause ?? ''}. ${why?.fix ?? ''}.`,
            )}
          />
        </div>
      )}
      <Card label="Choices" className={wizardStyles.group}>
        <dl className={styles.choices}>
          <dt>Policy</dt>
          <dd>
            {policyTitles[policyOf(options)]}, {formatDuration(options.downtimeBudgetMilliseconds * 1000)}{' '}
            budget
          </dd>
          <dt>At once</dt>
          <dd>
            {limits.atOnce}, of each host {limits.perHost}
          </dd>
          <dt>When one fails</dt>
          <dd>{whenOneFails === 'stop' ? 'those that wait are held' : 'the others go on'}</dd>
        </dl>
      </Card>
      {warned.length === 0 ? null : (
        <Card
          label="Warnings"
          className={wizardStyles.group}
          aside={
            <Button size="small" onClick={() => changeDraft({ acknowledged: all })}>
              Acknowledge all {all.length}
            </Button>
          }
        >
          <ul className={styles.machines}>
            {warned.map((placement) => (
              <Warned key={placement.virtualMachineId} draft={draft} placement={placement} />
            ))}
          </ul>
        </Card>
      )}
      <Card label="Migrations" aside="in this order">
        <ol className={styles.order}>
          {go.map(({ virtualMachineId, request, downtimeForecastMilliseconds: downtime }, index) => (
            <li key={virtualMachineId}>
              <span className={styles.number}>{index + 1}</span>
              <span className={styles.name}>{machineParts(virtualMachineId).name}</span>
              <span className="mute">
                {hostTitle(fleet, machineParts(virtualMachineId).hostId)} →{' '}
                {hostTitle(fleet, request?.destinationHostId ?? '')}
                {downtime === null ? '' : ` · downtime about ${formatDuration(downtime * 1000)}`}
              </span>
            </li>
          ))}
        </ol>
      </Card>
    </StepPage>
  );
}

/** The warnings of one virtual machine, read together. */
function Warned({ draft, placement }: { readonly draft: BatchDraft; readonly placement: PlacementView }) {
  const { virtualMachineId, warnings } = placement;
  const keys = warnings.map(({ id }) => warningKey(virtualMachineId, id));
  const read = keys.filter((key) => draft.acknowledged.includes(key)).length;
  return (
    <li>
      <Checkbox
        checked={read === keys.length}
        mixed={read > 0 && read < keys.length}
        onChange={(on) =>
          changeDraft({
            acknowledged: on
              ? [...new Set([...draft.acknowledged, ...keys])]
              : draft.acknowledged.filter((key) => !keys.includes(key)),
          })
        }
      >
        <strong>{machineParts(virtualMachineId).name}</strong>
        <ul className={styles.plain}>
          {warnings.map(({ id, title, evidence, fix }) => (
            <li key={id}>
              {title}: {evidence}. {fix === '' ? '' : `${fix}.`}
            </li>
          ))}
        </ul>
      </Checkbox>
      <Tag tone="warning">{countWords(keys.length, 'warning')}</Tag>
    </li>
  );
}
