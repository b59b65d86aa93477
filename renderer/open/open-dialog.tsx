import { useCallback, useEffect, useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { ResponseOf } from '#shared/ipc/contract.ts';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import type { BerthError } from '#shared/result.ts';
import { client } from '../bridge/client.ts';
import { edit } from '../fleet-editor/edit.ts';
import { ErrorNotice, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { notify } from '../ui/overlays/notices.ts';
import { CaptureChoice } from './capture-choice.tsx';
import styles from './open.module.css';
import { useOpenDraft } from './open-draft.ts';
import { SourceChoice } from './source-choice.tsx';
import { baseName, looksLikeFleetFile } from './source-kind.ts';
import { UnreadableParts } from './unreadable-parts.tsx';

/** What the main process answers once a source is open. */
type Opened = ResponseOf<'fleet:open'>;

/** Where the dialog stands. */
type Stage =
  | { readonly kind: 'choose' }
  | { readonly kind: 'capture'; readonly path: string }
  | { readonly kind: 'opening'; readonly title: string }
  | { readonly kind: 'opened'; readonly opened: Opened };

/** Opens a built-in fleet, a fleet file or a capture folder; what could not be read is listed before it closes. */
export function OpenDialog({ onClose }: { readonly onClose: () => void }) {
  const [stage, setStage] = useState<Stage>({ kind: 'choose' });
  const [error, setError] = useState<BerthError | null>(null);

  const open = useCallback(
    async (request: OpenRequest) => {
      // Where a refusal leads back to: the choices that were made stay.
      const back: Stage =
        request.kind === 'path' && !looksLikeFleetFile(request.path)
          ? { kind: 'capture', path: request.path }
          : { kind: 'choose' };
      setError(null);
      setStage({ kind: 'opening', title: titleOf(request) });
      const result = await client.call('fleet:open', request);
      if (!result.ok) {
        setError(result.error);
        setStage(back);
        return;
      }
      if (result.value.problems.length > 0) {
        setStage({ kind: 'opened', opened: result.value });
        return;
      }
      notify({
        tone: 'success',
        title: `Opened ${result.value.source.name}`,
        text: result.value.source.label,
      });
      onClose();
    },
    [onClose],
  );
  const choosePath = useCallback(
    (path: string) => {
      setError(null);
      if (looksLikeFleetFile(path)) void open({ kind: 'path', path });
      else setStage({ kind: 'capture', path });
    },
    [open],
  );
  useDraft(choosePath);

  return (
    <Dialog open wide onClose={onClose} title={dialogTitle(stage)} description={dialogDescription(stage)}>
      {error === null ? null : <ErrorNotice error={error} title="It could not be opened" />}
      {stage.kind === 'choose' ? (
        <SourceChoice
          onOpen={(request) => void open(request)}
          onPath={choosePath}
          onError={setError}
          onEdit={(start) => {
            onClose();
            edit(start);
          }}
        />
      ) : null}
      {stage.kind === 'capture' ? (
        <CaptureChoice
          key={stage.path}
          path={stage.path}
          onOpen={(request) => void open(request)}
          onBack={() => {
            setError(null);
            setStage({ kind: 'choose' });
          }}
        />
      ) : null}
      {stage.kind === 'opening' ? <LoadingState>Opening {stage.title}…</LoadingState> : null}
      {stage.kind === 'opened' ? (
        <>
          <UnreadableParts problems={stage.opened.problems} />
          <div className={styles.actions}>
            <Button kind="primary" onClick={onClose}>
              Show what could be read
            </Button>
          </div>
        </>
      ) : null}
    </Dialog>
  );
}

/** Takes up a path that was dropped, also one that is dropped while the dialog is open. */
function useDraft(take: (path: string) => void): void {
  const path = useOpenDraft((state) => state.path);
  useEffect(() => {
    if (path === null) return;
    useOpenDraft.setState({ path: null });
    take(path);
  }, [path, take]);
}

function titleOf(request: OpenRequest): string {
  switch (request.kind) {
    case 'built-in':
      return request.name;
    case 'path':
      return baseName(request.path);
    case 'paths':
      return countWords(request.paths.length, 'file');
    case 'text':
      return 'the pasted text';
  }
}

function dialogTitle(stage: Stage): string {
  switch (stage.kind) {
    case 'choose':
    case 'opening':
      return 'Open';
    case 'capture':
      return `Open capture ${baseName(stage.path)}`;
    case 'opened':
      return `${stage.opened.source.name} is open, with parts missing`;
  }
}

function dialogDescription(stage: Stage): string {
  switch (stage.kind) {
    case 'choose':
    case 'opening':
      return 'A built-in fleet, a fleet file, or the capture of a real host. A file or folder can also be dropped on the window.';
    case 'capture':
      return stage.path;
    case 'opened':
      return 'The following could not be read; the rest is shown.';
  }
}
