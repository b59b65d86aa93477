import { type Excess, excessive, findExcess, longestKey, type ValueBounds } from './find-excess.ts';
import type { Pieces } from './pieces.ts';

/** The value of a JSON text, or why there is none: what is too large in it, or where it is not JSON. */
export type ReadJson =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'excess'; readonly excess: Excess }
  | { readonly kind: 'not-json'; readonly message: string };

/** Characters that `JSON.parse` reads at once: the worst ones take it some 20 ms. */
const charactersOfPiece = 65_536;
/** Values of one piece of a larger text. */
const valuesOfPiece = 2048;

/**
 * The value of a JSON text as `JSON.parse` makes it, if it is within the bounds; yields after some milliseconds of work at
 * most. `JSON.parse` itself takes seconds for some texts of a few megabytes and cannot be interrupted. The first excess
 * ends the reading.
 */
export function* readJson(text: string, bounds: ValueBounds): Pieces<ReadJson> {
  if (text.length > charactersOfPiece) return yield* new Reader(text, bounds).read();
  try {
    const value: unknown = JSON.parse(text);
    const excess = findExcess(value, bounds);
    return excess === null ? { kind: 'value', value } : { kind: 'excess', excess };
  } catch (cause) {
    return { kind: 'not-json', message: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** An array or object whose members are being read. */
type Open =
  | { readonly kind: 'list'; readonly value: unknown[]; count: number }
  | { readonly kind: 'object'; readonly value: Record<string, unknown>; key: string; count: number };

/** Ends the reading from within: something is too large, or the text is no JSON where the reader is. */
class Stop extends Error {
  readonly excess: Excess | null;

  constructor(excess: Excess | null) {
    super();
    this.excess = excess;
  }
}

const blanks = /[ \t\n\r]*/y;
/** Nothing needs a thousand digits; millions of them take long. */
const number = /-?(?:0|[1-9]\d{0,1000})(?:\.\d{1,1000})?(?:[eE][+-]?\d{1,1000})?/y;
/** Parts of one text, 65,536 characters each at most, that are read between two pauses. */
const partsOfPiece = 8;
/** Part of a text, cut at no escape. It is bounded: a repeated choice needs memory for each repetition. */
const part = /(?:[ !#-[\]-\uffff]{1,4096}|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})){1,16}/y;
const literals = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

/** Without recursion, because a text may have millions of levels. */
class Reader {
  private readonly text: string;
  private readonly bounds: ValueBounds;
  private readonly open: Open[] = [];
  private at = 0;
  private values = 0;

  constructor(text: string, bounds: ValueBounds) {
    this.text = text;
    this.bounds = bounds;
  }

  *read(): Pieces<ReadJson> {
    try {
      for (;;) {
        const begun = this.open.length;
        const scalar = yield* this.begin();
        if (this.open.length > begun) continue;
        const { done, value } = this.complete(scalar);
        if (done) return { kind: 'value', value };
      }
    } catch (cause) {
      if (cause instanceof Stop)
        return cause.excess === null ? yield* this.refusal() : { kind: 'excess', excess: cause.excess };
      throw cause;
    }
  }

  private *refusal(): Pieces<ReadJson> {
    const { text, at } = this;
    let [line, lineBegins] = [1, 0];
    for (let end = text.indexOf('\n'); end !== -1 && end < at; end = text.indexOf('\n', end + 1)) {
      line += 1;
      lineBegins = end + 1;
      if (line % valuesOfPiece === 0) yield;
    }
    const what = at < text.length ? `Unexpected ${JSON.stringify(text[at])}` : 'Unexpected end of the text';
    const message = `${what} at position ${at} (line ${line} column ${at - lineBegins + 1})`;
    return { kind: 'not-json', message };
  }

  /** Reads a value up to its end, or up to the first member of an array or object. */
  private *begin(): Pieces<unknown> {
    this.values += 1;
    if (this.values > this.bounds.values) this.stop(excessive.values(this.bounds.values), []);
    if (this.values % valuesOfPiece === 0) yield;
    this.skipBlanks();
    const { text, at } = this;
    const first = text[at];
    if (first === '"') return yield* this.string();
    if (first === '[' || first === '{') return this.beginMembers(first);
    const literal = literals.find(([name]) => text.startsWith(name, at));
    if (literal !== undefined) {
      this.at += literal[0].length;
      return literal[1];
    }
    const digits = this.match(number);
    return digits === null ? this.refuse() : Number(digits);
  }

  private beginMembers(first: '[' | '{'): unknown {
    if (this.open.length >= this.bounds.depth) this.stop(excessive.depth(this.bounds.depth), this.path());
    this.at += 1;
    this.skipBlanks();
    const value = first === '[' ? [] : {};
    if (this.take(first === '[' ? ']' : '}')) return value;
    this.open.push(
      Array.isArray(value) ? { kind: 'list', value, count: 0 } : { kind: 'object', value, key: '', count: 0 },
    );
    this.beginMember();
    return value;
  }

  private beginMember(): void {
    const inner = this.open.at(-1);
    if (inner === undefined) return;
    inner.count += 1;
    if (inner.count > this.bounds.entries)
      this.stop(
        excessive.entries(`more than ${this.bounds.entries}`, this.bounds.entries),
        this.path().slice(0, -1),
      );
    if (inner.kind === 'list') return;
    this.skipBlanks();
    if (this.text[this.at] !== '"') this.refuse();
    inner.key = this.key();
    this.skipBlanks();
    if (!this.take(':')) this.refuse();
  }

  /** Hands a value that has been read to the array or object around it, and this one on if it ends there. */
  private complete(read: unknown): { readonly done: boolean; readonly value: unknown } {
    let value = read;
    for (;;) {
      this.skipBlanks();
      const inner = this.open.at(-1);
      if (inner === undefined) {
        if (this.at < this.text.length) this.refuse();
        return { done: true, value };
      }
      if (inner.kind === 'list') inner.value.push(value);
      // Assigning this name would change what the object inherits.
      else if (inner.key === '__proto__')
        Object.defineProperty(inner.value, inner.key, {
          ...{ value, writable: true, enumerable: true, configurable: true },
        });
      else inner.value[inner.key] = value;
      if (this.take(',')) {
        this.beginMember();
        return { done: false, value: undefined };
      }
      if (!this.take(inner.kind === 'list' ? ']' : '}')) this.refuse();
      value = inner.value;
      this.open.pop();
    }
  }

  private key(): string {
    const began = this.at;
    const reading = this.string();
    // A key that has not ended by its first pause is too long.
    for (let turn = reading.next(); ; turn = reading.next()) {
      if (this.at - began > 8 * longestKey || (turn.done && turn.value.length > longestKey))
        this.stop(excessive.key(this.at - began, longestKey), this.path().slice(0, -1));
      if (turn.done) return turn.value;
    }
  }

  /** The text whose first quotation mark is next. */
  private *string(): Pieces<string> {
    this.at += 1;
    let whole = '';
    for (let turn = 0; !this.take('"'); turn += 1) {
      const found = this.match(part);
      if (found === null) this.refuse();
      // What is cut out of a text would keep all of it in memory; what is parsed is new.
      whole += JSON.parse(`"${found}"`);
      if (whole.length > this.bounds.text)
        this.stop(excessive.text(`more than ${this.bounds.text}`, this.bounds.text), this.path());
      if (turn % partsOfPiece === partsOfPiece - 1) yield;
    }
    return whole;
  }

  private skipBlanks(): void {
    if (this.text.charCodeAt(this.at) <= 0x20) this.match(blanks);
  }

  private take(token: string): boolean {
    if (this.text[this.at] !== token) return false;
    this.at += 1;
    return true;
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at += found[0].length;
    return found[0];
  }

  /** Of the value that is being read. */
  private path(): (string | number)[] {
    return this.open.map((one) => (one.kind === 'list' ? one.count - 1 : one.key));
  }

  private stop({ message, fix }: Omit<Excess, 'path'>, path: readonly (string | number)[]): never {
    throw new Stop({ path, message, fix });
  }

  private refuse(): never {
    throw new Stop(null);
  }
}
