import { useLayoutEffect } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { type NavigationState, select, useNavigation } from '../navigation.ts';
import { announce } from '../ui/overlays/announcer.tsx';
import { secondaryFilter } from './filter.ts';

/**
 * What of a selection the filter and the text let through. They hide secondary controllers only; everything else stays
 * selected.
 */
export function withinFilter(
  fleet: Fleet,
  { selection, filter, search }: Pick<NavigationState, 'selection' | 'filter' | 'search'>,
): readonly string[] {
  if (selection.length === 0) return selection;
  const passes = secondaryFilter(fleet, filter, search);
  if (passes === null) return selection;
  const shown = selection.filter((id) => {
    const secondary = findSecondary(fleet, id);
    return secondary === undefined || passes(secondary);
  });
  return shown.length === selection.length ? selection : shown;
}

/**
 * Takes out of the selection what the filter hides, now and when the fleet changes under it: no action may reach what a
 * person does not see. A layout effect, so that no key comes between.
 */
export function useSelectionWithinFilter(fleet: Fleet): void {
  const filter = useNavigation((state) => state.filter);
  const search = useNavigation((state) => state.search);
  const selection = useNavigation((state) => state.selection);
  useLayoutEffect(() => {
    const shown = withinFilter(fleet, { selection, filter, search });
    if (shown === selection) return;
    select(shown);
    announce(
      `The filter hides ${countWords(selection.length - shown.length, 'selected controller')}, no longer selected. ` +
        `${countWords(shown.length, 'object')} left in the selection.`,
    );
  }, [fleet, filter, search, selection]);
}
