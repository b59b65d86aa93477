import type { OwnershipFinding, WayOut } from '#shared/ownership/finding.ts';
import { reveal, showRun } from '../navigation.ts';
import { stage } from '../procedures/intents.ts';
import { CommandBox } from '../ui/content/command-box.tsx';
import { Banner } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import styles from './ownership.module.css';

/** What is not in order about who has what, each with the ways out. */
export function FindingList({
  findings,
  onLeave,
}: {
  readonly findings: readonly OwnershipFinding[];
  /** Called before a way out shows something else: a dialog closes then. */
  readonly onLeave?: () => void;
}) {
  return findings.map((finding) => (
    <Banner
      key={`${finding.kind} ${finding.objectIds[0]}`}
      tone="warning"
      title={finding.title}
      lines={finding.lines}
    >
      <ul className={styles.ways} aria-label="Ways out">
        {finding.waysOut.map((way) => (
          <li key={way.words}>
            <TakenWay way={way} onLeave={onLeave} />
          </li>
        ))}
      </ul>
    </Banner>
  ));
}

function TakenWay({ way, onLeave }: { readonly way: WayOut; readonly onLeave: (() => void) | undefined }) {
  if (way.kind === 'shell')
    return (
      <>
        {way.words}:
        <CommandBox lines={way.commandLines} what={way.words} />
      </>
    );
  const take = () => {
    onLeave?.();
    switch (way.kind) {
      case 'change':
        return stage(way.intent);
      case 'recover':
        return showRun(way.runId, false);
      case 'show':
        return reveal(way.objectId);
    }
  };
  return (
    <Button size="small" onClick={take}>
      {way.kind === 'change' ? `${way.words}…` : way.words}
    </Button>
  );
}
