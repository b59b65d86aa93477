import { isActive } from '#shared/procedure/run/is-active.ts';
import { client } from '../bridge/client.ts';
import { notify, notifyError } from '../ui/overlays/notices.ts';
import { loadBatches, takeBatch } from './batches-store.ts';
import { loadClock, takeClock } from './clock-store.ts';
import { loadDrafts, takeDrafts } from './drafts-store.ts';
import { loadReplaced, loadSnapshot, takeChange, useFleetMirror } from './fleet-store.ts';
import { loadOwnership, takeOwnership } from './ownership-store.ts';
import { takeAnswered, takeRunChange, useRuns } from './runs-store.ts';
import { useSettings } from './settings-store.ts';
import { takeRecentTrace, takeTrace, useTrace } from './trace-store.ts';

/** Journalled runs that are looked at for interrupted ones when the window opens. */
const recentRuns = 50;
/** Commands that the dock shows of the time before the window opened. */
const recentTraceEntries = 1000;

/** Starts mirroring: listens first, then asks for what is already there, so that nothing falls between. */
export function connectMirror(): () => void {
  const removers = [
    client.listen('fleet:change', takeChange),
    client.listen('fleet:replaced', ({ revision }) => {
      const loaded = loadReplaced(revision);
      // At the start all the rest is asked for anyway, once the first snapshot is there.
      if (useFleetMirror.getState().status === 'loading') return;
      useTrace.setState({ entries: [] });
      useRuns.setState({ runs: {}, order: [] });
      void loadClock();
      void loaded.then(loadRecentRuns);
      void loaded.then(loadOwnership);
      void loadDrafts();
      void loadBatches();
    }),
    client.listen('batch:changed', takeBatch),
    client.listen('drafts:changed', takeDrafts),
    client.listen('run:changed', takeRunChange),
    client.listen('ownership:changed', takeOwnership),
    client.listen('trace:entries', ({ entries }) => takeTrace(entries)),
    client.listen('settings:changed', (settings) => useSettings.setState(settings)),
    client.listen('simulation:clock-changed', takeClock),
    client.listen('app:notice', ({ severity, ...error }) => {
      if (severity === 'error') notifyError(error);
      else notify({ tone: severity, title: error.message, text: error.fix, details: error.details });
    }),
  ];
  void client.call('settings:get', {}).then((result) => {
    if (result.ok) useSettings.setState(result.value);
  });
  void loadSnapshot().then(() => {
    void loadClock();
    void loadRecentRuns();
    void loadOwnership();
    void loadDrafts();
    void loadBatches();
    void client.call('trace:recent', { limit: recentTraceEntries }).then((result) => {
      if (result.ok) takeRecentTrace(result.value.entries);
    });
  });
  return () => {
    for (const remove of removers) remove();
  };
}

/** Runs that still go on or were interrupted, and the last undoable one; the rest is the history screen's. */
async function loadRecentRuns(): Promise<void> {
  const result = await client.call('history:list', { limit: recentRuns });
  if (!result.ok) return;
  const source = useFleetMirror.getState().fleet?.source.name;
  const wanted = result.value.runs.filter(
    (run) => run.status === 'interrupted' || isActive(run) || (run.undoable && run.fleetName === source),
  );
  for (const { id } of wanted.slice(0, 10).reverse()) {
    if (id in useRuns.getState().runs) continue;
    const run = await client.call('history:get', { runId: id });
    if (run.ok) takeAnswered(run.value);
  }
}
