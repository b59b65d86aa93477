import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import type {
  LeakClass,
  LeakFinding,
  LeakVerdict,
} from '#shared/virtual-subsystem/leak-check/leak-finding.ts';
import { useRequest } from '../../bridge/use-request.ts';
import { stage } from '../../procedures/intents.ts';
import { Card, Tag, type Tone } from '../../ui/content/small.tsx';
import { EmptyState, ErrorNotice, LoadingState } from '../../ui/content/states.tsx';
import { Button } from '../../ui/controls/button.tsx';
import type { SubsystemGroup } from '../subsystem-groups.ts';
import { answersVersion, useBaselineMembers } from './baseline-members.ts';
import { basisWords } from './basis-words.ts';
import styles from './details.module.css';

/** Order and names of the classes; the worst first. */
const classes: readonly (readonly [LeakClass, string])[] = [
  ['physical', 'Physical: leaks'],
  ['unchecked', 'Not known yet'],
  ['volatile', 'Volatile'],
  ['virtual', 'Virtual'],
  ['narrowed', 'Narrowed'],
  ['equal', 'Equal on every host'],
];
/** Of each class; leaks are always listed in full. */
const shownChips = 8;

/** Everything that a guest can read, by where it comes from, with the fixes for what gives the drive away. */
export function LeakCard({
  fleet,
  group,
  members,
  readOnly,
}: {
  readonly fleet: Fleet;
  readonly group: SubsystemGroup;
  readonly members: readonly SecondaryController[];
  readonly readOnly: string | null;
}) {
  const places = useBaselineMembers(fleet, group);
  // Online and not in a migration: the check reads as the guest does, and must not meet a state that is being moved.
  const member = members.find((one) => one.online && (one.vfioState ?? 'RUNNING') === 'RUNNING');
  const { value, error, loading, reload } = useRequest(
    'virtual-subsystem:leak-check',
    member === undefined ? null : { controllerId: member.id, primaryIds: places.map(({ id }) => id) },
    answersVersion(fleet, group, member, places),
  );
  return (
    <Card
      label="Leak check · everything the guest can read"
      aside={value === null ? undefined : <Verdict verdict={value.verdict} findings={value.findings} />}
    >
      {member === undefined ? (
        <EmptyState title="No member answers">
          Bring a member online to check what its guest reads.
        </EmptyState>
      ) : null}
      {error === null ? null : (
        <div className={styles.inset}>
          <ErrorNotice error={error} title="The check could not be made" onRetry={reload} />
        </div>
      )}
      {value === null && loading ? <LoadingState>Reading as the guest…</LoadingState> : null}
      {value === null ? null : (
        <>
          <table className={styles.leaks} aria-label="Leak check">
            <tbody>
              {classes.map(([kind, title]) => {
                const found = value.findings.filter((finding) => finding.class === kind);
                return found.length === 0 ? null : (
                  <tr key={kind}>
                    <th scope="row" className={kind === 'physical' ? styles.leakWord : undefined}>
                      {title}
                    </th>
                    <td>
                      {kind === 'physical' ? <LeakList findings={found} /> : <Chips findings={found} />}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <ul className={styles.suggestions} aria-label="Hosts of the check">
            {value.hosts.map((host) => (
              <li key={host.primaryId}>
                <strong>{host.title}</strong>:{' '}
                {host.identical ? 'identical Identify Controller' : 'different Identify Controller'}{' '}
                <span className="mute">({basisWords[host.basis]})</span>{' '}
                {host.compare === null ? null : (
                  <Button
                    kind="link"
                    unavailable={readOnly ?? false}
                    onClick={() => {
                      if (host.compare !== null) stage(host.compare);
                    }}
                  >
                    Bring one online to compare…
                  </Button>
                )}
              </li>
            ))}
          </ul>
          <div className={styles.cardActions}>
            {value.fixes.map(({ title, intent }) => (
              <Button
                key={title}
                kind="primary"
                unavailable={readOnly ?? false}
                onClick={() => stage(intent)}
              >
                {title}…
              </Button>
            ))}
            <Button onClick={reload}>
              <RotateCw size={14} aria-hidden /> Check again
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}

function Verdict({
  verdict,
  findings,
}: {
  readonly verdict: LeakVerdict;
  readonly findings: readonly LeakFinding[];
}) {
  const tones: Record<LeakVerdict, Tone> = { passed: 'online', notes: 'online', leaks: 'error' };
  return <Tag tone={tones[verdict]}>{verdictWords(verdict, findings)}</Tag>;
}

/** `2 leaks`, `passed`, or `passed with 3 notes`; notes are what changes by itself and what nobody could check. */
function verdictWords(verdict: LeakVerdict, findings: readonly LeakFinding[]): string {
  const count = (...kinds: readonly LeakClass[]) =>
    findings.filter((finding) => kinds.includes(finding.class)).length;
  if (verdict === 'leaks') return countWords(count('physical'), 'leak');
  return verdict === 'passed'
    ? 'passed'
    : `passed with ${countWords(count('volatile', 'unchecked'), 'note')}`;
}

/** What gives the drive or the host away, one line each, with what a guest could read from it. */
function LeakList({ findings }: { readonly findings: readonly LeakFinding[] }) {
  return (
    <ul className={styles.leakList}>
      {findings.map((finding) => (
        <li key={finding.id}>
          <code title={`${finding.source} · ${finding.title} ${finding.place}`}>{finding.name}</code>{' '}
          {finding.title}: {finding.words}
          {finding.fix === null ? ' (no command can fix it)' : ''}
        </li>
      ))}
    </ul>
  );
}

function Chips({ findings }: { readonly findings: readonly LeakFinding[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? findings : findings.slice(0, shownChips);
  return (
    <span className={styles.chips}>
      {shown.map((finding) => (
        <span
          key={finding.id}
          className={styles.chip}
          title={`${finding.source} · ${finding.title} ${finding.place}: ${finding.words}`}
        >
          {finding.name}
        </span>
      ))}
      {findings.length > shownChips ? (
        <Button kind="link" onClick={() => setAll(!all)}>
          {all ? 'fewer' : `+ ${findings.length - shownChips}`}
        </Button>
      ) : null}
    </span>
  );
}
