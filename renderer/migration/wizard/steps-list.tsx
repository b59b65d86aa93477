import { Check } from 'lucide-react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { dispatch } from './dispatch.ts';
import { isStepDone, stepSummary, stepTitles } from './step-texts.ts';
import styles from './wizard.module.css';
import { isReachable } from './wizard-reducer.ts';
import { type WizardState, wizardSteps } from './wizard-state.ts';

/** The six steps at the left; each that can be opened is a button. */
export function StepsList({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  return (
    <nav className={styles.steps} aria-label="Steps of the migration">
      <ol>
        {wizardSteps.map((step, index) => {
          const done = isStepDone(state, step) && state.step !== step;
          const reachable = isReachable(state, step);
          return (
            <li key={step}>
              <button
                type="button"
                className={styles.step}
                aria-current={state.step === step ? 'step' : undefined}
                aria-disabled={!reachable || undefined}
                title={reachable ? undefined : 'Complete the earlier steps first'}
                onClick={() => dispatch({ kind: 'go', step })}
              >
                <span className={`${styles.stepNumber} ${done ? styles.stepDone : ''}`}>
                  {done ? <Check size={13} strokeWidth={3} aria-hidden /> : index + 1}
                  {done ? <span className="visually-hidden">Done:</span> : null}
                </span>
                <span className={styles.stepText}>
                  {stepTitles[step]}
                  <small>{stepSummary(state, fleet, step)}</small>
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
