import { useMemo } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import { preCopyObstacles } from '#shared/migration/pre-copy/obstacles.ts';
import type { MigrationOptions } from '#shared/migration/request.ts';
import { lookUpMigration } from '#shared/migration/subject.ts';
import { settingsSchema } from '#shared/settings/schema.ts';
import { Card } from '../../../ui/content/small.tsx';
import { Checkbox } from '../../../ui/controls/form.tsx';
import { dispatch } from '../dispatch.ts';
import styles from '../wizard.module.css';
import { requestOf, type WizardState } from '../wizard-state.ts';
import { ForecastCards } from './forecast-card.tsx';
import { NumberField } from './number-field.tsx';
import { PolicyCard } from './policy-card.tsx';
import { PreCopyKnobs } from './pre-copy-knobs.tsx';
import { StepPage } from './step-page.tsx';

/** Step 5: how it is copied, how long the guest may stand still, and what becomes of the source. */
export function OptionsStep({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  const { options, choice } = state;
  const machine = choice.kind === 'nothing' ? undefined : fleet.virtualMachines[choice.virtualMachineId];
  const source = machine === undefined ? 'the source' : hostTitle(fleet, machine.hostId);
  const request = useMemo(() => requestOf(state), [state]);
  const obstacles = useMemo(
    () => (request === null ? [] : preCopyObstacles(lookUpMigration(fleet, request))),
    [fleet, request],
  );
  const preCopy = obstacles.length > 0 ? undefined : options.preCopy;
  return (
    <StepPage
      title="How should it move?"
      text="Its memory and the saved state of its controllers are copied, and it continues at the destination."
    >
      <div className={styles.columns}>
        <div>
          <PolicyCard options={options} obstacles={obstacles} />
          <Card label="Downtime" className={styles.group}>
            <div className={styles.option}>
              <NumberField
                label="Downtime budget (ms)"
                description="The longest acceptable pause of the guest. The checks report a forecast that exceeds it."
                value={options.downtimeBudgetMilliseconds}
                schema={settingsSchema.shape.downtimeBudgetMilliseconds}
                onValue={(downtimeBudgetMilliseconds) =>
                  dispatch({ kind: 'set-options', options: { ...options, downtimeBudgetMilliseconds } })
                }
              />
              {preCopy === undefined ? null : <PreCopyKnobs options={options} preCopy={preCopy} />}
            </div>
          </Card>
          <Afterwards options={options} source={source} />
        </div>
        <div>{request === null ? null : <ForecastCards fleet={fleet} request={request} />}</div>
      </div>
    </StepPage>
  );
}

/** What becomes of the source when the guest has left it. */
function Afterwards({
  options,
  source,
}: {
  readonly options: MigrationOptions;
  /** Name of the host. */
  readonly source: string;
}) {
  return (
    <Card label="Afterwards" className={styles.group}>
      <div className={styles.option}>
        <Checkbox
          checked={options.releaseSource}
          onChange={(releaseSource) =>
            dispatch({
              kind: 'set-options',
              options: {
                ...options,
                releaseSource,
                // Namespaces of a controller that is kept stay attached: it would be of no use without them.
                detachSourceNamespaces: releaseSource && options.detachSourceNamespaces,
              },
            })
          }
        >
          <span className={styles.optionTitle}>Release the source secondary controllers</span>
          <span className={styles.optionText}>
            They are removed from the virtual subsystem and taken offline, and their resources return to the
            pool of {source}.
          </span>
        </Checkbox>
        <Checkbox
          checked={options.detachSourceNamespaces}
          disabled={!options.releaseSource}
          onChange={(detachSourceNamespaces) =>
            dispatch({ kind: 'set-options', options: { ...options, detachSourceNamespaces } })
          }
        >
          <span className={styles.optionTitle}>Detach their namespaces</span>
          <span className={styles.optionText}>
            So that the next user of a released controller cannot see the guest's data.
          </span>
        </Checkbox>
      </div>
    </Card>
  );
}
