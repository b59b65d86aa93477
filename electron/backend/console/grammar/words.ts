import { fail, type Result, succeed } from '../../../../shared/result.ts';

/** A word of a command line with its quotes resolved, or an operator of the shell. */
export type ShellToken =
  | { readonly kind: 'word'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'operator'; readonly text: '>' | ';' };

const unsupported: Readonly<Record<string, string>> = {
  '|': 'pipes',
  '&': 'background commands and &&',
  '<': 'input redirection',
  '(': 'subshells',
  ')': 'subshells',
  '`': 'command substitution',
};

/**
 * Splits a line as a POSIX shell does, as far as the console's lines need it: words, quotes, backslashes, comments,
 * `;` and `>`. Variables, substitutions, pipes and loops are refused by name.
 */
export function splitWords(line: string): Result<readonly ShellToken[]> {
  const tokens: ShellToken[] = [];
  let text = '';
  let open = false;
  let quoted = false;
  const finish = () => {
    if (open) tokens.push({ kind: 'word', text, quoted });
    text = '';
    open = false;
    quoted = false;
  };
  for (let at = 0; at < line.length; at++) {
    const character = line.charAt(at);
    if (/\s/.test(character)) finish();
    else if (character === '#' && !open) break;
    else if (character === ';' || character === '>') {
      finish();
      if (line.charAt(at + 1) === character) return refused(line, character.repeat(2));
      tokens.push({ kind: 'operator', text: character });
    } else if (character === "'" || character === '"') {
      const section = quotedSection(line, at);
      if (!section.ok) return section;
      text += section.value.text;
      at = section.value.end;
      open = true;
      quoted = true;
    } else if (character === '\\') {
      at++;
      text += line.charAt(at);
      open = true;
    } else if (character === '$' && /[\w({]/.test(line.charAt(at + 1))) {
      return refused(line, 'variables and substitutions ($…)');
    } else if (unsupported[character] !== undefined) {
      return refused(line, unsupported[character]);
    } else {
      text += character;
      open = true;
    }
  }
  finish();
  return succeed(tokens);
}

/** The text of a quoted section that starts at `start`, and where its closing quote stands. */
function quotedSection(line: string, start: number): Result<{ readonly text: string; readonly end: number }> {
  const quote = line.charAt(start);
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const character = line.charAt(at);
    if (character === quote) return succeed({ text, end: at });
    if (quote === '"' && character === '\\' && /["\\$`]/.test(line.charAt(at + 1))) {
      at++;
      text += line.charAt(at);
      continue;
    }
    if (quote === '"' && (character === '`' || (character === '$' && /[\w({]/.test(line.charAt(at + 1)))))
      return refused(line, 'variables and substitutions ($…)');
    text += character;
  }
  return fail('invalid-request', `The quote ${quote} is not closed`, {
    object: line,
    field: `column ${start + 1}`,
    fix: `Close it with another ${quote}`,
  });
}

function refused<T>(line: string, what: string): Result<T> {
  return fail('not-supported', `The console does not support the shell's ${what}`, {
    object: line,
    fix: 'Write nvme commands, or echo VALUE > /sys/…, one after the other, separated by ; or by line ends',
  });
}
