import { useState } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import type { ResponseOf } from '#shared/ipc/contract.ts';
import { simulatedTimeWords } from '#shared/simulation/clock-words.ts';
import { faultCommandWords, faultEffectWords, faultMetWords } from '#shared/simulation/fault-words.ts';
import { closeDialog } from '../actions/shown-dialog.ts';
import { client } from '../bridge/client.ts';
import { useRequest } from '../bridge/use-request.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { ScrollRegion } from '../ui/content/scroll-region.tsx';
import { Card, Tag } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import { SegmentedControl } from '../ui/controls/segmented-control.tsx';
import { Dialog } from '../ui/overlays/dialog.tsx';
import { notifyError } from '../ui/overlays/notices.ts';
import { CommandFaultFields } from './command-fault-fields.tsx';
import { DeviceFaultFields } from './device-fault-fields.tsx';
import styles from './simulation.module.css';

type Part = 'devices' | 'commands';
/** A command fault that the simulation still holds ready. */
type Waiting = ResponseOf<'simulation:faults'>['faults'][number];

/** Lets commands fail and devices break, lists what waits, and what was injected so far. */
export function FaultsDialog({
  fleet,
  objectId,
}: {
  readonly fleet: Fleet;
  readonly objectId: string | null;
}) {
  const [part, setPart] = useState<Part>('commands');
  // What waits may have met commands whenever the fleet was read.
  const revision = useFleetMirror((state) => state.revision);
  const { value, reload } = useRequest('simulation:faults', {}, revision);
  // The newest twenty; the report of a run has those that met it.
  const injected = value?.injected.slice(-20).reverse() ?? [];
  return (
    <Dialog
      open
      wide
      onClose={closeDialog}
      title={
        <>
          Faults <Tag tone="warning">Simulated</Tag>
        </>
      }
      description="Only the simulated fleet is affected. The same faults can be injected on the command line, with the berth commands of berth exec."
      footer={<Button onClick={closeDialog}>Close</Button>}
    >
      <SegmentedControl<Part>
        label="Kind of fault"
        value={part}
        onChange={setPart}
        segments={[
          { value: 'commands', label: 'Commands' },
          { value: 'devices', label: 'Devices, hosts, links' },
        ]}
      />
      {part === 'commands' ? (
        <CommandFaultFields fleet={fleet} objectId={objectId} onAdded={reload} />
      ) : (
        <DeviceFaultFields fleet={fleet} objectId={objectId} onHappened={reload} />
      )}
      <Card label="Waiting faults" className={styles.card}>
        <WaitingFaults fleet={fleet} faults={value?.faults ?? []} onRemoved={reload} />
      </Card>
      <Card label="Injected so far" className={styles.card}>
        {injected.length === 0 ? <p className={`${styles.inset} mute`}>Nothing yet.</p> : null}
        <ScrollRegion
          as="ul"
          className={`${styles.list} ${styles.inset} ${styles.injected}`}
          hidden={injected.length === 0}
          label="Injected so far"
        >
          {injected.map(({ at, words }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else that tells them apart
            <li key={index} className={styles.line}>
              <span className="mono mute">{simulatedTimeWords(at)}</span>
              <span className={styles.lineText}>{words}</span>
            </li>
          ))}
        </ScrollRegion>
      </Card>
    </Dialog>
  );
}

function WaitingFaults({
  fleet,
  faults,
  onRemoved,
}: {
  readonly fleet: Fleet;
  readonly faults: readonly Waiting[];
  readonly onRemoved: () => void;
}) {
  if (faults.length === 0) return <p className={`${styles.inset} mute`}>No faults are waiting.</p>;
  const remove = async ({ subsystemId, number }: Waiting) => {
    const answer = await client.call('simulation:clear-fault', { subsystemId, number });
    if (!answer.ok) notifyError(answer.error, 'The fault was not removed');
    onRemoved();
  };
  return (
    <ul className={`${styles.list} ${styles.inset}`} aria-label="Waiting faults">
      {faults.map((fault) => (
        <li key={`${fault.subsystemId} ${fault.number}`} className={styles.line}>
          <span className={styles.lineText}>
            <b>Fault {fault.number}</b> {faultCommandWords(fault)} to {whereWords(fleet, fault)}:{' '}
            {faultEffectWords(fault.effect)} <span className="mute">· {faultMetWords(fault)}</span>
          </span>
          <Button size="small" aria-label={`Remove fault ${fault.number}`} onClick={() => void remove(fault)}>
            Remove
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** `any controller of nqn…`, or the one controller; by its number where it is no longer in the fleet. */
function whereWords(fleet: Fleet, { cntlid, subsystemId }: Waiting): string {
  const nqn = fleet.subsystems[subsystemId]?.nqn ?? subsystemId;
  if (cntlid === null) return `any controller of ${nqn}`;
  const controller = Object.values(fleet.controllers).find(
    (candidate) => candidate.subsystemId === subsystemId && candidate.cntlid === cntlid,
  );
  return controller === undefined ? `controller ${cntlid} of ${nqn}` : controllerFullTitle(fleet, controller);
}
