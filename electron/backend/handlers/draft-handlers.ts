import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { VirtualSubsystemDraft } from '#shared/virtual-subsystem/draft.ts';
import type { Clock, Log, Random } from '../ports.ts';
import type { Store } from '../store/store.ts';
import type { Emit, Handlers } from './handler.ts';

export type DraftChannel = 'draft:list' | 'draft:save' | 'draft:delete';

export interface DraftHandlerDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly emit: Emit;
  /** Key of the source that is open. */
  readonly source: () => string;
  readonly findRun: (runId: string) => ProcedureRun | null;
}

/** More would hide the ones that matter. */
const draftLimit = 200;

/**
 * Stored drafts. One that a procedure has created is hidden, not deleted: when that procedure is undone, the draft is
 * there again.
 */
export function createDraftHandlers(deps: DraftHandlerDependencies): {
  readonly handlers: Handlers<DraftChannel>;
  /** A procedure has started; if it creates a draft, the draft remembers it. */
  readonly noteStart: (intent: Intent, run: ProcedureRun) => void;
  /** A run has changed; tells the new list if that shows or hides a draft. */
  readonly runChanged: (run: ProcedureRun) => void;
} {
  const { store, emit } = deps;
  const list = (): VirtualSubsystemDraft[] =>
    store.drafts
      .list(deps.source())
      .filter(({ createdBy }) => createdBy === null || !hasCreated(deps.findRun(createdBy)))
      .map(({ draft }) => draft);
  const told = <T>(result: Result<void>, value: T): Result<T> => {
    if (!result.ok) return result;
    emit('drafts:changed', { drafts: list() });
    return succeed(value);
  };
  return {
    handlers: {
      'draft:list': async () => succeed({ drafts: list() }),
      'draft:save': async ({ draft }) => {
        const known = store.drafts.list(deps.source());
        const isNew = !known.some((stored) => stored.draft.id === draft.id);
        if (draft.id !== undefined && isNew)
          return fail('not-found', 'That draft is gone.', {
            object: draft.nqn,
            fix: 'Save it as a new draft.',
          });
        if (isNew && known.length >= draftLimit)
          return fail('refused', `There are ${draftLimit} drafts already.`, {
            object: 'drafts',
            fix: 'Create or delete some of them first.',
          });
        const id = draft.id ?? `draft-${deps.clock.now().toString(36)}-${randomText(deps.random)}`;
        const saved = { ...draft, id, savedAt: deps.clock.now() };
        return told(store.drafts.save(deps.source(), saved), { draft: saved });
      },
      'draft:delete': async ({ id }) => told(store.drafts.delete(id), {}),
    },
    noteStart(intent, run) {
      if (intent.kind !== 'create-virtual-subsystem' || intent.draftId === undefined) return;
      const noted = store.drafts.noteCreation(intent.draftId, run.id);
      if (!noted.ok) deps.log.error('the creation of a draft could not be noted', noted.error);
      // It may have ended already.
      emit('drafts:changed', { drafts: list() });
    },
    runChanged({ status, plan, undoneBy }) {
      const { intent } = plan;
      if (intent.kind !== 'create-virtual-subsystem' || intent.draftId === undefined) return;
      if (status === 'running' && undoneBy === null) return;
      emit('drafts:changed', { drafts: list() });
    },
  };
}

function hasCreated(run: ProcedureRun | null): boolean {
  return run?.status === 'done' && run.undoneBy === null;
}

function randomText(random: Random): string {
  return Math.floor(random.next() * 36 ** 6).toString(36);
}
