import { create } from 'zustand';
import { applyFleetChange, withTables } from '#shared/fleet/apply-change.ts';
import type { FleetChange, FleetSnapshot } from '#shared/fleet/change.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { BerthError } from '#shared/result.ts';
import { client } from '../bridge/client.ts';
import { mergeChanges } from './merge-changes.ts';

/** What the page knows of the fleet. */
export interface FleetMirror {
  /** `loading` until the first snapshot; `stale` while a gap is being closed: the old fleet stays visible. */
  readonly status: 'loading' | 'ready' | 'stale' | 'failed';
  readonly fleet: Fleet | null;
  /** Of the fleet; 0 before the first snapshot. It increases by one with every change. */
  readonly revision: number;
  /** When the mirror last was known to be current, milliseconds since the epoch. */
  readonly currentAt: number;
  readonly error: BerthError | null;
}

/** Read-only copy of the fleet. Only this folder writes it. */
export const useFleetMirror = create<FleetMirror>(() => ({
  status: 'loading',
  fleet: null,
  revision: 0,
  currentAt: 0,
  error: null,
}));

/** What the mirror does with a change: apply it, ignore it (already inside the snapshot), or close the gap. */
export function judgeChange(revision: number, change: FleetChange): 'apply' | 'ignore' | 'gap' {
  if (change.revision <= revision) return 'ignore';
  return change.revision === revision + 1 ? 'apply' : 'gap';
}

/** The snapshot that is under way; one at a time. */
let loading: Promise<void> | null = null;
/** Whether another one was asked for meanwhile. */
let again = false;

/** Loads the snapshot. Asked again while one is under way, it loads once more afterwards. */
export function loadSnapshot(): Promise<void> {
  if (loading !== null) {
    again = true;
    return loading;
  }
  const { fleet } = useFleetMirror.getState();
  useFleetMirror.setState({ status: fleet === null ? 'loading' : 'stale' });
  loading = fetchSnapshot().finally(() => {
    loading = null;
    if (!again) return;
    again = false;
    void loadSnapshot();
  });
  return loading;
}

/**
 * Another source was opened at this revision. A snapshot that is under way may hold it already, as the first one of a
 * start does; it is loaded again only if not.
 */
export async function loadReplaced(revision: number): Promise<void> {
  if (loading !== null) {
    await loading;
    if (useFleetMirror.getState().revision >= revision) return;
  }
  await loadSnapshot();
}

/** Changes that waited are inside the snapshot, or are asked for again by the gap that they leave. */
async function fetchSnapshot(): Promise<void> {
  const result = await client.call('fleet:snapshot', {});
  if (!result.ok) {
    useFleetMirror.setState({ status: 'failed', error: result.error });
    return;
  }
  const { revision, fleet } = JSON.parse(result.value.json) as FleetSnapshot;
  waiting = [];
  useFleetMirror.setState({
    status: 'ready',
    fleet: withTables(fleet),
    revision,
    currentAt: Date.now(),
    error: null,
  });
}

/** Changes that wait, in order. The first of a burst is applied at once, the rest together. */
let waiting: FleetChange[] = [];
let flushTimer: ReturnType<typeof setTimeout> | null = null;
/** Two frames: states need no more than 30 pictures a second, and the camera gets the rest of the time. */
const holdMilliseconds = 32;

function nextRevision(): number {
  return waiting.at(-1)?.revision ?? useFleetMirror.getState().revision;
}

/** Takes one change message. While a snapshot is under way, anything newer makes the mirror load once more. */
export function takeChange(change: FleetChange): void {
  const { fleet } = useFleetMirror.getState();
  if (fleet === null || loading !== null) {
    void loadSnapshot();
    return;
  }
  const verdict = judgeChange(nextRevision(), change);
  if (verdict === 'gap') {
    applyWaiting();
    void loadSnapshot();
  }
  if (verdict !== 'apply') return;
  waiting.push(change);
  if (flushTimer === null) applyWaiting();
}

/** Applies what waits, as one change, and keeps the next ones back for a moment. */
function applyWaiting(): void {
  if (flushTimer !== null) clearTimeout(flushTimer);
  flushTimer = null;
  const change = mergeChanges(waiting);
  waiting = [];
  const { fleet } = useFleetMirror.getState();
  if (change === null || fleet === null) return;
  useFleetMirror.setState({
    fleet: applyFleetChange(fleet, change),
    revision: change.revision,
    status: 'ready',
    currentAt: Date.now(),
  });
  flushTimer = setTimeout(applyWaiting, holdMilliseconds);
}
