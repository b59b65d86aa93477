import { useMemo, useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { cntlidWords, hostTitle, virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import { objectActions } from '../actions/object-actions.tsx';
import { useNavigation } from '../navigation.ts';
import { cellState } from '../topology/cell-appearance.ts';
import { StateMark } from '../topology/state-mark.tsx';
import { Tag } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import { type TabDefinition, Tabs } from '../ui/controls/tabs.tsx';
import { ControllerOverview, controllerHead } from './controller-overview.tsx';
import { Facts } from './facts.tsx';
import { GuestView } from './guest-view.tsx';
import { HistoryTab } from './history-tab.tsx';
import styles from './inspector.module.css';
import {
  HostOverview,
  MachineOverview,
  NamespaceOverview,
  VirtualSubsystemOverview,
} from './object-overview.tsx';
import { StateTab } from './state-tab.tsx';

/** A tab that the next selection has too stays open; otherwise its overview shows. */
type TabId = 'overview' | 'guest' | 'state' | 'history';

/** Details of the selection and what can be done with it. */
export function Inspector({ fleet }: { readonly fleet: Fleet }) {
  const selection = useNavigation((state) => state.selection);
  const [tab, setTab] = useState<TabId>('overview');
  const id = selection.at(-1);
  const view = id === undefined ? null : viewOf(fleet, id);
  if (id === undefined || view === null)
    return (
      <div className={styles.empty}>
        <p>Select a controller, virtual subsystem, VM, namespace or host to see its details here.</p>
      </div>
    );
  const tabs = view.tabs;
  const current = tabs.some(({ value }) => value === tab) ? tab : 'overview';
  return (
    <div className={styles.inspector}>
      <div className={styles.head}>
        <h2 className={styles.title}>
          {view.mark}
          {view.title}
          {view.tag === '' ? null : <Tag>{view.tag}</Tag>}
        </h2>
        <div className={styles.place}>
          {selection.length > 1
            ? `${countWords(selection.length, 'object')} selected; this is the last one · `
            : ''}
          {view.place}
        </div>
      </div>
      <Tabs
        label="Inspector"
        value={current}
        onChange={setTab}
        tabs={tabs}
        className={styles.tabs}
        listClassName={styles.tabList}
        panelClassName={styles.panel}
      />
      <Actions fleet={fleet} ids={selection} />
    </div>
  );
}

/** What the inspector shows of an object, whatever its kind. */
interface View {
  /** Shape of the state, for a secondary controller. */
  readonly mark: React.ReactNode;
  readonly title: string;
  /** A word beside the title; empty: none. */
  readonly tag: string;
  /** Where it is: below the title, unframed. */
  readonly place: string;
  readonly tabs: readonly TabDefinition<TabId>[];
}

/** The view of any object of the fleet; null when the id is of none, as after a fleet was replaced. */
function viewOf(fleet: Fleet, id: string): View | null {
  const overview = (content: React.ReactNode): TabDefinition<TabId> => ({
    value: 'overview',
    label: 'Overview',
    content,
  });
  const history: TabDefinition<TabId> = {
    value: 'history',
    label: 'History',
    content: <HistoryTab id={id} />,
  };
  const simple = (title: string, tag: string, place: string, content: React.ReactNode): View => ({
    mark: null,
    title,
    tag,
    place,
    tabs: [overview(content), history],
  });
  const controller = fleet.controllers[id];
  if (controller !== undefined) {
    const secondary = controller.role === 'secondary' ? controller : null;
    return {
      ...controllerHead(fleet, controller),
      mark: secondary === null ? null : <StateMark state={cellState(fleet, secondary)} />,
      tag: cntlidWords(controller),
      tabs: [
        overview(<ControllerOverview key={id} fleet={fleet} controller={controller} />),
        ...(secondary === null
          ? []
          : [
              {
                value: 'guest' as const,
                label: 'Guest view',
                content: <GuestView key={id} secondary={secondary} identityOnly={false} />,
              },
            ]),
        { value: 'state', label: 'State', content: <StateTab controller={controller} /> },
        history,
      ],
    };
  }
  const host = fleet.hosts[id];
  if (host !== undefined)
    return simple(`Host ${host.name}`, host.kind, host.kernel, <HostOverview fleet={fleet} host={host} />);
  const machine = fleet.virtualMachines[id];
  if (machine !== undefined)
    return simple(
      `VM ${machine.name}`,
      machine.state,
      hostTitle(fleet, machine.hostId),
      <MachineOverview fleet={fleet} machine={machine} />,
    );
  const virtual = fleet.virtualSubsystems[id];
  if (virtual !== undefined)
    return simple(
      virtualSubsystemTitle(virtual),
      countWords(virtual.members.length, 'controller'),
      `Virtual subsystem on ${hostTitle(fleet, virtual.hostId)}`,
      <VirtualSubsystemOverview fleet={fleet} virtual={virtual} />,
    );
  const namespace = fleet.namespaces[id];
  if (namespace !== undefined)
    return simple(
      `Namespace ${namespace.nsid}`,
      namespace.shared ? 'shared' : 'private',
      'NVM subsystem namespace',
      <NamespaceOverview fleet={fleet} namespace={namespace} />,
    );
  const subsystem = fleet.subsystems[id];
  if (subsystem === undefined) return null;
  const rows = [{ name: 'NQN', value: subsystem.nqn, mono: true, copy: subsystem.nqn }];
  return simple('NVM subsystem', '', '', <Facts label="Overview" rows={rows} />);
}

/**
 * Everything that can be done with the selection. What cannot be done now stays, and the first reason is said below.
 */
function Actions({ fleet, ids }: { readonly fleet: Fleet; readonly ids: readonly string[] }) {
  const actions = useMemo(() => objectActions(fleet, ids), [fleet, ids]);
  const reasons = [...new Set(actions.flatMap(({ unavailable }) => unavailable ?? []))];
  return (
    <div className={styles.actions}>
      {actions.map((action) => (
        <Button
          key={action.id}
          size="small"
          kind={action.danger ? 'danger' : 'normal'}
          unavailable={action.unavailable ?? false}
          onClick={action.run}
        >
          {action.label}
        </Button>
      ))}
      {actions.some(({ onlyLast }) => onlyLast) ? (
        <p className={styles.reasons}>
          Actions marked “only” change one object at a time and leave the other{' '}
          {(ids.length - 1).toLocaleString('en-US')} as they are.
        </p>
      ) : null}
      {reasons.length === 0 || actions.every(({ unavailable }) => unavailable === null) ? null : (
        <p className={styles.reasons}>{reasons[0]}</p>
      )}
    </div>
  );
}
