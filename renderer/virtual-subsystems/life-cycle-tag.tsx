import { type LifeCycleState, lifeCycleWords } from '#shared/virtual-subsystem/life-cycle/life-cycle.ts';
import { Tag, type Tone } from '../ui/content/small.tsx';

const tones: Readonly<Record<LifeCycleState, Tone>> = {
  draft: 'neutral',
  created: 'neutral',
  'in use': 'online',
  migrating: 'warning',
  prepared: 'accent',
  empty: 'neutral',
  deleted: 'error',
};

/** State of a virtual subsystem, `in use on hv-a`; what the state means is said on hovering. */
export function LifeCycleTag({
  state,
  host,
}: {
  readonly state: LifeCycleState;
  /** Where it is in that state; left out where that is said beside it. */
  readonly host?: string;
}) {
  return (
    <span title={lifeCycleWords[state]}>
      <Tag tone={tones[state]}>{host === undefined ? state : `${state} on ${host}`}</Tag>
    </span>
  );
}
