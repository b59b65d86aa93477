import { describe, expect, it } from 'vitest';
import type { Intent } from './intent.ts';
import type { ProcedureRun } from './procedure.ts';
import { undoRedoOf } from './undo-redo.ts';

type Run = Parameters<typeof undoRedoOf>[0][number];

/** What a person did, oldest first: `A` does A, `-A` undoes it, `A!` failed, `A~` was rolled back. */
function outcomeOf(...deeds: string[]): string {
  const runs: Run[] = [];
  for (const [index, deed] of deeds.entries()) {
    const name = deed.replace(/[-!~]/g, '');
    const intent: Intent = { kind: 'set-online', secondaryIds: [name], online: true };
    const plan: ProcedureRun['plan'] = {
      ...{ title: name, intent, steps: [], consequences: [], pointOfNoReturn: null },
    };
    const undone = deed.startsWith('-')
      ? runs.findLast((run) => run.plan.title === name && run.undoable)
      : undefined;
    if (undone !== undefined) runs[runs.indexOf(undone)] = { ...undone, undoable: false };
    const status = deed.endsWith('!') ? 'failed' : deed.endsWith('~') ? 'rolled-back' : 'done';
    const undoes = undone?.id ?? null;
    runs.push({ id: `${index}`, plan, status, undoes, undoable: status === 'done' && undoes === null });
  }
  const { undo, redo } = undoRedoOf(runs.toReversed());
  return `undo ${undo?.plan.title ?? '-'}, redo ${redo?.plan.title ?? '-'}`;
}

describe('undo and redo', () => {
  it('go back and forth in order', () => {
    expect(outcomeOf()).toBe('undo -, redo -');
    expect(outcomeOf('A', 'B')).toBe('undo B, redo -');
    expect(outcomeOf('A', 'B', '-B')).toBe('undo A, redo B');
    expect(outcomeOf('A', 'B', '-B', '-A')).toBe('undo -, redo A');
    expect(outcomeOf('A', 'B', '-B', '-A', 'A')).toBe('undo A, redo B');
    expect(outcomeOf('A', 'B', '-B', '-A', 'A', 'B')).toBe('undo B, redo -');
    expect(outcomeOf('A', '-A', 'A', '-A')).toBe('undo -, redo A');
  });

  it('forget what was undone when something else is changed, or may have been', () => {
    expect(outcomeOf('A', '-A', 'C')).toBe('undo C, redo -');
    expect(outcomeOf('A', '-A', 'C!')).toBe('undo -, redo -');
    expect(outcomeOf('A', '-A', 'C~')).toBe('undo -, redo A');
  });
});
