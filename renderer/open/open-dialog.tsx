import { useCallback, useEffect, useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { ResponseOf } from '#shared/ipc/contract.ts';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import type { Recognition } from '#shared/outputs/recognition.ts';
import type { BerthError } from '#shared/result.ts';
import { client } from '../bridge/client.ts';
import { edit } from '../fleet-editor/edit.ts';
import { ErrorNotice } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { notify } from '../ui/overlays/notices.ts';
import { CaptureChoice } from './capture-choice.tsx';
import styles from './open.module.css';
import type { OpenAs } from './open-as-choice.tsx';
import { useOpenDraft } from './open-draft.ts';
import { OutputsChoice } from './outputs-choice.tsx';
import { PasteBox } from './paste-box.tsx';
import { ReadingState } from './reading-state.tsx';
import { SourceChoice } from './source-choice.tsx';
import { baseName } from './source-kind.ts';
import { UnreadableParts } from './unreadable-parts.tsx';

/** What the main process answers once a source is open. */
type Opened = ResponseOf<'fleet:open'>;

/** Where the dialog stands. */
type Stage =
  | { readonly kind: 'choose' }
  | { readonly kind: 'capture'; readonly path: string }
  | { readonly kind: 'outputs'; readonly paths: readonly string[]; readonly recognition: Recognition }
  | { readonly kind: 'paste' }
  | { readonly kind: 'opening'; readonly title: string }
  | { readonly kind: 'opened'; readonly opened: Opened };

/** Opens a fleet, a capture or outputs of tools; what could not be read is listed before it closes. */
export function OpenDialog({ onClose }: { readonly onClose: () => void }) {
  const [stage, setStage] = useState<Stage>({ kind: 'choose' });
  const [error, setError] = useState<BerthError | null>(null);

  const open = useCallback(
    async (request: OpenRequest, back: Stage = { kind: 'choose' }) => {
      setError(null);
      setStage({ kind: 'opening', title: titleOf(request) });
      const result = await client.call('fleet:open', request);
      if (!result.ok) {
        setError(result.error);
        // The choices that were made stay.
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
  const choosePaths = useCallback(
    async (paths: readonly string[]) => {
      setError(null);
      setStage({ kind: 'opening', title: titleOf({ kind: 'paths', paths: [...paths] }) });
      const answer = await client.call('outputs:recognise', { kind: 'paths', paths: [...paths] });
      const [path = ''] = paths;
      if (!answer.ok) {
        setError(answer.error);
        setStage({ kind: 'choose' });
      } else if (answer.value.kind === 'outputs')
        setStage({ kind: 'outputs', paths, recognition: answer.value.recognition });
      else if (answer.value.kind === 'capture') setStage({ kind: 'capture', path });
      else void open({ kind: 'path', path });
    },
    [open],
  );
  useDraft(choosePaths);
  const backToChoice = () => {
    setError(null);
    setStage({ kind: 'choose' });
  };

  return (
    <Dialog open wide onClose={onClose} title={dialogTitle(stage)} description={dialogDescription(stage)}>
      {error === null ? null : <ErrorNotice error={error} title="It could not be opened" />}
      {stage.kind === 'choose' ? (
        <SourceChoice
          onOpen={(request) => void open(request)}
          onPaths={(paths) => void choosePaths(paths)}
          onPaste={() => {
            setError(null);
            setStage({ kind: 'paste' });
          }}
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
          onOpen={(request) => void open(request, stage)}
          onBack={backToChoice}
        />
      ) : null}
      {stage.kind === 'outputs' ? (
        <OutputsChoice
          recognition={stage.recognition}
          waiting={null}
          onOpen={(as) => void open(outputsRequest(stage.paths, as), stage)}
          onBack={backToChoice}
        />
      ) : null}
      {stage.kind === 'paste' ? (
        <PasteBox onOpen={(text, as) => void open({ kind: 'text', text, as }, stage)} onBack={backToChoice} />
      ) : null}
      {stage.kind === 'opening' ? <ReadingState>Opening {stage.title}…</ReadingState> : null}
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

/** Takes up what was dropped, also while the dialog is open. */
function useDraft(take: (paths: readonly string[]) => unknown): void {
  const paths = useOpenDraft((state) => state.paths);
  useEffect(() => {
    if (paths.length === 0) return;
    useOpenDraft.setState({ paths: [] });
    take(paths);
  }, [paths, take]);
}

function outputsRequest(paths: readonly string[], as: OpenAs): OpenRequest {
  const [path = ''] = paths;
  return paths.length === 1 ? { kind: 'path', path, as } : { kind: 'paths', paths: [...paths], as };
}

function titleOf(request: OpenRequest): string {
  switch (request.kind) {
    case 'built-in':
      return request.name;
    case 'path':
      return baseName(request.path);
    case 'paths':
      return request.paths.length === 1
        ? baseName(request.paths[0] ?? '')
        : countWords(request.paths.length, 'file');
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
    case 'outputs':
      return `Open ${titleOf({ kind: 'paths', paths: [...stage.paths] })}`;
    case 'paste':
      return 'Open pasted text';
    case 'opened':
      return `${stage.opened.source.name} is open, with parts missing`;
  }
}

function dialogDescription(stage: Stage): string {
  switch (stage.kind) {
    case 'choose':
    case 'opening':
      return 'A built-in fleet, a fleet file, the capture of a real host, or what nvme-cli, lspci and other tools printed there. Files and folders can also be dropped on the window, several of one host at once.';
    case 'capture':
      return stage.path;
    case 'outputs':
      return 'What was recognised, by its content.';
    case 'paste':
      return 'Paste what was printed on one host; it is recognised as you type.';
    case 'opened':
      return 'The following could not be read; the rest is shown.';
  }
}
