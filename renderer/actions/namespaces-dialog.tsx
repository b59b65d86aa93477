import { useState } from 'react';
import type { Namespace } from '#shared/fleet/schema.ts';
import { Checkbox } from '../ui/controls/form.tsx';
import { formatCapacity } from '../ui/format.ts';
import { type ChosenControllers, IntentDialog } from './intent-dialog.tsx';
import { chosenTitle } from './whole-selection.ts';

/**
 * Which namespaces controllers of one NVM subsystem are attached to. What is not touched stays as each of them has it.
 */
export function NamespacesDialog({ fleet, controllerIds, left }: ChosenControllers) {
  // By NSID: what the person wants of all of them.
  const [wishes, setWishes] = useState<ReadonlyMap<number, boolean>>(new Map());
  const controllers = controllerIds.flatMap((id) => fleet.controllers[id] ?? []);
  const [first] = controllers;
  if (first === undefined) return null;
  const namespaces = Object.values(fleet.namespaces)
    .filter((namespace) => namespace.subsystemId === first.subsystemId)
    .sort((one, other) => one.nsid - other.nsid);
  const reachedBy = (nsid: number) =>
    controllers.filter(({ attachedNamespaces }) => attachedNamespaces.includes(nsid)).length;
  const wanted = (attached: boolean) =>
    [...wishes].flatMap(([nsid, wish]) =>
      wish === attached && reachedBy(nsid) !== (attached ? controllers.length : 0) ? nsid : [],
    );
  const [attach, detach] = [wanted(true), wanted(false)];
  return (
    <IntentDialog
      title={`Namespaces of ${chosenTitle(fleet, controllerIds)}`}
      description="A private namespace can be attached to one controller only."
      intent={
        attach.length + detach.length === 0
          ? null
          : { kind: 'set-namespaces', controllerIds: [...controllerIds], attach, detach }
      }
      missing="Nothing is changed yet."
      left={left}
    >
      {namespaces.length === 0 ? <p className="mute">Its NVM subsystem has no namespace.</p> : null}
      {namespaces.map((namespace) => {
        const { nsid } = namespace;
        const reached = reachedBy(nsid);
        const wish = wishes.get(nsid);
        const mixed = wish === undefined && reached > 0 && reached < controllers.length;
        const note = takenWords(namespace, controllerIds, reached);
        return (
          <Checkbox
            key={namespace.id}
            checked={wish ?? (reached > 0 && !mixed)}
            mixed={mixed}
            disabled={note !== '' && reached === 0}
            onChange={(checked) => setWishes((before) => new Map(before).set(nsid, checked))}
          >
            <b>Namespace {nsid}</b>{' '}
            <span className="mute">
              {formatCapacity(namespace.sizeBytes)} · {namespace.shared ? 'shared' : 'private'}
              {mixed ? ` · attached to ${reached} of ${controllers.length}` : ''}
              {note}
            </span>
          </Checkbox>
        );
      })}
    </IntentDialog>
  );
}

/** Why a private namespace cannot be attached to all of them; empty: it can. */
function takenWords(namespace: Namespace, controllerIds: readonly string[], reached: number): string {
  if (namespace.shared) return '';
  const chosen = new Set(controllerIds);
  // A private namespace can be attached to one controller at a time.
  if (namespace.attachedTo.some((id) => !chosen.has(id)))
    return ' · attached to another controller; detach it there first';
  return controllerIds.length > 1 && reached < controllerIds.length ? ' · only one of them can have it' : '';
}
