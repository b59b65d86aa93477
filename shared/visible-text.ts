/**
 * Characters that a terminal or a page obeys instead of showing: C0 and C1 controls without tab and line feed (escape
 * sequences begin with one), marks of direction that let text read as another (Unicode Standard Annex 9), separators of
 * lines, and what has no width.
 */
const obeyed =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * The text with such characters spelt `\u202e`: what came from a device or a file is shown as it is and does nothing.
 * The spelling is that of JSON, so a JSON text stays one and means the same.
 */
export function visibleText(text: string): string {
  return text.replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
