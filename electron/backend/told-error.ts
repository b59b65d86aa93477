import type { BerthError } from '#shared/result.ts';
import { visibleText } from '#shared/visible-text.ts';

/** Characters of one text of an error; a path may be longer, what is read of it is not. */
const longestText = 2000;
/** Lines of `details`: all that anybody reads. */
const mostDetails = 100;

/**
 * An error as it leaves the backend: what it repeats of a request or a file does nothing to a terminal, a log or the
 * direction of reading, and is never as long as that was.
 */
export function toldError<Told extends BerthError>(error: Told): Told {
  const { object, field, fix, details } = error;
  return {
    ...error,
    message: told(error.message),
    ...(object === undefined ? {} : { object: told(object) }),
    ...(field === undefined ? {} : { field: told(field) }),
    ...(fix === undefined ? {} : { fix: told(fix) }),
    ...(details === undefined ? {} : { details: toldDetails(details) }),
  };
}

function toldDetails(details: readonly string[]): string[] {
  const shown = details.slice(0, mostDetails).map(told);
  const left = details.length - shown.length;
  return left === 0 ? shown : [...shown, `and ${left} more`];
}

function told(text: string): string {
  return visibleText(text.length > longestText ? `${text.slice(0, longestText)}…` : text);
}
