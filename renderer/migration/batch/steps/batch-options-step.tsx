import { ChevronDown, ChevronUp } from 'lucide-react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { PlacementView } from '#shared/ipc/batch-contract.ts';
import { batchLimitsSchema } from '#shared/migration/batch/batch.ts';
import { preCopyOptionsSchema } from '#shared/migration/pre-copy/options.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { settingsSchema } from '#shared/settings/schema.ts';
import { Card } from '../../../ui/content/small.tsx';
import { Button } from '../../../ui/controls/button.tsx';
import { Checkbox, SelectField } from '../../../ui/controls/form.tsx';
import { NumberField } from '../../wizard/steps/number-field.tsx';
import { PolicyCard } from '../../wizard/steps/policy-card.tsx';
import { notConvergingWords } from '../../wizard/steps/pre-copy-knobs.tsx';
import { StepPage } from '../../wizard/steps/step-page.tsx';
import wizardStyles from '../../wizard/wizard.module.css';
import styles from '../batch.module.css';
import { type BatchDraft, changeDraft, moving } from '../batch-draft.ts';

/** Bytes per second of what is typed as MB/s. */
const megabyte = 1_000_000;
const unlimited = '0';
/** What one migration may take of the link, MB/s. */
const rates = [unlimited, '100', '250', '500', '1000', '2500', '5000'] as const;

/** Step 3: how each moves, how many at once, and in which order. */
export function BatchOptionsStep({
  draft,
  fleet,
  placements,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placements: readonly PlacementView[];
}) {
  const { options, limits } = draft;
  const { preCopy } = options;
  const setPreCopy = (change: Partial<NonNullable<typeof preCopy>>) =>
    preCopy === undefined
      ? undefined
      : changeDraft({ options: { ...options, preCopy: { ...preCopy, ...change } } });
  return (
    <StepPage
      title="How should they move?"
      text="The same holds for all of them. Migrations that are under way at the same time share the link."
    >
      <div className={wizardStyles.columns}>
        <div>
          <PolicyCard
            options={options}
            obstacles={[]}
            onOptions={(changed) => changeDraft({ options: changed })}
          />
          <Card label="Downtime" className={wizardStyles.group}>
            <div className={wizardStyles.option}>
              <NumberField
                label="Downtime budget (ms)"
                description="The longest acceptable pause of each guest."
                value={options.downtimeBudgetMilliseconds}
                schema={settingsSchema.shape.downtimeBudgetMilliseconds}
                onValue={(downtimeBudgetMilliseconds) =>
                  changeDraft({ options: { ...options, downtimeBudgetMilliseconds } })
                }
              />
              {preCopy === undefined ? null : (
                <>
                  <Checkbox
                    checked={preCopy.holdBeforeSwitchOver}
                    onChange={(holdBeforeSwitchOver) => setPreCopy({ holdBeforeSwitchOver })}
                  >
                    <span className={wizardStyles.optionTitle}>Hold each before the switch-over</span>
                    <span className={wizardStyles.optionText}>
                      Goes on copying until you say “Go now” in the table of the batch.
                    </span>
                  </Checkbox>
                  <SelectField
                    label="When one does not converge"
                    value={preCopy.whenNotConverging}
                    options={preCopyOptionsSchema.shape.whenNotConverging.options.map((value) => ({
                      value,
                      label: notConvergingWords[value],
                    }))}
                    onChange={(whenNotConverging) => setPreCopy({ whenNotConverging })}
                  />
                </>
              )}
            </div>
          </Card>
        </div>
        <div>
          <Card label="At the same time" className={wizardStyles.group}>
            <div className={wizardStyles.option}>
              <div className={wizardStyles.knobs}>
                <NumberField
                  label="At once"
                  description="Migrations of these that are under way together."
                  value={limits.atOnce}
                  schema={batchLimitsSchema.shape.atOnce}
                  onValue={(atOnce) => changeDraft({ limits: { ...limits, atOnce } })}
                />
                <NumberField
                  label="For each host"
                  description="That leave one host, and that arrive at one."
                  value={limits.perHost}
                  schema={batchLimitsSchema.shape.perHost}
                  onValue={(perHost) => changeDraft({ limits: { ...limits, perHost } })}
                />
              </div>
              {preCopy === undefined ? null : (
                <SelectField
                  label="Most of the link for each"
                  value={String((preCopy.mostBytesPerSecond ?? 0) / megabyte)}
                  options={rates.map((rate) => ({
                    value: rate as string,
                    label: rate === unlimited ? 'Its fair share' : `${rate} MB/s`,
                  }))}
                  onChange={(rate) => {
                    const { mostBytesPerSecond: _, ...others } = preCopy;
                    changeDraft({
                      options: {
                        ...options,
                        preCopy:
                          rate === unlimited
                            ? others
                            : { ...others, mostBytesPerSecond: Number(rate) * megabyte },
                      },
                    });
                  }}
                />
              )}
              <Checkbox
                checked={draft.whenOneFails === 'stop'}
                onChange={(stops) => changeDraft({ whenOneFails: stops ? 'stop' : 'go-on' })}
              >
                <span className={wizardStyles.optionTitle}>Stop at the first failure</span>
                <span className={wizardStyles.optionText}>
                  Those under way go on; those that wait are held until you decide.
                </span>
              </Checkbox>
            </div>
          </Card>
          <Order draft={draft} fleet={fleet} placements={placements} />
        </div>
      </div>
    </StepPage>
  );
}

/** In which order they start; each can be moved up and down. */
function Order({
  draft,
  fleet,
  placements,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placements: readonly PlacementView[];
}) {
  const ids = moving(draft, placements).map(({ virtualMachineId }) => virtualMachineId);
  const move = (index: number, by: -1 | 1) => {
    const order = [...ids];
    const [id] = order.splice(index, 1);
    if (id !== undefined) order.splice(index + by, 0, id);
    changeDraft({ order });
  };
  return (
    <Card label="Order" aside="they start from the top">
      <ol className={styles.order}>
        {ids.map((id, index) => {
          const name = fleet.virtualMachines[id]?.name ?? machineParts(id).name;
          return (
            <li key={id}>
              <span className={styles.number}>{index + 1}</span>
              <span className={styles.name}>{name}</span>
              <span className="mute">on {hostTitle(fleet, machineParts(id).hostId)}</span>
              <Button
                size="small"
                kind="quiet"
                icon
                aria-label={`${name} earlier`}
                unavailable={index === 0 ? 'It is the first one.' : false}
                onClick={() => move(index, -1)}
              >
                <ChevronUp size={14} aria-hidden />
              </Button>
              <Button
                size="small"
                kind="quiet"
                icon
                aria-label={`${name} later`}
                unavailable={index === ids.length - 1 ? 'It is the last one.' : false}
                onClick={() => move(index, 1)}
              >
                <ChevronDown size={14} aria-hidden />
              </Button>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
