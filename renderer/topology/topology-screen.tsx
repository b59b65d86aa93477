import { FolderOpen, Network } from 'lucide-react';
import { lazy, Suspense, useEffect, useMemo } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { CarryOverlay } from '../carry/carry-overlay.tsx';
import { useCommand } from '../commands/command-registry.ts';
import { loadSnapshot, useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useSettings } from '../fleet-mirror/settings-store.ts';
import { select, useNavigation } from '../navigation.ts';
import { Banner, Banners, EmptyState, ErrorNotice, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { formatTime } from '../ui/format.ts';
import { dismissNotice } from '../ui/overlays/notices.ts';
import { TopologyCanvas } from './canvas/topology-canvas.tsx';
import { DockGrip } from './dock-grip.tsx';
import { secondaryFilter } from './filter.ts';
import { Legend } from './legend.tsx';
import { openTwin } from './open-twin.ts';
import { resetCamera } from './scene/camera-store.ts';
import { useScene } from './scene/use-scene.ts';
import { useSelectionWithinFilter } from './selection-within-filter.ts';
import styles from './topology.module.css';
import { TopologyToolbar } from './topology-toolbar.tsx';

const Dock = lazy(async () => ({ default: (await import('../trace/dock.tsx')).Dock }));
const ListView = lazy(async () => ({ default: (await import('./list/list-view.tsx')).ListView }));
const Inspector = lazy(async () => ({ default: (await import('../inspector/inspector.tsx')).Inspector }));
const SelectionCommands = lazy(async () => ({
  default: (await import('../actions/selection-commands.tsx')).SelectionCommands,
}));

/** The topology: graph or list, the inspector at the right, the dock of commands below. */
export function TopologyScreen() {
  const { status, fleet, error } = useFleetMirror();
  if (fleet === null)
    return status === 'failed' && error !== null ? (
      <EmptyState
        icon={Network}
        title="The fleet could not be read"
        actions={
          <Button onClick={() => useNavigation.setState({ openDialog: true })}>Open something else…</Button>
        }
      >
        <ErrorNotice error={error} onRetry={() => void loadSnapshot()} />
      </EmptyState>
    ) : (
      <LoadingState>Reading the fleet…</LoadingState>
    );
  return <Shown fleet={fleet} />;
}

function Shown({ fleet }: { readonly fleet: Fleet }) {
  const inspectorOpen = useSettings((state) => state.inspectorOpen);
  const source = `${fleet.source.kind} ${fleet.source.label}`;
  useEffect(() => forgetOldFleet(source), [source]);
  useSelectionWithinFilter(fleet);
  useCommand('select-all', () => select(shownSecondaries(fleet)));
  useCommand('clear-selection', () => select([]));
  return (
    <div className={styles.screen}>
      <div className={styles.centre}>
        <TopologyToolbar fleet={fleet} />
        <Content fleet={fleet} />
        <DockArea />
      </div>
      {inspectorOpen ? (
        <aside className={styles.inspector} aria-label="Inspector">
          <Suspense fallback={null}>
            <Inspector fleet={fleet} />
          </Suspense>
        </aside>
      ) : null}
      <Suspense fallback={null}>
        <SelectionCommands />
      </Suspense>
    </div>
  );
}

let shownSource: string | null = null;

/** A fleet from another source has other places: the camera and the selection start anew. */
function forgetOldFleet(source: string): void {
  if (shownSource !== null && shownSource !== source) {
    resetCamera();
    select([]);
    dismissNotice('read-only');
  }
  shownSource = source;
}

function shownSecondaries(fleet: Fleet): string[] {
  const { filter, search } = useNavigation.getState();
  const passes = secondaryFilter(fleet, filter, search);
  return Object.values(fleet.controllers).flatMap((controller) =>
    controller.role === 'secondary' && (passes === null || passes(controller)) ? [controller.id] : [],
  );
}

function Content({ fleet }: { readonly fleet: Fleet }) {
  const view = useSettings((state) => state.topologyView);
  // Listing ten thousand controllers on every change costs a frame; they come and go with their hosts and subsystems.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const empty = useMemo(() => Object.keys(fleet.controllers).length === 0, [fleet.hosts, fleet.subsystems]);
  if (empty)
    return (
      <EmptyState
        icon={FolderOpen}
        title="No NVMe controller was found here"
        actions={
          <Button kind="primary" onClick={() => useNavigation.setState({ openDialog: true })}>
            Open…
          </Button>
        }
      >
        {fleet.source.name} contains no controller that could be read.
        {fleet.problems.map((problem) => ` ${problem.source}: ${problem.message}`)}
      </EmptyState>
    );
  return (
    <div className={styles.list}>
      <FleetBanners fleet={fleet} />
      {view === 'graph' ? (
        <Graph fleet={fleet} />
      ) : (
        <Suspense fallback={<LoadingState>Opening the list…</LoadingState>}>
          <ListView fleet={fleet} />
        </Suspense>
      )}
      <CarryOverlay fleet={fleet} />
    </div>
  );
}

function Graph({ fleet }: { readonly fleet: Fleet }) {
  const state = useScene(fleet);
  return (
    <>
      <TopologyCanvas fleet={fleet} state={state} />
      <Legend />
    </>
  );
}

/** Why nothing can be changed, and whether what is seen may be old. */
function FleetBanners({ fleet }: { readonly fleet: Fleet }) {
  const { status, error, currentAt } = useFleetMirror();
  const stale = status === 'stale' || status === 'failed';
  if (fleet.source.readOnly === null && !stale) return null;
  return (
    <Banners>
      {fleet.source.readOnly === null ? null : (
        <Banner
          title="Capture, read-only"
          lines={[fleet.source.readOnly]}
          actions={
            <Button size="small" onClick={() => void openTwin()}>
              Open as simulated twin
            </Button>
          }
        />
      )}
      {stale ? (
        <Banner
          tone="warning"
          title={`This fleet may be out of date: last updated at ${formatTime(currentAt)}`}
          lines={error === null ? ['Requesting a new snapshot.'] : [error.message]}
          actions={
            <Button size="small" onClick={() => void loadSnapshot()}>
              Read again
            </Button>
          }
        />
      ) : null}
    </Banners>
  );
}

function DockArea() {
  const open = useSettings((state) => state.dockOpen);
  const height = useSettings((state) => state.dockHeight);
  if (!open) return null;
  return (
    <div className={styles.dock} style={{ height: Math.min(height, window.innerHeight * 0.6) }}>
      <DockGrip height={height} />
      <Suspense fallback={null}>
        <Dock />
      </Suspense>
    </div>
  );
}
