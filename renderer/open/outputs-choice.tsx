import { useState } from 'react';
import type { Recognition } from '#shared/outputs/recognition.ts';
import { SectionLabel } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import styles from './open.module.css';
import { type OpenAs, OpenAsChoice } from './open-as-choice.tsx';
import { RecognitionView } from './recognition-view.tsx';

/** What was recognised in files or a text, and how to open it. */
export function OutputsChoice({
  recognition,
  waiting,
  onOpen,
  onBack,
}: {
  /** null: nothing was given yet. */
  readonly recognition: Recognition | null;
  /** Says why it cannot be opened at the moment; null: nothing to wait for. */
  readonly waiting: string | null;
  readonly onOpen: (as: OpenAs) => void;
  readonly onBack: () => void;
}) {
  const [as, setAs] = useState<OpenAs>('recorded');
  const isReady = recognition !== null && recognition.refusal === null;
  return (
    <>
      <div aria-live="polite" className={styles.recognition}>
        {recognition === null ? null : <RecognitionView recognition={recognition} />}
      </div>
      {isReady ? (
        <>
          <SectionLabel>Open as</SectionLabel>
          <OpenAsChoice value={as} onChoose={setAs} what="Recorded host, read-only" />
        </>
      ) : null}
      <div className={styles.actions}>
        <Button onClick={onBack}>Back</Button>
        <Button
          kind="primary"
          unavailable={
            waiting ?? (isReady ? false : (recognition?.refusal?.message ?? 'Nothing was recognised yet.'))
          }
          onClick={() => onOpen(as)}
        >
          Open
        </Button>
      </div>
    </>
  );
}
