import { ArrowRight, Check, X } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Rehearsal, RehearsedLine } from '#shared/rehearsal/rehearsal.ts';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { ShellText } from '../ui/content/shell-text.tsx';
import { shellParts } from '../ui/content/shell-words.ts';
import styles from './rehearsal.module.css';
import { useRehearsal } from './rehearsal-store.ts';

/** The script with what became of each line; a refusal stands under its line. */
export function ScriptLines({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { script, lines, at, status, leftOut, drives } = rehearsal;
  // The newest state has a new list of the same lines.
  const text = script.join('\n');
  const parts = useMemo(() => shellParts(text.split('\n')), [text]);
  const chosenFunction = useRehearsal((state) => state.chosenFunction);
  const touching = new Set(
    drives.flatMap(({ functions }) => functions.find(({ id }) => id === chosenFunction)?.lines ?? []),
  );
  const chosen = useRehearsal((state) => state.chosenLine);
  const byLine = new Map(lines.map((line) => [line.line, line]));
  const current = useRef<HTMLLIElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the line is what it follows
  useEffect(() => current.current?.scrollIntoView({ block: 'nearest' }), [at]);
  return (
    <ScrollRegion as="ol" className={styles.code} label="Script">
      {parts.map((words, index) => {
        const number = index + 1;
        const line = byLine.get(number);
        const isHere = number === at && status === 'paused';
        const classes = [
          styles.line,
          isHere ? styles.here : '',
          line?.refused === true ? styles.refused : '',
          chosen === number ? styles.chosen : '',
          touching.has(number) ? styles.touching : '',
        ];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a text are known by their numbers
          <li key={index} ref={number === at ? current : undefined}>
            <button
              type="button"
              className={classes.join(' ')}
              aria-pressed={chosen === number}
              onClick={() => useRehearsal.setState({ chosenLine: chosen === number ? null : number })}
            >
              <span className={styles.number}>{number}</span>
              <Mark line={line} isHere={isHere} />
              <span className={styles.text}>{words.length === 0 ? ' ' : <ShellText parts={words} />}</span>
              <span className={styles.note}>
                {noteOf(line, { isHere, isLeftOut: leftOut.includes(number) })}
              </span>
            </button>
            {line === undefined ? null : <Said line={line} />}
          </li>
        );
      })}
    </ScrollRegion>
  );
}

function Mark({ line, isHere }: { readonly line: RehearsedLine | undefined; readonly isHere: boolean }) {
  if (isHere) return <ArrowRight size={12} className="warn" role="img" aria-label="Paused before" />;
  if (line === undefined || line.passes === 0) return <span />;
  if (line.refused) return <X size={12} className="bad" role="img" aria-label="Refused" />;
  return <Check size={12} className="ok" role="img" aria-label="Ran" />;
}

function noteOf(
  line: RehearsedLine | undefined,
  { isHere, isLeftOut }: { readonly isHere: boolean; readonly isLeftOut: boolean },
): string {
  const parts = [
    isHere ? 'paused before it' : '',
    isLeftOut ? 'always left out' : line?.skipped === true ? 'left out' : '',
    line !== undefined && line.passes > 1 ? `${line.passes} ×` : '',
    line !== undefined && line.commands > 0 ? countWords(line.commands, 'command') : '',
    line !== undefined && line.changes > 0 ? countWords(line.changes, 'change') : '',
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function Said({ line: { said, cause, fix, refused } }: { readonly line: RehearsedLine }) {
  if (said === '' && !refused) return null;
  return (
    <div className={`${styles.said} ${refused ? '' : styles.remark}`}>
      {said === '' ? null : <pre>{said.trimEnd()}</pre>}
      {cause === '' ? null : (
        <p>
          <b>Cause</b> {cause}
        </p>
      )}
      {fix === '' ? null : (
        <p>
          <b>Fix</b> {fix}
        </p>
      )}
    </div>
  );
}
