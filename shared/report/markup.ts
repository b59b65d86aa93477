/** HTML that is safe to put into a page: only `markup` and `joinMarkup` make it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template: text and numbers are escaped, markup is taken as it is, nothing for null. */
export type MarkupValue = Markup | string | number | null | readonly Markup[];

/** Template tag that escapes every value, so that no text from a device or a file can become markup. */
export function markup(parts: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += asText(value) + (parts[index + 1] ?? '');
  });
  return new Markup(text);
}

function asText(value: MarkupValue): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map((part) => part.text).join('');
  return escapeText(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Escapes for element content and quoted attributes. Control characters become their visible pictures, and characters
 * that turn the direction of writing become their code points, so that a name cannot disguise itself.
 */
export function escapeText(text: string): string {
  return text
    .replace(/[&<>"'`]/g, (character) => entities[character] ?? '')
    .replace(/\p{Cc}/gu, (character) => {
      const code = character.charCodeAt(0);
      return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\u{fffd}';
    })
    .replace(
      /[\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu,
      (character) => `[U+${character.charCodeAt(0).toString(16).toUpperCase()}]`,
    )
    .replace(/\p{Cs}/gu, '\u{fffd}');
}
