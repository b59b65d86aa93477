import { useEffect } from 'react';
import type { ResponseOf } from '#shared/ipc/contract.ts';
import { client } from '../bridge/client.ts';
import { useRequest } from '../bridge/use-request.ts';
import { useCommand, useCommandRegistry } from '../commands/command-registry.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { runsVersion, useRuns } from '../fleet-mirror/runs-store.ts';
import { redo, undo } from './intents.ts';

const nothing: ResponseOf<'history:undo-redo'> = { undo: null, redo: null };

/** Registers Undo and Redo, called by what they are about. */
export function useUndoRedoCommands(): void {
  const readOnly = useFleetMirror((state) => state.fleet?.source.readOnly ?? null);
  const source = useFleetMirror((state) => state.fleet?.source.name ?? '');
  const version = useRuns(runsVersion);
  const { value } = useRequest('history:undo-redo', {}, `${source} ${version}`);
  const { undo: last, redo: undone } = value ?? nothing;
  useCommand(
    'undo',
    () => last !== null && void undo(last.runId),
    readOnly ?? (last === null ? 'There is nothing to undo.' : null),
    last === null ? null : `Undo: ${last.title}`,
  );
  useCommand(
    'redo',
    () => undone !== null && redo(undone.intent),
    readOnly ?? (undone === null ? 'There is nothing to redo.' : null),
    undone === null ? null : `Redo: ${undone.title}`,
  );
}

const longestMenuLabel = 120;

/** Tells the native menu what Undo and Redo are called, also where another screen has its own. */
export function useNamedMenu(): void {
  const undoLabel = useCommandRegistry((state) => state.handlers.undo?.label ?? null);
  const redoLabel = useCommandRegistry((state) => state.handlers.redo?.label ?? null);
  useEffect(() => {
    void client.call('app:name-commands', { undo: shortened(undoLabel), redo: shortened(redoLabel) });
  }, [undoLabel, redoLabel]);
}

function shortened(label: string | null): string | null {
  return label === null || label.length <= longestMenuLabel
    ? label
    : `${label.slice(0, longestMenuLabel - 1)}…`;
}
