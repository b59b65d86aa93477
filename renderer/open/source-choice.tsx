import {
  Boxes,
  ClipboardPaste,
  Clock,
  FileArchive,
  FileJson,
  FilePenLine,
  FilePlus2,
  FileText,
  FolderOpen,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { RequestOf } from '#shared/ipc/contract.ts';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import type { BerthError } from '#shared/result.ts';
import { client } from '../bridge/client.ts';
import { useRequest } from '../bridge/use-request.ts';
import type { EditStart } from '../fleet-editor/start-editing.ts';
import { SectionLabel, Tag } from '../ui/content/small.tsx';
import { ErrorNotice, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { formatDateTime } from '../ui/format.ts';
import { notifyError } from '../ui/overlays/notices.ts';
import styles from './open.module.css';
import { baseName } from './source-kind.ts';

/** Built-in fleets, what was opened recently, the native choosers and the box for a text. */
export function SourceChoice({
  onOpen,
  onPaths,
  onPaste,
  onError,
  onEdit,
}: {
  readonly onOpen: (request: OpenRequest) => void;
  /** Told the files or the folder that the native dialog gave; what it is decides the Open dialog. */
  readonly onPaths: (paths: readonly string[]) => void;
  /** Goes to the box for a text. */
  readonly onPaste: () => void;
  /** null: an earlier error no longer applies. */
  readonly onError: (error: BerthError | null) => void;
  /** Goes to the fleet editor. */
  readonly onEdit: (start: EditStart) => void;
}) {
  const { value, error, reload } = useRequest('fleet:sources', {});
  // Goes on only where the native dialog was not cancelled.
  const choose = async (what: RequestOf<'fleet:choose'>['what']) => {
    onError(null);
    const result = await client.call('fleet:choose', { what });
    if (!result.ok) onError(result.error);
    else if (result.value.path !== null) onPaths([result.value.path]);
  };
  const chooseOutputs = async () => {
    onError(null);
    const result = await client.call('outputs:choose', {});
    if (!result.ok) onError(result.error);
    else if (result.value.paths.length > 0) onPaths(result.value.paths);
  };
  const forget = async () => {
    const result = await client.call('fleet:forget-recent', {});
    if (result.ok) reload();
    else notifyError(result.error);
  };
  return (
    <>
      <div className={styles.choosers}>
        <span>From a host</span>
        <div>
          <Button onClick={() => void choose('capture-folder')}>
            <FolderOpen size={15} aria-hidden /> Folder…
          </Button>
          <Button onClick={() => void choose('capture-archive')}>
            <FileArchive size={15} aria-hidden /> Archive…
          </Button>
          <Button onClick={() => void chooseOutputs()}>
            <FileText size={15} aria-hidden /> Outputs…
          </Button>
          <Button onClick={onPaste}>
            <ClipboardPaste size={15} aria-hidden /> Paste text…
          </Button>
        </div>
        <span>Simulated</span>
        <div>
          <Button onClick={() => void choose('fleet-file')}>
            <FileJson size={15} aria-hidden /> Fleet file…
          </Button>
          <Button onClick={() => onEdit({ kind: 'new' })}>
            <FilePlus2 size={15} aria-hidden /> New simulated fleet…
          </Button>
          <Button onClick={() => onEdit({ kind: 'file' })}>
            <FilePenLine size={15} aria-hidden /> Edit…
          </Button>
        </div>
      </div>
      {error === null ? null : (
        <ErrorNotice error={error} title="The sources could not be listed" onRetry={reload} />
      )}
      {value === null && error === null ? <LoadingState>Looking for fleets…</LoadingState> : null}
      {value === null ? null : (
        <>
          <SectionLabel>Built-in fleets, simulated</SectionLabel>
          <ul className={styles.sources}>
            {value.builtIn.map((fleet) => (
              <Source
                key={fleet.name}
                icon={<Boxes size={16} aria-hidden />}
                title={fleet.title}
                text={fleet.description}
                current={value.current.kind === 'simulated' && value.current.name === fleet.name}
                onChoose={() => onOpen({ kind: 'built-in', name: fleet.name })}
              />
            ))}
          </ul>
          <SectionLabel
            aside={
              value.recent.length === 0 ? undefined : (
                <Button kind="link" onClick={() => void forget()}>
                  Clear the list
                </Button>
              )
            }
          >
            Recent
          </SectionLabel>
          {value.recent.length === 0 ? <p className="mute">Nothing has been opened yet.</p> : null}
          <ul className={styles.sources}>
            {value.recent.map((recent) => (
              <Source
                key={JSON.stringify(recent.request)}
                icon={<Clock size={16} aria-hidden />}
                title={recent.title}
                text={`${recentWords(recent.request)} · ${formatDateTime(recent.openedAt)}`}
                current={false}
                onChoose={() => onOpen(recent.request)}
              />
            ))}
          </ul>
        </>
      )}
    </>
  );
}

/** One line of a list of sources; a click opens it at once. */
function Source({
  icon,
  title,
  text,
  current,
  onChoose,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly current: boolean;
  readonly onChoose: () => void;
}) {
  return (
    <li>
      <button type="button" className={styles.source} onClick={onChoose}>
        {icon}
        <span className={styles.sourceText}>
          <span className={styles.sourceTitle}>{title}</span>
          <span className="mute">{text}</span>
        </span>
        {current ? <Tag tone="accent">open now</Tag> : null}
      </button>
    </li>
  );
}

/** Path, snapshot and how it was opened, since one capture can stand in the list several times. */
function recentWords(request: OpenRequest): string {
  if (request.kind === 'built-in') return 'built-in';
  if (request.kind === 'text') return 'pasted text';
  const how = request.as === undefined ? '' : request.as === 'twin' ? ' · simulated twin' : ' · read-only';
  if (request.kind === 'paths') return `${request.paths.map(baseName).join(', ')}${how}`;
  return `${request.path}${request.snapshot === undefined ? '' : ` · ${request.snapshot}`}${how}`;
}
