import { countWords } from '#shared/count-words.ts';
import { useRequest } from '../../../bridge/use-request.ts';
import { useFleetMirror } from '../../../fleet-mirror/fleet-store.ts';
import { stage } from '../../../procedures/intents.ts';
import { ErrorNotice, LoadingState } from '../../../ui/content/states.tsx';
import { Button } from '../../../ui/controls/button.tsx';
import styles from './checks.module.css';
import { aboutRemedy } from './remedy-list.tsx';

/** What would make a host able to take a virtual machine, the first change to be applied from here. */
export function PathToAblePanel({
  virtualMachineId,
  hostId,
  name,
}: {
  readonly virtualMachineId: string;
  readonly hostId: string;
  /** Of the host. */
  readonly name: string;
}) {
  const revision = useFleetMirror((mirror) => mirror.revision);
  const { value, error, reload } = useRequest(
    'migration:path-to-able',
    { virtualMachineId, destinationHostId: hostId },
    revision,
  );
  if (error !== null)
    return <ErrorNotice error={error} title="What would help could not be found out" onRetry={reload} />;
  if (value === null) return <LoadingState>Trying what would help…</LoadingState>;
  const { remedies, able, remaining } = value;
  return (
    <section className={styles.path} aria-label={`What would make ${name} able to take it`}>
      {remedies.length === 0 ? null : (
        <ol className={styles.remedies}>
          {remedies.map((remedy, index) => (
            <li key={remedy.words} className={styles.remedy}>
              {index === 0 && remedy.kind === 'change' ? (
                <Button
                  size="small"
                  aria-label={`Apply: ${remedy.words}`}
                  onClick={() => stage(remedy.intent)}
                >
                  Apply…
                </Button>
              ) : (
                <span className="mute">then</span>
              )}
              <span>
                {remedy.words}
                <span className="mute">{aboutRemedy(remedy)}</span>
              </span>
            </li>
          ))}
        </ol>
      )}
      {able ? <p className="ok">{name} can take it after that.</p> : null}
      {remaining.length === 0 ? null : (
        <>
          <p className="mute">
            {remedies.length === 0
              ? `Nothing that Berth can do makes ${name} able to take it.`
              : `${countWords(remaining.length, 'reason')} would still be left.`}
          </p>
          <ul className={styles.remaining}>
            {[...new Set(remaining.map(({ fix }) => fix))].map((fix) => (
              <li key={fix}>{fix}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
