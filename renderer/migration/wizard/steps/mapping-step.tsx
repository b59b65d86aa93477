import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import {
  controllerFullTitle,
  findSecondary,
  hexadecimalId,
  hostTitle,
  namespacesOf,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '#shared/fleet/selectors.ts';
import type { DeviceMapping } from '#shared/migration/request.ts';
import { Banner, ErrorNotice, LoadingState } from '../../../ui/content/states.tsx';
import { Button } from '../../../ui/controls/button.tsx';
import { Select } from '../../../ui/controls/form.tsx';
import { dispatch } from '../dispatch.ts';
import { DeviceChange } from '../mapping/device-change.tsx';
import { draggedType, FreeControllers } from '../mapping/free-controllers.tsx';
import { PoolBars } from '../mapping/pool-bars.tsx';
import styles from '../wizard.module.css';
import { requestOf, type WizardState } from '../wizard-state.ts';
import {
  destinationControllerOptions,
  isCopiedTo,
  namespaceLabel,
  namespaceOptions,
} from './mapping-options.ts';
import { StepPage } from './step-page.tsx';

/** Step 3: which secondary controller and namespaces take the place of each device. */
export function MappingStep({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  const { choice } = state;
  const [picked, setPicked] = useState<string | null>(null);
  const request = requestOf(state);
  if (choice.kind !== 'destination') return null;
  const { mapping, destinationHostId, virtualMachineId } = choice;
  const host = hostTitle(fleet, destinationHostId);
  return (
    <StepPage
      title={`Which controllers on ${host} take over?`}
      text="Proposed from what is free and fits; every line can be changed. The guest keeps its virtual ids."
    >
      {mapping.kind === 'proposing' ? (
        <LoadingState>Looking for free secondary controllers…</LoadingState>
      ) : null}
      {mapping.kind === 'failed' ? (
        <ErrorNotice
          error={mapping.error}
          title="No mapping could be proposed"
          onRetry={() => dispatch({ kind: 'choose-destination', hostId: destinationHostId })}
        />
      ) : null}
      {mapping.kind === 'ready' ? (
        <>
          {mapping.unmapped.length === 0 ? null : (
            <Banner
              tone="error"
              title="Not every device has a destination"
              lines={[
                'Choose a secondary controller for each, or free one on the destination first.',
                ...(mapping.devices.length === 0
                  ? ['The checks run once at least one device is mapped.']
                  : []),
              ]}
            />
          )}
          {request === null ? null : <PoolBars fleet={fleet} request={request} />}
          <FreeControllers
            fleet={fleet}
            hostId={destinationHostId}
            devices={mapping.devices}
            picked={picked}
            onPick={setPicked}
          />
          {deviceIds(fleet, virtualMachineId, mapping.devices, mapping.unmapped).map((sourceId) => (
            <DeviceCard
              key={sourceId}
              fleet={fleet}
              hostId={destinationHostId}
              sourceId={sourceId}
              devices={mapping.devices}
              picked={picked}
              onPut={(destinationId) => {
                dispatch({ kind: 'map-device', sourceId, destinationId });
                setPicked(null);
              }}
            />
          ))}
        </>
      ) : null}
    </StepPage>
  );
}

/** All devices in the order of the virtual machine, so that mapping one never moves the lines. */
function deviceIds(
  fleet: Fleet,
  virtualMachineId: string,
  devices: readonly DeviceMapping[],
  unmapped: readonly string[],
): readonly string[] {
  const order = fleet.virtualMachines[virtualMachineId]?.deviceIds ?? [];
  const known = new Set([...devices.map((device) => device.sourceId), ...unmapped]);
  return [...order.filter((id) => known.has(id)), ...[...known].filter((id) => !order.includes(id))];
}

/** One device with its destination and, below it, a line for each of its namespaces. */
function DeviceCard({
  fleet,
  hostId,
  sourceId,
  devices,
  picked,
  onPut,
}: {
  readonly fleet: Fleet;
  readonly hostId: string;
  readonly sourceId: string;
  readonly devices: readonly DeviceMapping[];
  /** Id of the controller that was picked up; null: none. */
  readonly picked: string | null;
  readonly onPut: (destinationId: string) => void;
}) {
  const source = findSecondary(fleet, sourceId);
  const mapped = devices.find((device) => device.sourceId === sourceId);
  if (source === undefined) {
    return (
      <Banner
        tone="error"
        title={`${sourceId} is no longer in the fleet`}
        lines={['Choose the source again.']}
      />
    );
  }
  const title = controllerFullTitle(fleet, source);
  return (
    <section
      className={styles.device}
      aria-label={`Mapping of ${title}`}
      onDragOver={(event) => {
        if (event.dataTransfer.types.includes(draggedType)) event.preventDefault();
      }}
      onDrop={(event) => {
        const dropped = event.dataTransfer.getData(draggedType);
        if (dropped === '') return;
        event.preventDefault();
        onPut(dropped);
      }}
    >
      <div className={styles.deviceSource}>
        <strong>{title}</strong>
        <span className="mute">{sourceWords(fleet, source)}</span>
      </div>
      <ArrowRight size={16} aria-hidden className="mute" />
      <Select
        label={`Destination of ${title}`}
        value={mapped?.destinationId ?? null}
        placeholder="Choose a secondary controller…"
        options={destinationControllerOptions(fleet, hostId, devices, sourceId)}
        onChange={(destinationId) => dispatch({ kind: 'map-device', sourceId, destinationId })}
      />
      {picked === null ? null : (
        <Button size="small" aria-label={`Put here: ${title}`} onClick={() => onPut(picked)}>
          Put here
        </Button>
      )}
      {mapped === undefined ? null : <DeviceChange fleet={fleet} source={source} mapped={mapped} />}
      {mapped === undefined ? null : <Namespaces fleet={fleet} source={source} mapped={mapped} />}
    </section>
  );
}

function Namespaces({
  fleet,
  source,
  mapped,
}: {
  readonly fleet: Fleet;
  readonly source: SecondaryController;
  readonly mapped: DeviceMapping;
}) {
  const namespaces = namespacesOf(fleet, source);
  if (namespaces.length === 0) {
    return (
      <>
        <span className={styles.deviceSource}>
          <span className="mute">no namespace attached</span>
        </span>
        <span />
        <span />
      </>
    );
  }
  return namespaces.map((namespace) => {
    const pair = mapped.namespaces.find((one) => one.source === namespace.nsid);
    const options = namespaceOptions(fleet, mapped.destinationId, namespace);
    const note = options.find(({ value }) => value === String(pair?.destination))?.note;
    return (
      <div key={namespace.nsid} className={styles.namespaceRow}>
        <span className={styles.namespaceSource}>
          <span className="mono">{namespaceLabel(namespace)}</span>
          {note === undefined ? null : <span className="mute"> · {note}</span>}
        </span>
        <ArrowRight size={14} aria-hidden className="mute" />
        <Select
          label={`Namespace for n${namespace.nsid} of ${controllerFullTitle(fleet, source)}`}
          value={pair === undefined ? 'none' : String(pair.destination)}
          options={options}
          onChange={(value) => {
            const destination = value === 'none' ? null : Number(value);
            dispatch({
              ...{ kind: 'map-namespace', sourceId: source.id, source: namespace.nsid, destination },
              copy: isCopiedTo(fleet, mapped.destinationId, namespace, destination),
            });
          }}
        />
      </div>
    );
  });
}

/** CNTLID, virtual id and resources: what the destination must match. */
function sourceWords(fleet: Fleet, source: SecondaryController): string {
  const subsystem = virtualSubsystemOf(fleet, source);
  return [
    hexadecimalId(source.cntlid),
    subsystem === undefined
      ? 'not in a virtual subsystem'
      : `virtual id ${source.virtualControllerId ?? '?'} in ${virtualSubsystemTitle(subsystem)}`,
    `${source.nvq} VQ ${source.nvi} VI`,
  ].join(' · ');
}
