import type { Fleet } from '#shared/fleet/schema.ts';
import {
  findPrimary,
  findSecondary,
  hostTitle,
  machineOf,
  virtualSubsystemTitle,
} from '#shared/fleet/selectors.ts';
import { draftProblems, type VirtualSubsystemDraft } from '#shared/virtual-subsystem/life-cycle/draft.ts';
import type { SubsystemDeletion } from '#shared/virtual-subsystem/life-cycle/journal.ts';
import { type LifeCycleState, lifeCycleStates } from '#shared/virtual-subsystem/life-cycle/life-cycle.ts';
import { subsystemProblems } from '#shared/virtual-subsystem/subsystem-problems.ts';
import { hasEveryWord, searchWords } from '../../ui/search-words.ts';
import { entryKey } from '../chosen-subsystem.ts';
import type { SubsystemGroup } from '../subsystem-groups.ts';

/** What an entry of the list stands for. */
export type EntrySubject =
  | { readonly kind: 'existing'; readonly group: SubsystemGroup }
  | { readonly kind: 'draft'; readonly draft: VirtualSubsystemDraft }
  | { readonly kind: 'deleted'; readonly deletion: SubsystemDeletion };

/** One line of the list: a virtual NQN wherever it exists, a draft, or a deleted one. */
export interface ListEntry {
  /** See `entryKey`. */
  readonly key: string;
  readonly subject: EntrySubject;
  /** Empty for a draft without a name. */
  readonly nqn: string;
  readonly name: string;
  /** Its states, with the hosts on which it is in each. */
  readonly states: readonly { readonly state: LifeCycleState; readonly hosts: readonly string[] }[];
  readonly hosts: readonly string[];
  readonly memberCount: number;
  /** Names of the virtual machines that use it. */
  readonly machines: readonly string[];
  readonly problems: number;
}

/** What the list is ordered by. */
export type EntryOrder = 'name' | 'state' | 'host' | 'members';

/** Filter, order and grouping that the person chose. */
export interface ListView {
  readonly text: string;
  readonly state: LifeCycleState | 'any';
  readonly order: EntryOrder;
  /** One section for each host instead of one for all. */
  readonly byHost: boolean;
}

/** Entries under one title. */
export interface ListSection {
  readonly title: string;
  readonly entries: readonly ListEntry[];
}

/** Everything that can be listed, in no order. */
export function listEntries(
  fleet: Fleet,
  groups: readonly SubsystemGroup[],
  drafts: readonly VirtualSubsystemDraft[],
  deletions: readonly SubsystemDeletion[],
): readonly ListEntry[] {
  return [
    ...groups.map((group) => existingEntry(fleet, group)),
    ...drafts.map((draft) => draftEntry(fleet, draft)),
    ...deletions.map((deletion) => deletedEntry(fleet, deletion)),
  ];
}

/** One entry for all hosts: to a guest they are the same subsystem. */
function existingEntry(fleet: Fleet, group: SubsystemGroup): ListEntry {
  const { nqn, name, instances, memberCount } = group;
  const places = instances.map(({ subsystem }) => subsystem);
  const states = lifeCycleStates.flatMap((state) => {
    const hosts = instances.filter((one) => one.state === state).map((one) => one.subsystem.hostId);
    return hosts.length === 0 ? [] : [{ state, hosts: hosts.map((id) => hostTitle(fleet, id)) }];
  });
  const machines = places.flatMap(({ members }) =>
    members.flatMap(({ controllerId }) => {
      const secondary = findSecondary(fleet, controllerId);
      return (secondary && machineOf(fleet, secondary)?.name) ?? [];
    }),
  );
  return {
    key: entryKey.existing(nqn),
    subject: { kind: 'existing', group },
    ...{ nqn, name, states, memberCount },
    hosts: [...new Set(places.map(({ hostId }) => hostTitle(fleet, hostId)))],
    machines: [...new Set(machines)],
    problems: subsystemProblems(fleet, places).length,
  };
}

function draftEntry(fleet: Fleet, draft: VirtualSubsystemDraft): ListEntry {
  const primary = draft.primaryId === null ? undefined : findPrimary(fleet, draft.primaryId);
  const hosts = primary === undefined ? [] : [hostTitle(fleet, primary.hostId)];
  return {
    key: entryKey.draft(draft.id),
    subject: { kind: 'draft', draft },
    nqn: draft.nqn,
    name: virtualSubsystemTitle(draft) || 'unnamed',
    states: [{ state: 'draft', hosts }],
    hosts,
    memberCount: draft.members.length,
    machines: [],
    problems: draftProblems(fleet, draft).length,
  };
}

function deletedEntry(fleet: Fleet, deletion: SubsystemDeletion): ListEntry {
  const hosts = [hostTitle(fleet, deletion.hostId)];
  return {
    key: entryKey.deleted(deletion.primaryId, deletion.nqn),
    subject: { kind: 'deleted', deletion },
    nqn: deletion.nqn,
    name: virtualSubsystemTitle(deletion),
    states: [{ state: 'deleted', hosts }],
    ...{ hosts, memberCount: 0, machines: [], problems: 0 },
  };
}

/** The entries as the person wants to see them; empty sections are left out. */
export function listSections(entries: readonly ListEntry[], view: ListView): readonly ListSection[] {
  const shown = entries.filter((entry) => matches(entry, view)).sort(comparing(view.order));
  const of = (kind: EntrySubject['kind']) => shown.filter(({ subject }) => subject.kind === kind);
  const existing = of('existing');
  const hosts = [...new Set(existing.flatMap((entry) => entry.hosts))].sort();
  return [
    ...(view.byHost
      ? hosts.map((host) => ({
          title: host,
          entries: existing.filter((entry) => entry.hosts.includes(host)),
        }))
      : [{ title: 'On devices', entries: existing }]),
    { title: 'Drafts', entries: of('draft') },
    { title: 'Deleted', entries: of('deleted') },
  ].filter((section) => section.entries.length > 0);
}

function matches(entry: ListEntry, { text, state }: ListView): boolean {
  if (state !== 'any' && !entry.states.some((one) => one.state === state)) return false;
  const states = entry.states.map((one) => one.state);
  return hasEveryWord([entry.nqn, ...entry.hosts, ...entry.machines, ...states].join(' '), searchWords(text));
}

/** Ties always go by name, then by NQN: the order is total, so that entries never swap by themselves. */
function comparing(order: EntryOrder): (a: ListEntry, b: ListEntry) => number {
  const byName = (a: ListEntry, b: ListEntry) =>
    a.name.localeCompare(b.name, 'en', { numeric: true }) || a.nqn.localeCompare(b.nqn);
  const rank = ({ states }: ListEntry) => Math.min(...states.map(({ state }) => byActivity.indexOf(state)));
  switch (order) {
    case 'name':
      return byName;
    case 'state':
      return (a, b) => rank(a) - rank(b) || byName(a, b);
    case 'host':
      return (a, b) => a.hosts.join().localeCompare(b.hosts.join()) || byName(a, b);
    case 'members':
      return (a, b) => b.memberCount - a.memberCount || byName(a, b);
  }
}

/** The most active state first. */
const byActivity: readonly LifeCycleState[] = [
  'migrating',
  'in use',
  'prepared',
  'created',
  'empty',
  'draft',
  'deleted',
];
