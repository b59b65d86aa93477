import type { BerthError } from '../error-schema.ts';
import { visibleText } from '../visible-text.ts';

/** No error, however it came about, is larger: some ten kilobytes at most of what it is about. */
const longest = { message: 1000, object: 300, field: 300, fix: 1000, detail: 500 } as const;
const mostDetails = 200;

/** At most `length` characters: the middle of a longer text is left out, because both its ends say what it is. */
export function shorten(text: string, length: number): string {
  if (text.length <= length) return text;
  const gap = ' … ';
  const head = Math.ceil(((length - gap.length) * 2) / 3);
  const tail = length - gap.length - head;
  return whole(`${text.slice(0, head)}${gap}${text.slice(text.length - tail)}`);
}

/** A character that was cut in two is no character. */
function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '');
}

/** At most `count` of them; the last says how many there are besides. */
export function shortenList<T>(items: readonly T[], count: number, more: (left: number) => T): T[] {
  if (items.length <= count) return [...items];
  return [...items.slice(0, count - 1), more(items.length - count + 1)];
}

/**
 * The same error, short enough to be shown, sent and logged: it never echoes what it was given, and nothing of it does
 * anything to a terminal or to the direction of reading. Every door through which
 * errors leave (router, notices, command line) sends them through here.
 */
export function shortenError(error: BerthError): BerthError {
  const { object, field, fix, details } = error;
  return {
    ...error,
    message: told(error.message, longest.message),
    ...(object === undefined ? {} : { object: told(object, longest.object) }),
    ...(field === undefined ? {} : { field: told(field, longest.field) }),
    ...(fix === undefined ? {} : { fix: told(fix, longest.fix) }),
    ...(details === undefined
      ? {}
      : {
          details: shortenList(details, mostDetails, (left) => `… and ${left} more`).map((detail) =>
            told(detail, longest.detail),
          ),
        }),
  };
}

function told(text: string, length: number): string {
  return visibleText(shorten(text, length));
}
