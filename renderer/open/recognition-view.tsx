import { countWords } from '#shared/count-words.ts';
import type { Recognition } from '#shared/outputs/recognition.ts';
import { CommandBox } from '../ui/content/command-box.tsx';
import { SectionLabel } from '../ui/content/small.tsx';
import styles from './open.module.css';
import { UnreadableParts } from './unreadable-parts.tsx';

/** What was recognised: what it is, which host, what it holds, and what it lacks with the commands that would tell it. */
export function RecognitionView({ recognition }: { readonly recognition: Recognition }) {
  const { host, outputs, more, problems, unknownLines, refusal } = recognition;
  const lacks = problems.filter(({ tellBy }) => tellBy !== undefined);
  const doubtful = problems.filter(({ tellBy }) => tellBy === undefined);
  const commands = [...new Set(lacks.flatMap(({ tellBy }) => tellBy ?? []))];
  return (
    <>
      {outputs.length === 0 ? null : (
        <>
          <SectionLabel
            aside={`${host === null ? '' : `host ${host} · `}${countWords(outputs.length + more, 'output')}`}
          >
            Recognised
          </SectionLabel>
          <ul className={styles.problems} aria-label="Recognised outputs">
            {outputs.map((output) => (
              <li key={`${output.file}|${output.line}`}>
                <strong>{output.title}</strong>{' '}
                <span className="mute">
                  {[output.form, output.device ?? '', output.file, `line ${output.line}`]
                    .filter((part) => part !== '')
                    .join(' · ')}
                </span>
                <div>{output.holds}</div>
              </li>
            ))}
          </ul>
        </>
      )}
      {refusal === null ? null : (
        <p className={styles.refusal}>
          {refusal.message} <span className="mute">{refusal.fix}</span>
        </p>
      )}
      {unknownLines === 0 || outputs.length === 0 ? null : (
        <p className="mute">{countWords(unknownLines, 'other line')} left aside.</p>
      )}
      {lacks.length === 0 ? null : (
        <>
          <SectionLabel aside={countWords(lacks.length, 'thing')}>Not recorded</SectionLabel>
          <p className="mute">
            These commands on the host tell the rest. Add what they print to what is here.
          </p>
          <CommandBox lines={commands} what="commands" className={styles.commands} />
        </>
      )}
      <UnreadableParts problems={doubtful} title="Doubtful" />
    </>
  );
}
