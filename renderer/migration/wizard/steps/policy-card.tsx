import {
  migrationPolicies,
  policyOf,
  policyTitles,
  postCopyReason,
  withPolicy,
} from '#shared/migration/pre-copy/policies.ts';
import type { MigrationOptions } from '#shared/migration/request.ts';
import { Card } from '../../../ui/content/small.tsx';
import { Banner } from '../../../ui/content/states.tsx';
import { Button } from '../../../ui/controls/button.tsx';
import { ChoiceList } from '../../../ui/controls/choice-list.tsx';
import { dispatch } from '../dispatch.ts';
import styles from '../wizard.module.css';

const words: Record<(typeof migrationPolicies)[number], string> = {
  'minimal-downtime': 'Copies while the guest goes on for as long as that makes the pause shorter.',
  balanced:
    'Copies while the guest goes on. Begins with a quarter of the budget and allows more with every round.',
  fastest: 'Copies while the guest goes on, and stops it as soon as the rest fits the budget.',
  'stop-and-copy':
    'Stops the guest, copies everything and lets it go on at the destination. The longest pause, the shortest move.',
};

/** The named ways to move, with what is not possible and why. */
export function PolicyCard({
  options,
  obstacles,
  onOptions = (changed) => dispatch({ kind: 'set-options', options: changed }),
}: {
  readonly options: MigrationOptions;
  /** Why the guest cannot go on while it is copied; empty when it can. */
  readonly obstacles: readonly string[];
  /** Left out: the wizard for one migration takes them. */
  readonly onOptions?: (options: MigrationOptions) => void;
}) {
  const asked = policyOf(options);
  const isImpossible = obstacles.length > 0;
  const choose = (policy: typeof asked) => onOptions(withPolicy(options, policy));
  return (
    <>
      {isImpossible ? (
        <div className={styles.group}>
          <Banner
            title="The guest is stopped first"
            lines={['It cannot go on while its memory is copied:', ...obstacles]}
            actions={
              asked === 'stop-and-copy' ? null : (
                <Button size="small" onClick={() => choose('stop-and-copy')}>
                  Choose stop-and-copy
                </Button>
              )
            }
          />
        </div>
      ) : null}
      <Card label="Policy" className={styles.group}>
        <div className={styles.policies}>
          <ChoiceList
            label="Policy"
            across
            value={isImpossible ? 'stop-and-copy' : asked}
            onChoose={(id) => {
              const policy = migrationPolicies.find((one) => one === id);
              if (policy !== undefined) choose(policy);
            }}
            choices={[
              ...migrationPolicies.map((policy) => ({
                id: policy,
                title: capitalized(policyTitles[policy]),
                details: words[policy],
                refusals:
                  isImpossible && policy !== 'stop-and-copy'
                    ? ['Not possible here: the reason is above.']
                    : [],
              })),
              {
                id: 'post-copy',
                title: 'Post-copy',
                details: 'Fetches the memory after the switch-over.',
                refusals: [postCopyReason],
              },
            ]}
          />
        </div>
      </Card>
    </>
  );
}

function capitalized(title: string): string {
  return `${title.slice(0, 1).toUpperCase()}${title.slice(1)}`;
}
