import { useState } from 'react';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import { useRequest } from '../bridge/use-request.ts';
import { SectionLabel } from '../ui/content/small.tsx';
import { ErrorNotice } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Select } from '../ui/controls/form.tsx';
import styles from './open.module.css';
import { type OpenAs, OpenAsChoice } from './open-as-choice.tsx';
import { ReadingState } from './reading-state.tsx';
import { UnreadableParts } from './unreadable-parts.tsx';

/** Which snapshot of a capture, and whether as recorded or as a simulated twin. */
export function CaptureChoice({
  path,
  onOpen,
  onBack,
}: {
  readonly path: string;
  readonly onOpen: (request: OpenRequest) => void;
  readonly onBack: () => void;
}) {
  const { value, error, reload } = useRequest('fleet:capture-snapshots', { path });
  const [chosen, setChosen] = useState<string | null>(null);
  const [as, setAs] = useState<OpenAs>('recorded');
  const snapshots = value?.snapshots ?? [];
  // The first one until the person chooses, as opening without a choice takes it.
  const snapshot = chosen ?? snapshots[0];
  return (
    <>
      {error === null ? null : <ErrorNotice error={error} title="This is not a capture" onRetry={reload} />}
      {value === null && error === null ? <ReadingState>Reading the capture…</ReadingState> : null}
      {snapshot === undefined ? null : (
        <>
          <SectionLabel aside={`${snapshots.length} in this capture`}>Snapshot</SectionLabel>
          <Select
            label="Snapshot"
            value={snapshot}
            options={snapshots.map((name) => ({ value: name, label: name }))}
            onChange={setChosen}
          />
          <SectionLabel>Open as</SectionLabel>
          <OpenAsChoice value={as} onChoose={setAs} what="Captured host, read-only" />
        </>
      )}
      {value === null ? null : <UnreadableParts problems={value.problems} />}
      <div className={styles.actions}>
        <Button onClick={onBack}>Back</Button>
        <Button
          kind="primary"
          unavailable={snapshot === undefined ? 'Nothing that can be opened was found.' : false}
          onClick={() => {
            if (snapshot !== undefined) onOpen({ kind: 'path', path, snapshot, as });
          }}
        >
          Open
        </Button>
      </div>
    </>
  );
}
