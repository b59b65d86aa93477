import { Zap } from 'lucide-react';
import type { Rehearsal, Threat } from '#shared/rehearsal/rehearsal.ts';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { SectionLabel } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import styles from './rehearsal.module.css';
import { goOn, useRehearsal } from './rehearsal-store.ts';

/** The line where it is: what it would interrupt, what it printed, and the device commands by line. */
export function NowPane({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { at, threat, end, status, script, lines } = rehearsal;
  const chosen = useRehearsal((state) => state.chosenLine);
  const shown = chosen ?? at;
  const line = lines.find((each) => each.line === shown);
  return (
    <ScrollRegion className={styles.now} label="This line">
      <h2 className={styles.heading}>{shown === 0 ? 'Before the first line' : `Line ${shown}`}</h2>
      {shown === 0 ? null : <pre className={styles.current}>{script[shown - 1]?.trim()}</pre>}
      {threat === null ? null : <Blast threat={threat} />}
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

function Blast({ threat: { guests, losses } }: { readonly threat: Threat }) {
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
        <Button size="small" onClick={() => void goOn('step', { skip: true })}>
          Leave it out
        </Button>
      </div>
    </div>
  );
}

/** Newest last, as they were sent; those of one line where one is chosen. */
function Acts({ rehearsal, line }: { readonly rehearsal: Rehearsal; readonly line: number | null }) {
  const acts = rehearsal.acts.filter((act) => line === null || act.line === line);
  let before = 0;
  return (
    <section className={styles.acts} aria-label="Device commands by line">
      <SectionLabel>
        {line === null ? 'Device commands, by line' : `Device commands of line ${line}`}
      </SectionLabel>
      {acts.length === 0 ? <p className="mute">None yet.</p> : null}
      {acts.map((act, index) => {
        const isNew = act.line !== before;
        before = act.line;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the same command may be sent twice
          <div key={index}>
            {isNew ? (
              <div className={styles.actLine}>
                Line {act.line}
                {act.pass > 1 ? `, pass ${act.pass}` : ''}
              </div>
            ) : null}
            <div className={styles.act}>
              <span>{act.what}</span>
              <span>{act.controller === '' ? act.words : `${act.controller} ${act.words}`}</span>
              <span className={act.ok ? styles.ok : styles.bad}>{act.result}</span>
            </div>
          </div>
        );
      })}
    </section>
  );
}
