import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { Checkbox } from '../ui/controls/form.tsx';
import { formatCapacity } from '../ui/format.ts';
import { IntentDialog } from './intent-dialog.tsx';

/** Which namespaces of its subsystem a controller is attached to. */
export function NamespacesDialog({
  fleet,
  controllerId,
}: {
  readonly fleet: Fleet;
  readonly controllerId: string;
}) {
  const controller = fleet.controllers[controllerId];
  const [nsids, setNsids] = useState<readonly number[]>(controller?.attachedNamespaces ?? []);
  if (controller === undefined) return null;
  const namespaces = Object.values(fleet.namespaces)
    .filter((namespace) => namespace.subsystemId === controller.subsystemId)
    .sort((left, right) => left.nsid - right.nsid);
  // Sets are compared: attaching and detaching again is no change.
  const same =
    nsids.length === controller.attachedNamespaces.length &&
    nsids.every((nsid) => controller.attachedNamespaces.includes(nsid));
  const toggle = (nsid: number, attached: boolean) =>
    setNsids((before) =>
      attached ? [...before, nsid].sort((a, b) => a - b) : before.filter((other) => other !== nsid),
    );
  return (
    <IntentDialog
      title={`Namespaces of ${controllerFullTitle(fleet, controller)}`}
      description="A private namespace can be attached to one controller only."
      intent={same ? null : { kind: 'set-namespaces', controllerId, nsids: [...nsids] }}
      missing="These namespaces are already attached."
    >
      {namespaces.length === 0 ? <p className="mute">Its NVM subsystem has no namespace.</p> : null}
      {namespaces.map((namespace) => {
        // A private namespace can be attached to one controller at a time.
        const others = namespace.attachedTo.filter((id) => id !== controllerId).length;
        const taken = !namespace.shared && others > 0 && !nsids.includes(namespace.nsid);
        return (
          <Checkbox
            key={namespace.id}
            checked={nsids.includes(namespace.nsid)}
            disabled={taken}
            onChange={(checked) => toggle(namespace.nsid, checked)}
          >
            <b>Namespace {namespace.nsid}</b>{' '}
            <span className="mute">
              {formatCapacity(namespace.sizeBytes)} · {namespace.shared ? 'shared' : 'private'}
              {taken ? ' · attached to another controller; detach it there first' : ''}
            </span>
          </Checkbox>
        );
      })}
    </IntentDialog>
  );
}
