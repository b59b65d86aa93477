/** What a part of a shell script is, as far as colours tell. */
export type ShellPartKind = 'plain' | 'comment' | 'keyword' | 'command' | 'variable' | 'string';

export interface ShellPart {
  readonly kind: ShellPartKind;
  readonly text: string;
}

const keywords = new Set(
  'if then elif else fi for in while until do done case esac function select { } ! break continue return local export'.split(
    ' ',
  ),
);
/** Behind them a command comes. */
const leading = new Set('if then elif else while until do { !'.split(' '));
/** Commands that run another one. */
const wrappers = new Set(['sudo', 'exec', 'time', 'nohup', 'command']);

const patterns = {
  space: /\s+/y,
  comment: /#.*/y,
  single: /'[^']*'?/y,
  arithmetic: /\$\(\((?:[^()]|\([^()]*\))*\)\)/y,
  substitution: /\$\(/y,
  variable: /\$(?:\{[^}]*\}|[A-Za-z_]\w*|[\d#?@*!$-])/y,
  heredoc: /<<-?\s*(["']?)(\w+)\1/y,
  redirection: /(?:\d*>>?|\d*<|&>>?)(?:&[\d-])?/y,
  operator: /&&|\|\||;;|[;&|()`]/y,
  word: /(?:\\.|[^\s'"$;&|()<>`\\])+/y,
  any: /./suy,
};

/** Of a line that goes on with something from the one before. */
interface Open {
  quote: '"' | "'" | null;
  /** The word that ends the text that is fed to a command. */
  heredoc: string | null;
  command: boolean;
}

/** The lines of a shell script in parts; those of a line are the whole line. A reading for the eye, not for a shell. */
export function shellParts(lines: readonly string[]): readonly (readonly ShellPart[])[] {
  const open: Open = { quote: null, heredoc: null, command: true };
  return lines.map((line) => new Line(line, open).read());
}

class Line {
  readonly #text: string;
  readonly #open: Open;
  readonly #parts: { kind: ShellPartKind; text: string }[] = [];
  #at = 0;
  #heredoc: string | null = null;
  /** `for NAME in`, `case WORD in`: words until `in`. */
  #untilIn = false;
  #isTarget = false;

  constructor(text: string, open: Open) {
    this.#text = text;
    this.#open = open;
  }

  read(): readonly ShellPart[] {
    const { heredoc } = this.#open;
    if (heredoc !== null) {
      if (this.#text.trim() === heredoc) this.#open.heredoc = null;
      return this.#text === '' ? [] : [{ kind: 'string', text: this.#text }];
    }
    if (this.#open.quote === "'") this.#closeSingle();
    if (this.#open.quote === '"') this.#double();
    while (this.#at < this.#text.length) this.#next();
    if (this.#open.quote === null && !this.#text.endsWith('\\')) this.#open.command = true;
    if (this.#open.quote === null) this.#open.heredoc = this.#heredoc;
    return this.#parts;
  }

  #take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at += found[0].length;
    return found;
  }

  #add(kind: ShellPartKind, text: string): void {
    const last = this.#parts.at(-1);
    if (last?.kind === kind) last.text += text;
    else this.#parts.push({ kind, text });
  }

  #took(kind: ShellPartKind, pattern: RegExp): boolean {
    const found = this.#take(pattern);
    if (found !== null) this.#add(kind, found[0]);
    return found !== null;
  }

  #next(): void {
    const before = this.#text[this.#at - 1];
    if (this.#took('plain', patterns.space)) return;
    const starts = before === undefined || /[\s;&|()]/.test(before);
    if (starts && this.#took('comment', patterns.comment)) return;
    const single = this.#take(patterns.single);
    if (single !== null) {
      this.#add('string', single[0]);
      this.#open.command = false;
      if (single[0].length < 2 || !single[0].endsWith("'")) this.#open.quote = "'";
      return;
    }
    if (this.#text[this.#at] === '"') {
      this.#at += 1;
      this.#add('string', '"');
      this.#open.command = false;
      this.#open.quote = '"';
      this.#double();
      return;
    }
    if (this.#took('variable', patterns.arithmetic)) return;
    if (this.#took('plain', patterns.substitution)) {
      this.#open.command = true;
      return;
    }
    if (this.#took('variable', patterns.variable)) {
      this.#open.command = false;
      return;
    }
    const heredoc = this.#take(patterns.heredoc);
    if (heredoc !== null) {
      this.#add('plain', heredoc[0]);
      this.#heredoc = heredoc[2] ?? null;
      return;
    }
    if (this.#took('plain', patterns.redirection)) {
      this.#isTarget = true;
      return;
    }
    if (this.#took('plain', patterns.operator)) {
      this.#open.command = true;
      return;
    }
    const word = this.#take(patterns.word);
    if (word !== null) this.#word(word[0], starts);
    else this.#took('plain', patterns.any);
  }

  #word(word: string, starts: boolean): void {
    if (this.#isTarget) {
      this.#isTarget = false;
      this.#add('plain', word);
    } else if (this.#untilIn && word === 'in') {
      this.#untilIn = false;
      this.#add('keyword', word);
    } else if (!starts || !this.#open.command) this.#add('plain', word);
    else if (keywords.has(word)) {
      this.#add('keyword', word);
      this.#untilIn = word === 'for' || word === 'case' || word === 'select';
      this.#open.command = leading.has(word);
    } else if (/^\w+(?:\[\w*\])?\+?=/.test(word)) this.#add('plain', word);
    else if (word === '[' || word === '[[') {
      this.#add('plain', word);
      this.#open.command = false;
    } else {
      this.#add('command', word);
      this.#open.command = wrappers.has(word);
    }
  }

  #closeSingle(): void {
    const end = this.#text.indexOf("'");
    const text = end < 0 ? this.#text : this.#text.slice(0, end + 1);
    this.#at = text.length;
    if (text !== '') this.#add('string', text);
    if (end >= 0) this.#open.quote = null;
  }

  #double(): void {
    while (this.#at < this.#text.length) {
      const [sign = '', next = ''] = this.#text.slice(this.#at, this.#at + 2);
      if (sign === '"') {
        this.#add('string', sign);
        this.#at += 1;
        this.#open.quote = null;
        return;
      }
      if (sign === '\\') {
        this.#add('string', sign + next);
        this.#at += next === '' ? 1 : 2;
      } else if (sign !== '$' || !this.#took('variable', patterns.variable)) {
        this.#add('string', sign);
        this.#at += 1;
      }
    }
  }
}
