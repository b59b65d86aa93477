import { type PreCopyOptions, preCopyOptionsSchema } from '#shared/migration/pre-copy/options.ts';
import type { MigrationOptions } from '#shared/migration/request.ts';
import { Checkbox, SelectField } from '../../../ui/controls/form.tsx';
import { dispatch } from '../dispatch.ts';
import styles from '../wizard.module.css';
import { NumberField } from './number-field.tsx';

/** What becomes of a migration that does not converge, as the options have it. */
export const notConvergingWords: Record<PreCopyOptions['whenNotConverging'], string> = {
  ask: 'Ask me',
  finish: 'Stop the guest for longer',
  'give-up': 'Give up and roll back',
};

/** The knobs behind a policy that copies while the guest goes on. */
export function PreCopyKnobs({
  options,
  preCopy,
}: {
  readonly options: MigrationOptions;
  readonly preCopy: PreCopyOptions;
}) {
  const set = (change: Partial<PreCopyOptions>) =>
    dispatch({ kind: 'set-options', options: { ...options, preCopy: { ...preCopy, ...change } } });
  const { shape } = preCopyOptionsSchema;
  return (
    <>
      <Checkbox
        checked={preCopy.holdBeforeSwitchOver}
        onChange={(holdBeforeSwitchOver) => set({ holdBeforeSwitchOver })}
      >
        <span className={styles.optionTitle}>Hold before the switch-over</span>
        <span className={styles.optionText}>
          Goes on copying with a live downtime forecast until you say “Go now”.
        </span>
      </Checkbox>
      <div className={styles.knobs}>
        <NumberField
          label="Largest throttle (%)"
          description="Share of its processors’ time that may be taken from the guest so that it writes less. 0: none."
          value={preCopy.largestThrottlePercent}
          schema={shape.largestThrottlePercent}
          onValue={(largestThrottlePercent) => set({ largestThrottlePercent })}
        />
        <NumberField
          label="Most rounds"
          description="After so many rounds it counts as not converging."
          value={preCopy.mostRounds}
          schema={shape.mostRounds}
          onValue={(mostRounds) => set({ mostRounds })}
        />
      </div>
      <SelectField
        label="When it does not converge"
        value={preCopy.whenNotConverging}
        options={shape.whenNotConverging.options.map((value) => ({
          value,
          label: notConvergingWords[value],
        }))}
        onChange={(whenNotConverging) => set({ whenNotConverging })}
      />
    </>
  );
}
