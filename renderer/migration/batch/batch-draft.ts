import { create } from 'zustand';
import type { PlacementView } from '#shared/ipc/batch-contract.ts';
import { type BatchLimits, defaultBatchLimits, type NewBatch } from '#shared/migration/batch/batch.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import type { MigrationOptions } from '#shared/migration/request.ts';
import { nothingAgreed } from '#shared/procedure/agreement.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { useSettings } from '../../fleet-mirror/settings-store.ts';
import type { SeveralMigrations } from '../../navigation.ts';
import { useMigrationView } from '../migration-view-store.ts';

export const batchSteps = ['source', 'placement', 'options', 'review'] as const;
export type BatchStep = (typeof batchSteps)[number];

/** What was entered in the wizard for several migrations. */
export interface BatchDraft {
  readonly step: BatchStep;
  /** Of a host that is evacuated: that host; otherwise the virtual machines that are ticked. */
  readonly what: SeveralMigrations;
  /** Hosts that a person chose, by virtual machine; the others are found. */
  readonly chosen: Readonly<Record<string, string>>;
  /** Virtual machines that stay although a host would take them. */
  readonly left: readonly string[];
  /** Virtual machines in the order in which a person wants them to start; those not named follow. */
  readonly order: readonly string[];
  readonly options: MigrationOptions;
  readonly limits: BatchLimits;
  readonly whenOneFails: 'go-on' | 'stop';
  /** Warnings that a person has read: `virtual machine|id of the check`. */
  readonly acknowledged: readonly string[];
  /** The source that it is about. */
  readonly source: string | null;
}

/** The choices for several migrations; they outlive a look at another screen. */
export const useBatchDraft = create<{ readonly draft: BatchDraft | null }>(() => ({ draft: null }));

/** Opens the wizard for several: a host that is evacuated and machines that were selected are chosen already. */
export function openBatchWizard(what: SeveralMigrations): void {
  const isChosen = what.kind === 'evacuate' || what.virtualMachineIds.length > 0;
  const { downtimeBudgetMilliseconds } = useSettings.getState();
  useBatchDraft.setState({
    draft: {
      ...{ step: isChosen ? 'placement' : 'source', what, chosen: {}, left: [], order: [], acknowledged: [] },
      options: { ...defaultMigrationOptions, downtimeBudgetMilliseconds },
      ...{ limits: defaultBatchLimits, whenOneFails: 'go-on' },
      source: useFleetMirror.getState().fleet?.source.name ?? null,
    },
  });
  useMigrationView.setState({ view: { kind: 'batch-wizard' } });
}

export function changeDraft(change: Partial<BatchDraft>): void {
  useBatchDraft.setState(({ draft }) => (draft === null ? {} : { draft: { ...draft, ...change } }));
}

export function dropBatchDraft(): void {
  useBatchDraft.setState({ draft: null });
  useMigrationView.setState({ view: { kind: 'list' } });
}

/** Those that move, in the order in which they start. */
export function moving(draft: BatchDraft, placements: readonly PlacementView[]): PlacementView[] {
  const rank = (id: string) => {
    const index = draft.order.indexOf(id);
    return index < 0 ? draft.order.length : index;
  };
  return placements
    .filter(({ request, virtualMachineId }) => request !== null && !draft.left.includes(virtualMachineId))
    .sort((one, other) => rank(one.virtualMachineId) - rank(other.virtualMachineId));
}

export const warningKey = (virtualMachineId: string, checkId: string): string =>
  `${virtualMachineId}|${checkId}`;

/** How many warnings of those that move nobody has read yet. */
export function unreadWarnings(draft: BatchDraft, placements: readonly PlacementView[]): number {
  return moving(draft, placements).reduce(
    (sum, { virtualMachineId, warnings }) =>
      sum +
      warnings.filter(({ id }) => !draft.acknowledged.includes(warningKey(virtualMachineId, id))).length,
    0,
  );
}

/** What is asked of the main process. */
export function batchOf(draft: BatchDraft, placements: readonly PlacementView[], title: string): NewBatch {
  return {
    ...{ title, limits: draft.limits, whenOneFails: draft.whenOneFails },
    members: moving(draft, placements).flatMap(({ request, virtualMachineId, warnings }) => {
      const acknowledged = warnings.flatMap(({ id }) =>
        draft.acknowledged.includes(warningKey(virtualMachineId, id)) ? [id] : [],
      );
      return request === null
        ? []
        : [{ request: { ...request, options: draft.options, acknowledged }, agreed: nothingAgreed }];
    }),
  };
}

/** `Evacuate hv-a`, `Move 3 virtual machines`. */
export function batchTitle(draft: BatchDraft, hostName: (id: string) => string, count: number): string {
  if (draft.what.kind === 'evacuate') return `Evacuate ${hostName(draft.what.hostId)}`;
  return count === 1 ? 'Move 1 virtual machine' : `Move ${count} virtual machines`;
}
