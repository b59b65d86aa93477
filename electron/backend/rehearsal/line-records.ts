import { explainText } from '#shared/explain/explain.ts';
import type { Explanation } from '#shared/explain/explanation.ts';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import type { RehearsedAct, RehearsedLine } from '#shared/rehearsal/rehearsal.ts';
import { fixText, type Refusal } from '../hosts/refusal.ts';
import { describeTraced, type TracedCommand } from '../hosts/traced-admin-queue.ts';
import type { HostChange } from '../terminal/watched-console.ts';

/** Characters of what a line printed that are kept: the last ones. */
const keptText = 2000;
/** Acts that are kept: the newest ones. */
const keptActs = 400;

type LineRecord = { -readonly [Name in keyof RehearsedLine]: RehearsedLine[Name] };

/** What happened on each line of a script, bounded however long it goes on. */
export class LineRecords {
  readonly #lines = new Map<number, LineRecord>();
  readonly #acts: { readonly line: number; readonly pass: number; readonly act: Act }[] = [];
  /** What is known of the words of a line, as it had said them. */
  readonly #known = new Map<number, { readonly said: string; readonly explanation: Explanation | null }>();
  readonly counts = { commands: 0, changes: 0, refused: 0 };

  /** The script has come to a line. */
  pass(line: number): void {
    this.#at(line).passes += 1;
  }

  printed(line: number, stream: 'stdout' | 'stderr', text: string): void {
    const record = this.#at(line);
    const name = stream === 'stdout' ? 'printed' : 'said';
    record[name] = (record[name] + text).slice(-keptText);
  }

  command(line: number, traced: TracedCommand): void {
    this.counts.commands += 1;
    this.#at(line).commands += 1;
    this.#note(line, { kind: 'command', traced });
  }

  /** A change that is no device command. `refusal`: why the host did not make it. */
  change(line: number, change: Exclude<HostChange, { kind: 'command' }>, refusal: string | null): void {
    this.counts.changes += 1;
    this.#at(line).changes += 1;
    this.#note(line, { kind: 'change', change, refusal });
  }

  refused(line: number, why: string): void {
    this.counts.refused += 1;
    const record = this.#at(line);
    record.refused = true;
    record.cause = why;
  }

  /** What its refusal comes from in this fleet, and what helps. */
  because(line: number, refusal: Refusal): void {
    const record = this.#at(line);
    if (!record.refused) this.counts.refused += 1;
    record.refused = true;
    record.cause = refusal.cause;
    record.fix = fixText(refusal);
  }

  /** A line ended with a failure: what it said on standard error is a refusal, whoever refused. */
  failed(line: number): void {
    const record = this.#at(line);
    if (record.said === '' || record.refused) return;
    this.counts.refused += 1;
    record.refused = true;
  }

  skipped(line: number): void {
    this.#at(line).skipped = true;
  }

  /** Ascending. */
  lines(): RehearsedLine[] {
    return [...this.#lines.values()]
      .sort((left, right) => left.line - right.line)
      .map((record) => this.#explained(record));
  }

  acts(): RehearsedAct[] {
    return this.#acts.map(({ line, pass, act }) => ({ line, pass, ...actWords(act) }));
  }

  /** What a refusal says of this fleet counts more than what is known of the words in general. */
  #explained(record: LineRecord): RehearsedLine {
    if (record.said === '' || (record.cause !== '' && record.fix !== '')) return { ...record };
    const known = this.#knownOf(record);
    if (known === null) return { ...record };
    const { meaning, remedy } = known;
    return { ...record, cause: record.cause || meaning, fix: record.fix || (remedy[0] ?? '') };
  }

  /** The page is told ten times a second of lines of which most have said nothing more since. */
  #knownOf({ line, said }: LineRecord): Explanation | null {
    const before = this.#known.get(line);
    if (before?.said === said) return before.explanation;
    const explanation = explainText(said).findings[0]?.explanation ?? null;
    this.#known.set(line, { said, explanation });
    return explanation;
  }

  #note(line: number, act: Act): void {
    this.#acts.push({ line, pass: this.#at(line).passes, act });
    if (this.#acts.length > keptActs) this.#acts.shift();
  }

  #at(line: number): LineRecord {
    const known = this.#lines.get(line);
    if (known !== undefined) return known;
    const made: LineRecord = {
      ...{ line, passes: 0, commands: 0, changes: 0, printed: '', said: '' },
      ...{ refused: false, cause: '', fix: '', skipped: false },
    };
    this.#lines.set(line, made);
    return made;
  }
}

type Act =
  | { readonly kind: 'command'; readonly traced: TracedCommand }
  | {
      readonly kind: 'change';
      readonly change: Exclude<HostChange, { kind: 'command' }>;
      readonly refusal: string | null;
    };

function actWords(act: Act): Omit<RehearsedAct, 'line' | 'pass'> {
  if (act.kind === 'command') {
    const { controller, opcode, name, words, outcome } = describeTraced(act.traced, 1);
    const ok = outcome.kind === 'completed' && outcome.success;
    const result = outcome.kind === 'completed' ? outcome.statusWords : outcome.message;
    return {
      ...{ controller, result, ok },
      what: suffixedHexadecimal(opcode),
      words: [name, words].filter((part) => part !== '').join(' · '),
    };
  }
  const { change, refusal } = act;
  const done = { controller: '', result: refusal ?? 'done', ok: refusal === null };
  switch (change.kind) {
    case 'sysfs':
      return { ...done, what: 'sysfs', words: `${change.text.trim()} > ${change.path}` };
    case 'reset':
      return { ...done, what: 'reset', words: `${change.scope} reset of ${change.device}` };
    case 'machine':
      return { ...done, what: 'virsh', words: `${change.act} ${change.name} ${change.address ?? ''}`.trim() };
    case 'driver':
      return { ...done, what: 'driver', words: `${change.driver ?? 'none'} for ${change.address}` };
    case 'simulation':
      return { ...done, what: 'fault', words: change.command.name };
  }
}
