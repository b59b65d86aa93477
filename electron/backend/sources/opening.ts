import { fail, type Result } from '#shared/result.ts';

/** Why nothing else begins while a source is being opened: it would work on a fleet that is gone a moment later. */
export function openWhileOpening(opening: string | null): Result<never> | null {
  if (opening === null) return null;
  return fail('busy', `${opening} is being opened.`, {
    object: opening,
    fix: 'Wait until it is open, and try again.',
  });
}
