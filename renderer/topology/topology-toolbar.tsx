import { useMemo, useRef } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { countFleet } from '#shared/fleet/selectors.ts';
import { useCommand } from '../commands/command-registry.ts';
import { changeSettings, useSettings } from '../fleet-mirror/settings-store.ts';
import { type TopologyFilter, useNavigation } from '../navigation.ts';
import { SegmentedControl } from '../ui/controls/segmented-control.tsx';
import { TextInput } from '../ui/controls/text-input.tsx';
import { useThrottled } from '../ui/use-throttled.ts';
import { fit, useCamera, zoomBy, zoomTo } from './scene/camera-store.ts';
import styles from './topology.module.css';

/** Graph or list, the filter that both share, the counts, and the zoom. */
export function TopologyToolbar({ fleet }: { readonly fleet: Fleet }) {
  const view = useSettings((state) => state.topologyView);
  const filter = useNavigation((state) => state.filter);
  const search = useNavigation((state) => state.search);
  const input = useRef<HTMLInputElement>(null);
  // Counting ten thousand controllers five times a second is enough for a person and cheap enough for the page.
  const shown = useThrottled(fleet, 200);
  const counts = useMemo(() => countFleet(shown), [shown]);
  useCommand('filter', () => input.current?.focus());
  return (
    <div className={styles.tools}>
      <SegmentedControl
        label="View"
        value={view}
        segments={[
          { value: 'graph', label: 'Graph' },
          { value: 'list', label: 'List' },
        ]}
        onChange={(topologyView) => void changeSettings({ topologyView })}
      />
      <SegmentedControl<TopologyFilter>
        label="Filter"
        value={filter}
        segments={[
          { value: 'all', label: 'All' },
          { value: 'unassigned', label: `Unassigned ${counts.unassigned}` },
          { value: 'offline', label: `Offline ${counts.offline}` },
          { value: 'migrating', label: `Migrating ${counts.migrating}` },
        ]}
        onChange={(next) => useNavigation.setState({ filter: next })}
      />
      <TextInput
        ref={input}
        className={styles.find}
        type="search"
        aria-label="Filter by text"
        placeholder="Filter…"
        value={search}
        onChange={(next) => useNavigation.setState({ search: next })}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          useNavigation.setState({ search: '' });
          event.currentTarget.blur();
        }}
      />
      <span className={styles.counts} title={countsText(counts)}>
        {countsText(counts)}
      </span>
      {view === 'graph' ? <ZoomControl /> : null}
    </div>
  );
}

function countsText(counts: ReturnType<typeof countFleet>): string {
  return [
    countWords(counts.hosts, 'host'),
    `${counts.primaries} primary`,
    `${counts.secondaries} secondary`,
    countWords(counts.virtualSubsystems, 'virtual subsystem'),
  ].join(' · ');
}

/** The commands of the zoom exist only while there is a graph to zoom. */
function ZoomControl() {
  const percent = useCamera((state) => Math.round(state.camera.zoom * 100));
  useCommand('zoom-in', () => zoomBy(1.25));
  useCommand('zoom-out', () => zoomBy(0.8));
  useCommand('zoom-reset', () => zoomTo(1));
  useCommand('fit', fit);
  return (
    <fieldset className={styles.zoom} aria-label="Zoom">
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoomBy(0.8)}>
        −
      </button>
      <button
        type="button"
        aria-label={`Zoom ${percent} %, reset to 100 %`}
        title="100 % (Ctrl+0)"
        onClick={() => zoomTo(1)}
      >
        {percent}%
      </button>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoomBy(1.25)}>
        +
      </button>
      <button type="button" title="Fit everything (Ctrl+9)" onClick={fit}>
        Fit
      </button>
    </fieldset>
  );
}
