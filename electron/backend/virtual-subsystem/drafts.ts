import type { Intent } from '#shared/procedure/intent.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { VirtualSubsystemDraft } from '#shared/virtual-subsystem/life-cycle/draft.ts';
import type { Emit } from '../event-hub.ts';
import type { Clock, Log, Random } from '../ports.ts';
import type { Store } from '../store/store.ts';

export interface DraftDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly emit: Emit;
  /** Key of the source that is open. */
  readonly source: () => string;
  readonly findRun: (runId: string) => ProcedureRun | null;
}

/** A draft as the page sends it: without an id it is a new one. */
export type GivenDraft = Omit<VirtualSubsystemDraft, 'id' | 'savedAt'> & { readonly id?: string | undefined };

export interface Drafts {
  /** Those of the open source that no procedure has created. */
  list(): VirtualSubsystemDraft[];
  save(draft: GivenDraft): Result<VirtualSubsystemDraft>;
  delete(id: string): Result<void>;
  /** A procedure has started; if it creates a draft, the draft remembers it. */
  readonly noteStart: (intent: Intent, run: ProcedureRun) => void;
  /** A run has changed; tells the new list if that shows or hides a draft. */
  readonly runChanged: (run: ProcedureRun) => void;
}

/** More would hide the ones that matter. */
const draftLimit = 200;

/**
 * Stored drafts. One that a procedure has created is hidden, not deleted: when that procedure is undone, the draft is
 * there again.
 */
export function createDrafts(deps: DraftDependencies): Drafts {
  const { store, emit } = deps;
  const list = (): VirtualSubsystemDraft[] =>
    store.drafts
      .list(deps.source())
      .filter(({ createdBy }) => createdBy === null || !hasCreated(deps.findRun(createdBy)))
      .map(({ draft }) => draft);
  const announced = <T>(result: Result<void>, value: T): Result<T> => {
    if (!result.ok) return result;
    emit('drafts:changed', { drafts: list() });
    return succeed(value);
  };
  return {
    list,
    save(draft) {
      const known = store.drafts.list(deps.source());
      const isNew = !known.some((stored) => stored.draft.id === draft.id);
      if (draft.id !== undefined && isNew)
        return fail('not-found', 'That draft no longer exists.', {
          object: draft.nqn,
          fix: 'Save it as a new draft.',
        });
      if (isNew && known.length >= draftLimit)
        return fail('refused', `There are already ${draftLimit} drafts.`, {
          object: 'drafts',
          fix: 'Create or delete some of them first.',
        });
      const id = draft.id ?? `draft-${deps.clock.now().toString(36)}-${randomText(deps.random)}`;
      const saved = { ...draft, id, savedAt: deps.clock.now() };
      return announced(store.drafts.save(deps.source(), saved), saved);
    },
    delete: (id) => announced(store.drafts.delete(id), undefined),
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
