import { PassThrough, Writable } from 'node:stream';

/** Characters of one message to the page. */
const largestPiece = 16 * 1024;
/** Characters that the page has not shown yet, above which nothing more is sent. */
const mostUnshown = 128 * 1024;

/** What somebody types, as the line editor reads it. */
export class TypedInput extends PassThrough {
  readonly isTTY = true;
}

/**
 * What a terminal prints, on its way to the page: in pieces, and no faster than the page shows them. Whoever makes more
 * asks `whenTaken` before.
 */
export class TerminalOutput extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly #send: (data: string) => void;
  #waiting = '';
  #unshown = 0;
  #taken: (() => void)[] = [];

  constructor(size: { readonly columns: number; readonly rows: number }, send: (data: string) => void) {
    super({ decodeStrings: false });
    this.columns = size.columns;
    this.rows = size.rows;
    this.#send = send;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.#waiting += typeof chunk === 'string' ? chunk : chunk.toString('utf8');
    this.#flush();
    done();
  }

  /** Null when the page has shown nearly all; otherwise resolves when it has, or when the terminal ends. */
  whenTaken(): Promise<void> | null {
    if (this.#waiting === '') return null;
    return new Promise((resolve) => this.#taken.push(resolve));
  }

  /** The page has shown so many characters more. */
  shown(characters: number): void {
    this.#unshown = Math.max(0, this.#unshown - characters);
    this.#flush();
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }

  /** Nobody looks any more: what waits is dropped. */
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#waiting = '';
    this.#release();
    done(error);
  }

  #flush(): void {
    while (this.#waiting !== '' && this.#unshown < mostUnshown) {
      const end = endOfPiece(this.#waiting);
      const piece = this.#waiting.slice(0, end);
      this.#waiting = this.#waiting.slice(end);
      this.#unshown += piece.length;
      this.#send(piece);
    }
    if (this.#waiting === '') this.#release();
  }

  #release(): void {
    for (const resolve of this.#taken.splice(0)) resolve();
  }
}

/** Where a piece ends: no character is cut in two. */
function endOfPiece(text: string): number {
  if (text.length <= largestPiece) return text.length;
  const last = text.charCodeAt(largestPiece - 1);
  return last >= 0xd800 && last < 0xdc00 ? largestPiece - 1 : largestPiece;
}
