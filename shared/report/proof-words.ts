import type { MigrationFacts } from '../procedure/procedure.ts';
import { unreachable } from '../result.ts';

type ProofLine = MigrationFacts['proof'][number];

/** When a line of a proof was compared, for people; empty for runs of earlier versions, which did not say. */
export function proofStageWords(stage: ProofLine['stage']): string {
  switch (stage) {
    case undefined:
      return '';
    case 'loaded':
      return 'Loaded, before the devices resumed';
    case 'resumed':
      return 'Devices resumed, before the guest ran';
    case 'running':
      return 'Guest running, before the source was given up';
    case 'source-released':
      return 'At the end';
    case 'rolled-back':
      return 'Taken back: the source before, and now';
    default:
      return unreachable(stage);
  }
}

/** End of the line that says where the guest is when everything is done; its name stands before it. */
export const runsThereOnly = 'runs at the destination only';
