import { create } from 'zustand';
import { goTo } from '../navigation.ts';

interface ChosenSubsystem {
  /** Key of the list entry that is shown, see `entryKey`; kept while another screen shows. */
  readonly key: string | null;
}

/** The entry of the list whose details show. */
export const useChosenSubsystem = create<ChosenSubsystem>(() => ({ key: null }));

/** Keys of list entries: what exists goes by its virtual NQN. */
export const entryKey = {
  existing: (nqn: string) => `nqn ${nqn}`,
  draft: (id: string) => `draft ${id}`,
  deleted: (primaryId: string, nqn: string) => `deleted ${primaryId} ${nqn}`,
} as const;

/** Shows the details of an entry, named by `entryKey`. */
export function chooseEntry(key: string): void {
  useChosenSubsystem.setState({ key });
}

/** Shows a virtual subsystem on its screen. */
export function showSubsystem(nqn: string): void {
  chooseEntry(entryKey.existing(nqn));
  goTo('virtual-subsystems');
}
