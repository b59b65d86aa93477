import { useMemo, useRef, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { isActive } from '#shared/procedure/run/is-active.ts';
import { selectRuns, useRuns } from '../../fleet-mirror/runs-store.ts';
import { useNavigation } from '../../navigation.ts';
import { useThrottled } from '../../ui/use-throttled.ts';
import { type Activity, activityKey, activityOf, noActivity } from '../activity.ts';
import { type CellAppearances, cellAppearances, refreshAppearances } from '../cell-appearance.ts';
import { secondaryFilter } from '../filter.ts';
import { layoutFleet } from './layout.ts';
import { sameStructure } from './same-structure.ts';
import { type Scene, samePlaces } from './scene.ts';

const activityMilliseconds = 100;

/** The scene, how its cells look, and what moves on the hosts. */
export interface SceneState {
  readonly scene: Scene;
  readonly appearances: CellAppearances;
  readonly activity: Activity;
  /** Shows every cell of a primary. */
  readonly expand: (primaryId: string) => void;
}

/**
 * The scene of a fleet, kept as the same object while no place changes: the canvas then repaints cells only, and the
 * accessible tree keeps its elements.
 */
export function useScene(fleet: Fleet): SceneState {
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const { filter, search, selection } = useNavigation(
    useShallow((state) => ({ filter: state.filter, search: state.search, selection: state.selection })),
  );
  // The last scene with the fleet that it shows and the choices (`extra`) that it was laid out for.
  const previous = useRef<{ fleet: Fleet; scene: Scene; extra: readonly unknown[] } | null>(null);
  const scene = useMemo(() => {
    const before = previous.current?.fleet.source.name === fleet.source.name ? previous.current : null;
    const last = before?.scene ?? null;
    const extra = [expanded, selection];
    // A person asked for another layout: nothing may be skipped.
    const asked = before === null || extra.some((part, index) => part !== before.extra[index]);
    if (before !== null && !asked && sameStructure(before.fleet, fleet, before.scene)) {
      previous.current = { ...before, fleet };
      return before.scene;
    }
    const shown = new Map(last?.shown);
    for (const id of expanded) shown.set(id, Number.POSITIVE_INFINITY);
    for (const id of selection) showHidden(fleet, shown, last, id);
    const next = layoutFleet(fleet, shown);
    const kept = last !== null && samePlaces(last, next) ? last : next;
    previous.current = { fleet, scene: kept, extra };
    return kept;
  }, [fleet, expanded, selection]);
  // Kept with all that it depends on, so that a change of the fleet costs only the cells that changed.
  const lastAppearances = useRef<{
    fleet: Fleet;
    scene: Scene;
    filter: string;
    appearances: CellAppearances;
  } | null>(null);
  const appearances = useMemo(() => {
    const before = lastAppearances.current;
    const key = `${filter}\n${search}`;
    const next =
      before !== null && before.scene === scene && before.filter === key && key === 'all\n'
        ? refreshAppearances(before.appearances, before.fleet, fleet, scene.cells)
        : cellAppearances(fleet, scene.cells, secondaryFilter(fleet, filter, search));
    lastAppearances.current = { fleet, scene, filter: key, appearances: next };
    return next;
  }, [fleet, scene, filter, search]);
  const activity = useActivity(fleet);
  const expand = (primaryId: string) => setExpanded((before) => new Set([...before, primaryId]));
  return { scene, appearances, activity, expand };
}

/** What moves, at most ten times a second, and as the same object while it looks the same. */
function useActivity(fleet: Fleet): Activity {
  const moving = useRuns(
    useShallow((state) => selectRuns(state, (run) => isActive(run) && run.migration !== null)),
  );
  const runs = useThrottled(moving, activityMilliseconds);
  const last = useRef(noActivity);
  return useMemo(() => {
    const next = runs.length === 0 ? noActivity : activityOf(fleet, runs);
    if (activityKey(next) !== activityKey(last.current)) last.current = next;
    return last.current;
  }, [fleet, runs]);
}

/** A selected secondary that is hidden in a collapsed group makes its primary show all. */
function showHidden(fleet: Fleet, shown: Map<string, number>, last: Scene | null, id: string): void {
  const secondary = findSecondary(fleet, id);
  if (secondary === undefined || last === null || last.cells.indexOf.has(id)) return;
  shown.set(secondary.primaryId, Number.POSITIVE_INFINITY);
}
