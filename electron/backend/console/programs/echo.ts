/**
 * What `echo` prints for its arguments, line end included, as the shells of busybox and bash do: `-n` leaves the line end
 * out, `-e` takes backslash sequences, `-E` does not; a first word of other letters is text.
 */
export function echoText(words: readonly string[]): string {
  let end = '\n';
  let escapes = false;
  let at = 0;
  for (; /^-[neE]+$/.test(words[at] ?? ''); at++)
    for (const letter of words[at]?.slice(1) ?? '') {
      if (letter === 'n') end = '';
      else escapes = letter === 'e';
    }
  const text = words.slice(at).join(' ');
  if (!escapes) return text + end;
  const stop = text.search(/(?<!\\)(?:\\\\)*\\c/);
  const shown = stop === -1 ? text : text.slice(0, text.indexOf('\\c', stop));
  return unescaped(shown) + (stop === -1 ? end : '');
}

const letters: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

function unescaped(text: string): string {
  return text.replace(/\\(?:0([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))/g, (whole, octal, hexadecimal, letter) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    if (hexadecimal !== undefined) return String.fromCharCode(Number.parseInt(hexadecimal, 16));
    return letters[letter] ?? whole;
  });
}
