import type { MigrationRequest } from '../../migration/request.ts';
import type { Intent } from '../intent.ts';

/** What may help; whether it does is tried afterwards. */
export type RemedyCandidate =
  | { readonly kind: 'change'; readonly words: string; readonly intent: Intent }
  | {
      readonly kind: 'request';
      readonly words: string;
      readonly devices?: MigrationRequest['devices'];
      readonly options?: MigrationRequest['options'];
    };

export function fleetChange(words: string, intent: Intent): RemedyCandidate {
  return { kind: 'change', words, intent };
}
