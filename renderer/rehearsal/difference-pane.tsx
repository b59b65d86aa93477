import { countWords } from '#shared/count-words.ts';
import type { ChangedObject, Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { goTo, select } from '../navigation.ts';
import { exportReport } from '../reports/export-report.ts';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { Button } from '../ui/controls/button.tsx';
import { FunctionGrid } from './function-grid.tsx';
import { linesWords } from './line-words.ts';
import styles from './rehearsal.module.css';
import { planForReal, useRehearsal } from './rehearsal-store.ts';

/** Before against now, with the lines that did it; objects that changed alike stand together. */
export function DifferencePane({ rehearsal }: { readonly rehearsal: Rehearsal }) {
  const { differenceLeft, interrupted, drives, id } = rehearsal;
  const wanted = useRehearsal((state) => state.chosenFunction);
  // One that a later line put back as it was can no longer be chosen, nor left.
  const isTouched = drives.some(({ functions }) =>
    functions.some((one) => one.id === wanted && (one.changed || one.threatened)),
  );
  const chosen = isTouched ? wanted : null;
  const difference = rehearsal.difference.filter((object) => chosen === null || object.id === chosen);
  const subject = { kind: 'rehearsal', rehearsalId: id } as const;
  return (
    <div className={styles.side}>
      <ScrollRegion className={styles.difference} label="What changed so far">
        <h2 className={styles.heading}>What changed so far</h2>
        {drives.map((drive) => (
          <FunctionGrid key={drive.id} drive={drive} />
        ))}
        {difference.length === 0 ? <p className="mute">Nothing.</p> : null}
        {grouped(difference).map(({ key, titles, object }) => (
          <section key={key} className={styles.changed}>
            <header>
              <strong>{titles}</strong>
              <span className="mute">{causeWords(object)}</span>
            </header>
            {object.kind === 'changed' ? null : <p>{object.kind}</p>}
            <dl>
              {object.fields.map(({ name, before, after }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <span className="mute">{before} → </span>
                    {after}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
        {differenceLeft === 0 ? null : (
          <p className="mute">and {countWords(differenceLeft, 'more object')}</p>
        )}
        <section className={styles.changed}>
          <header>
            <strong>Interrupted so far</strong>
          </header>
          {interrupted.length === 0 ? <p className="mute">Nobody.</p> : null}
          {interrupted.map(({ line, threat }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line may interrupt the same guest twice
            <p key={index}>
              {threat.guests.map(({ title }) => title).join(', ')}{' '}
              <span className="mute">by line {line}</span>
            </p>
          ))}
        </section>
      </ScrollRegion>
      <div className={styles.keep}>
        <PlanButton rehearsal={rehearsal} />
        <ShowButton ids={rehearsal.difference.map((object) => object.id)} />
        <span className={styles.keepReport}>
          <Button onClick={() => void exportReport(subject, 'html')}>Keep as report…</Button>
          <Button onClick={() => void exportReport(subject, 'json')}>Keep as JSON…</Button>
        </span>
      </div>
    </div>
  );
}

/** The same as a procedure of the real fleet, to look at before anything runs. */
function PlanButton({ rehearsal: { copyOf, status, difference } }: { readonly rehearsal: Rehearsal }) {
  const why = copyOf.twin
    ? `${copyOf.name} was recorded, so nothing can be changed on it.`
    : status === 'running'
      ? 'Wait until the script pauses or ends.'
      : difference.length === 0 && 'Nothing has changed on the copy.';
  return (
    <Button
      kind="primary"
      unavailable={why}
      title="Shows the steps that bring the real fleet into this state"
      onClick={() => void planForReal()}
    >
      Plan it on the real fleet…
    </Button>
  );
}

/** Of the real fleet, as they are there. */
function ShowButton({ ids }: { readonly ids: readonly string[] }) {
  const controllers = useFleetMirror((state) => state.fleet?.controllers ?? {});
  const known = ids.filter((id) => id in controllers);
  return (
    <Button
      unavailable={known.length === 0 ? 'Nothing that is in the real fleet has changed.' : false}
      title="Selects them in the real fleet, where nothing of this has happened"
      onClick={() => {
        select(known);
        goTo('topology');
      }}
    >
      Show in the topology
    </Button>
  );
}

interface Group {
  readonly key: string;
  readonly titles: string;
  readonly object: ChangedObject;
}

const named = 4;

function grouped(difference: readonly ChangedObject[]): readonly Group[] {
  const groups = new Map<string, { titles: string[]; object: ChangedObject }>();
  for (const object of difference) {
    const key = JSON.stringify([object.kind, object.fields, object.lines, object.typed]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { titles: [object.title], object });
    else known.titles.push(object.title);
  }
  return [...groups].map(([key, { titles, object }]) => ({ key, object, titles: titlesWords(titles) }));
}

function titlesWords(titles: readonly string[]): string {
  const rest = titles.length - named;
  const shown = titles.slice(0, named).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : titles.length > 1 ? `${shown} each` : shown;
}

function causeWords({ lines, typed }: ChangedObject): string {
  return [linesWords(lines), typed ? 'by hand' : ''].filter((part) => part !== '').join(', ');
}
