import { Zap } from 'lucide-react';
import type { Rehearsal, Threat } from '#shared/rehearsal/rehearsal.ts';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { ShellText } from '../ui/content/shell-text.tsx';
import { shellParts } from '../ui/content/shell-words.ts';
import { SectionLabel, Tag } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import styles from './rehearsal.module.css';
import { goOn, useRehearsal } from './rehearsal-store.ts';

/** The line where it is: what it would interrupt, what it printed, and the device commands by line. */
export function NowPane({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { at, threat, end, status, script, lines } = rehearsal;
  const chosen = useRehearsal((state) => state.chosenLine);
  const shown = chosen ?? at;
  const line = lines.find((each) => each.line === shown);
  const isPausedHere = status === 'paused' && shown === at;
  // Before a change of the line it has come to it already; before the line itself it has not.
  const pass = isPausedHere ? (line?.passes ?? 0) + (threat === null ? 1 : 0) : 0;
  return (
    <ScrollRegion className={styles.now} label="This line">
      <h2 className={styles.heading}>
        {shown === 0 ? 'Before the first line' : `Line ${shown}${pass > 1 ? `, pass ${pass}` : ''}`}
        {isPausedHere ? <Tag tone="warning">paused</Tag> : null}
      </h2>
      {shown === 0 ? null : (
        <pre className={styles.current}>
          <ShellText parts={shellParts([script[shown - 1]?.trim() ?? ''])[0] ?? []} />
        </pre>
      )}
      {threat === null ? null : <Blast threat={threat} line={at} />}
      {status === 'ended' && end !== null ? <p className={styles.end}>{end.words}</p> : null}
      {line === undefined || line.printed === '' ? null : (
        <>
          <SectionLabel>Printed</SectionLabel>
          <pre className={styles.printed}>{line.printed.trimEnd()}</pre>
        </>
      )}
      <Acts rehearsal={rehearsal} line={chosen} />
    </ScrollRegion>
  );
}

function Blast({ threat: { guests, losses }, line }: { readonly threat: Threat; readonly line: number }) {
  return (
    <div className={styles.blast} role="alert">
      <h3>
        <Zap size={15} aria-hidden />
        This line would interrupt {guests.map(({ title }) => title).join(', ')}
      </h3>
      <ul>
        {losses.map((loss) => (
          <li key={loss}>{loss}</li>
        ))}
      </ul>
      <div className={styles.blastActions}>
        <Button size="small" onClick={() => void goOn('step')}>
          Run it on the copy
        </Button>
        <Button size="small" onClick={() => void goOn('step', { skip: 'change' })}>
          Leave it out
        </Button>
        <Button
          size="small"
          title="Every change of this line is left out from now on"
          onClick={() => void goOn('on', { skip: 'line' })}
        >
          Run on without line {line}
        </Button>
      </div>
    </div>
  );
}

/** Newest last, as they were sent; those of one line where one is chosen. */
function Acts({ rehearsal, line }: { readonly rehearsal: Rehearsal; readonly line: number | null }) {
  const acts = rehearsal.acts.filter((act) => line === null || act.line === line);
  let before = '';
  return (
    <section className={styles.acts} aria-label="Device commands by line">
      <SectionLabel>
        {line === null ? 'Device commands, by line' : `Device commands of line ${line}`}
      </SectionLabel>
      {acts.length === 0 ? <p className="mute">None yet.</p> : null}
      {acts.map((act, index) => {
        const place = `${act.line} ${act.pass} ${act.controller}`;
        const isNew = place !== before;
        before = place;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same command may be sent twice
          <div key={index}>
            {isNew ? (
              <div className={styles.actLine}>
                Line {act.line}
                {act.pass > 1 ? `, pass ${act.pass}` : ''}
                <span>{act.controller}</span>
              </div>
            ) : null}
            <div className={act.ok ? styles.act : `${styles.act} ${styles.actRefused}`}>
              <span className="mute">{act.what}</span>
              <span>{act.words}</span>
              <span className={act.ok ? 'ok' : 'bad'}>{act.result}</span>
            </div>
          </div>
        );
      })}
    </section>
  );
}
