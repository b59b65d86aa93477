import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import { type LifeCycleState, lifeCycleStates } from '#shared/virtual-subsystem/life-cycle/life-cycle.ts';
import { hintWords } from '../../carry/carry.ts';
import { useCarry } from '../../carry/carry-store.ts';
import { SectionLabel } from '../../ui/content/small.tsx';
import { Button } from '../../ui/controls/button.tsx';
import { Select } from '../../ui/controls/form.tsx';
import { SegmentedControl } from '../../ui/controls/segmented-control.tsx';
import { TextInput } from '../../ui/controls/text-input.tsx';
import { chooseEntry } from '../chosen-subsystem.ts';
import { dropAttributes, dropOption } from '../details/drop-option.ts';
import { LifeCycleTag } from '../life-cycle-tag.tsx';
import { type EntryOrder, type ListEntry, type ListView, listSections } from './list-entries.ts';
import styles from './subsystem-list.module.css';

const stateOptions: readonly { readonly value: LifeCycleState | 'any'; readonly label: string }[] = [
  { value: 'any', label: 'Every state' },
  ...lifeCycleStates.map((state) => ({ value: state, label: state })),
];
const orderOptions: readonly { readonly value: EntryOrder; readonly label: string }[] = [
  { value: 'name', label: 'By name' },
  { value: 'state', label: 'By state' },
  { value: 'host', label: 'By host' },
  { value: 'members', label: 'By members' },
];
/** Deleted ones that show before the rest is asked for. */
const deletedAtFirst = 3;

/** The list over all hosts: what is on devices, drafts, and what was deleted; filtered, ordered, grouped. */
export function SubsystemList({
  entries,
  tints,
  chosenKey,
}: {
  readonly entries: readonly ListEntry[];
  /** By virtual NQN, 1-6. */
  readonly tints: ReadonlyMap<string, number>;
  readonly chosenKey: string | null;
}) {
  const [view, setView] = useState<ListView>({ text: '', state: 'any', order: 'name', byHost: false });
  const set = (patch: Partial<ListView>) => setView((before) => ({ ...before, ...patch }));
  const [all, setAll] = useState(false);
  const sections = listSections(entries, view);
  // What a person looks for by filter must not be hidden.
  const folds = !all && view.state === 'any' && view.text === '';
  return (
    <>
      <div className={styles.listTools}>
        <TextInput
          aria-label="Filter virtual subsystems"
          placeholder="Filter: NQN, host, VM, state…"
          value={view.text}
          onChange={(text) => set({ text })}
        />
        <div className={styles.listSelects}>
          <Select
            label="State"
            value={view.state}
            options={stateOptions}
            onChange={(state) => set({ state })}
          />
          <Select
            label="Order"
            value={view.order}
            options={orderOptions}
            onChange={(order) => set({ order })}
          />
        </div>
        <SegmentedControl
          label="Group by"
          value={view.byHost ? 'host' : 'nqn'}
          segments={[
            { value: 'nqn', label: 'One row per NQN' },
            { value: 'host', label: 'Per host' },
          ]}
          onChange={(by) => set({ byHost: by === 'host' })}
        />
      </div>
      {sections.map(({ title, entries: listed }) => {
        const shown = title === 'Deleted' && folds ? listed.slice(0, deletedAtFirst) : listed;
        return (
          <section key={title} className={styles.listSection} aria-label={title}>
            <SectionLabel aside={listed.length}>{title}</SectionLabel>
            <ul className={styles.items}>
              {shown.map((entry) => (
                <li key={entry.key}>
                  <Item
                    entry={entry}
                    tint={entry.subject.kind === 'existing' ? (tints.get(entry.nqn) ?? 1) : null}
                    chosen={entry.key === chosenKey}
                  />
                </li>
              ))}
            </ul>
            {shown.length < listed.length ? (
              <Button kind="link" onClick={() => setAll(true)}>
                {listed.length - shown.length} more
              </Button>
            ) : null}
          </section>
        );
      })}
      {sections.length === 0 ? <p className="mute">No virtual subsystem matches the filter.</p> : null}
    </>
  );
}

function Item({
  entry,
  tint,
  chosen,
}: {
  readonly entry: ListEntry;
  readonly tint: number | null;
  readonly chosen: boolean;
}) {
  const carry = useCarry((state) => state.carry);
  const option = entry.subject.kind === 'existing' ? dropOption(carry, entry.subject.group) : null;
  return (
    <button
      {...dropAttributes(carry, option)}
      type="button"
      className={styles.item}
      style={{ borderLeftColor: tint === null ? 'var(--line2)' : `var(--vs${tint})` }}
      data-kind={entry.subject.kind}
      aria-current={chosen ? 'true' : undefined}
      onClick={() => chooseEntry(entry.key)}
    >
      <span className={styles.itemTitle}>{entry.name}</span>
      <span className={styles.itemMeta}>
        {countWords(entry.memberCount, 'controller')}
        {entry.hosts.length === 0 ? '' : ` · ${entry.hosts.join(', ')}`}
      </span>
      <span className={styles.itemNqn}>{entry.nqn === '' ? 'no NQN yet' : entry.nqn}</span>
      <span className={styles.itemStates}>
        {entry.states.map(({ state, hosts }) => (
          <LifeCycleTag
            key={state}
            state={state}
            {...(entry.states.length > 1 ? { host: hosts.join(', ') } : {})}
          />
        ))}
        {entry.machines.length === 0 ? null : <span className="mute">{entry.machines.join(', ')}</span>}
        {entry.problems === 0 ? null : (
          <span className={styles.problemWord}>⚠ {countWords(entry.problems, 'problem')}</span>
        )}
      </span>
      {option === null ? null : (
        <span className={styles.dropHint} data-allowed={option.verdict.allowed}>
          {hintWords(option)}
        </span>
      )}
    </button>
  );
}
