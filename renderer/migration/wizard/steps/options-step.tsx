import { useEffect, useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import { settingsSchema } from '#shared/settings/schema.ts';
import { parseNumberSetting } from '../../../settings/parse-number-setting.ts';
import { Card } from '../../../ui/content/small.tsx';
import { Checkbox, TextField } from '../../../ui/controls/form.tsx';
import { formatDuration } from '../../../ui/format.ts';
import { dispatch } from '../dispatch.ts';
import styles from '../wizard.module.css';
import { latestAnswer, type WizardState } from '../wizard-state.ts';
import { StepPage } from './step-page.tsx';

/** Step 5: how long the guest may stand still, and what becomes of the source. */
export function OptionsStep({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  const { options, choice } = state;
  const machine = choice.kind === 'nothing' ? undefined : fleet.virtualMachines[choice.virtualMachineId];
  const source = machine === undefined ? 'the source' : hostTitle(fleet, machine.hostId);
  return (
    <StepPage
      title="How should it move?"
      text="The guest is paused, its memory and the saved state of its controllers are copied, and it continues at the destination."
    >
      <Card label="Downtime" className={styles.group}>
        <div className={styles.option}>
          <BudgetField state={state} />
          <Forecast state={state} />
        </div>
      </Card>
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
    </StepPage>
  );
}

/** Text as typed; a bad one is not taken over, and the last good one holds. */
function BudgetField({ state }: { readonly state: WizardState }) {
  const saved = state.options.downtimeBudgetMilliseconds;
  const [text, setText] = useState(String(saved));
  useEffect(() => setText(String(saved)), [saved]);
  const parsed = parseNumberSetting(text, settingsSchema.shape.downtimeBudgetMilliseconds);
  return (
    <TextField
      label="Downtime budget (ms)"
      description="The longest acceptable pause of the guest. The checks report a forecast that exceeds it."
      error={parsed.ok ? undefined : parsed.error}
      inputMode="numeric"
      className={styles.budget ?? ''}
      value={text}
      onChange={(next) => {
        setText(next);
        const value = parseNumberSetting(next, settingsSchema.shape.downtimeBudgetMilliseconds);
        if (!value.ok) return;
        const options = { ...state.options, downtimeBudgetMilliseconds: value.value };
        dispatch({ kind: 'set-options', options });
      }}
    />
  );
}

function Forecast({ state }: { readonly state: WizardState }) {
  const answer = latestAnswer(state);
  const forecast = answer?.downtimeForecastMilliseconds ?? null;
  if (forecast === null) return <p className="mute">No forecast yet.</p>;
  const over = forecast > state.options.downtimeBudgetMilliseconds;
  const total = answer?.totalForecastMilliseconds ?? null;
  return (
    <p>
      Forecast{' '}
      <strong className={over ? 'warn' : 'ok'}>
        {formatDuration(forecast * 1000)} {over ? '(over the budget)' : '(within the budget)'}
      </strong>
      {total === null ? null : ` · whole migration about ${formatDuration(total * 1000)}`}
    </p>
  );
}
