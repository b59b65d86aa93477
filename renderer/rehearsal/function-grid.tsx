import { Zap } from 'lucide-react';
import { countWords } from '#shared/count-words.ts';
import type { RehearsedDrive, RehearsedFunction } from '#shared/rehearsal/rehearsal.ts';
import { SectionLabel } from '../ui/content/small.tsx';
import { linesWords } from './line-words.ts';
import styles from './rehearsal.module.css';
import { useRehearsal } from './rehearsal-store.ts';

/** The functions of a drive as they are now on the copy; those that a line touched can be chosen. */
export function FunctionGrid({ drive: { title, functions, left } }: { readonly drive: RehearsedDrive }) {
  const changed = functions.filter((one) => one.changed).length;
  return (
    <section className={styles.drive} aria-label={`Functions of ${title}`}>
      <SectionLabel aside={changed === 0 ? title : `${title} · ${changed} changed`}>Functions</SectionLabel>
      <ul className={styles.cells}>
        {functions.map((one) => (
          <li key={one.id}>
            <FunctionCell one={one} />
          </li>
        ))}
      </ul>
      {left === 0 ? null : <p className="mute">and {countWords(left, 'more function')}, as before</p>}
    </section>
  );
}

function FunctionCell({ one }: { readonly one: RehearsedFunction }) {
  const { id, title, online, vq, vi, changed, threatened, lines } = one;
  const { chosenLine, chosenFunction } = useRehearsal();
  const isTouched = changed || threatened;
  const classes = [
    styles.cell,
    changed ? styles.cellChanged : '',
    threatened ? styles.cellThreatened : '',
    chosenLine !== null && lines.includes(chosenLine) ? styles.cellOfLine : '',
  ].join(' ');
  const words = [
    `${title}, ${online ? 'online' : 'offline'}, ${vq} VQ, ${vi} VI`,
    changed ? `changed${lines.length === 0 ? '' : ` by ${linesWords(lines)}`}` : '',
    threatened ? 'would be taken from its guest' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
  const content = (
    <>
      <b>{title.replace(' ', '')}</b>
      <span>{vq + vi === 0 ? '–' : `${vq}q${vi}i`}</span>
      {threatened ? (
        <Zap size={9} aria-hidden />
      ) : (
        <i className={online ? 'ok' : 'mute'} aria-hidden>
          {online ? '●' : '○'}
        </i>
      )}
    </>
  );
  if (!isTouched)
    return (
      <span className={classes} role="img" aria-label={words} title={words}>
        {content}
      </span>
    );
  const isChosen = chosenFunction === id;
  return (
    <button
      type="button"
      className={classes}
      aria-label={words}
      aria-pressed={isChosen}
      title={words}
      onClick={() => useRehearsal.setState({ chosenFunction: isChosen ? null : id })}
    >
      {content}
    </button>
  );
}
