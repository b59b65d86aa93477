import { useState } from 'react';
import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerTitle, findSecondary, hostTitle } from '#shared/fleet/selectors.ts';
import type { PlacementView } from '#shared/ipc/batch-contract.ts';
import { hostLoad } from '#shared/migration/batch/host-load.ts';
import { withDestinations } from '#shared/migration/provisioned-destinations.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { Card, Tag } from '../../../ui/content/small.tsx';
import { ErrorNotice, LoadingState } from '../../../ui/content/states.tsx';
import { Checkbox, Select } from '../../../ui/controls/form.tsx';
import { formatMemory } from '../../../ui/format.ts';
import { StepPage } from '../../wizard/steps/step-page.tsx';
import styles from '../batch.module.css';
import { type BatchDraft, changeDraft, moving } from '../batch-draft.ts';
import type { Placed } from '../use-placements.ts';

const automatic = 'automatic';
/** What is dragged onto a host. */
const dragType = 'application/x-berth-machine';

/** Step 2: a destination for each, found or chosen; what no host takes stays in the table with the reason. */
export function PlacementStep({
  draft,
  fleet,
  placements,
  placed,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placements: readonly PlacementView[];
  readonly placed: Placed;
}) {
  const go = moving(draft, placements);
  const choose = (virtualMachineId: string, hostId: string) => {
    const { [virtualMachineId]: _, ...others } = draft.chosen;
    changeDraft({
      chosen: hostId === automatic ? others : { ...others, [virtualMachineId]: hostId },
      left: draft.left.filter((id) => id !== virtualMachineId),
    });
  };
  return (
    <StepPage
      title={
        draft.what.kind === 'evacuate'
          ? `Where does everything on ${hostTitle(fleet, draft.what.hostId)} go?`
          : 'Where do they go?'
      }
      text="Each goes to the least loaded host that takes it, on the fleet as those before it will leave it. Choose another one, or drag a virtual machine onto a host."
    >
      {placed.error === null ? null : (
        <ErrorNotice error={placed.error} title="No places could be found" onRetry={placed.reload} />
      )}
      {placed.value === null && placed.error === null ? (
        <LoadingState>Looking for places…</LoadingState>
      ) : (
        <>
          <Hosts draft={draft} fleet={fleet} go={go} onDrop={choose} />
          <Card label="Virtual machines" aside={`${go.length} of ${placements.length} move`}>
            {placements.length === 0 ? <p className={styles.nothing}>There is no virtual machine.</p> : null}
            {placements.length === 0 ? null : (
              <div className={styles.scroll}>
                <table className={styles.table} aria-label="Placement">
                  <thead>
                    <tr>
                      <th scope="col">Virtual machine</th>
                      <th scope="col">Destination</th>
                      <th scope="col">Controllers</th>
                      <th scope="col">Verdict</th>
                    </tr>
                  </thead>
                  <tbody>
                    {placements.map((placement) => (
                      <PlacementRow
                        key={placement.virtualMachineId}
                        {...{ draft, fleet, placement }}
                        onChoose={(hostId) => choose(placement.virtualMachineId, hostId)}
                      />
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Card>
        </>
      )}
    </StepPage>
  );
}

/** The hosts, how full they are, and what arrives there; a virtual machine can be dropped on each. */
function Hosts({
  draft,
  fleet,
  go,
  onDrop,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly go: readonly PlacementView[];
  readonly onDrop: (virtualMachineId: string, hostId: string) => void;
}) {
  const [over, setOver] = useState<string | null>(null);
  const closed = draft.what.kind === 'evacuate' ? draft.what.hostId : null;
  const hosts = Object.values(fleet.hosts).filter(({ id }) => id !== closed);
  return (
    <ul className={styles.hosts} aria-label="Hosts">
      {hosts.map(({ id, name }) => {
        const arriving = go.filter(({ request }) => request?.destinationHostId === id).length;
        return (
          <li
            key={id}
            className={`${styles.host} ${over === id ? styles.over : ''}`}
            onDragOver={(event) => {
              if (!event.dataTransfer.types.includes(dragType)) return;
              event.preventDefault();
              setOver(id);
            }}
            onDragLeave={() => setOver(null)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(null);
              onDrop(event.dataTransfer.getData(dragType), id);
            }}
          >
            <strong>{name}</strong>
            <span className="mute">{Math.round(hostLoad(fleet, id) * 100)} % given away</span>
            <span className={arriving > 0 ? 'ok' : 'mute'}>{countWords(arriving, 'arrives', 'arrive')}</span>
          </li>
        );
      })}
    </ul>
  );
}

function PlacementRow({
  draft,
  fleet,
  placement,
  onChoose,
}: {
  readonly draft: BatchDraft;
  readonly fleet: Fleet;
  readonly placement: PlacementView;
  readonly onChoose: (hostId: string) => void;
}) {
  const { virtualMachineId, request } = placement;
  const machine = fleet.virtualMachines[virtualMachineId];
  const { name, hostId } = machineParts(virtualMachineId);
  const found = request === null ? null : hostTitle(fleet, request.destinationHostId);
  const isLeft = draft.left.includes(virtualMachineId);
  const closed = draft.what.kind === 'evacuate' ? draft.what.hostId : null;
  return (
    <tr
      draggable={machine !== undefined}
      onDragStart={(event) => event.dataTransfer.setData(dragType, virtualMachineId)}
      className={isLeft ? styles.left : undefined}
    >
      <th scope="row">
        <Checkbox
          checked={request !== null && !isLeft}
          disabled={request === null}
          onChange={(on) =>
            changeDraft({
              left: on
                ? draft.left.filter((id) => id !== virtualMachineId)
                : [...draft.left, virtualMachineId],
            })
          }
        >
          <span className={styles.name}>{machine?.name ?? name}</span>
        </Checkbox>
        <span className={`${styles.reason} mute`}>
          {hostTitle(fleet, hostId)}
          {machine === undefined ? '' : ` · ${formatMemory(machine.memoryBytes)}`}
        </span>
      </th>
      <td>
        <Select
          label={`Destination of ${machine?.name ?? name}`}
          size="small"
          value={draft.chosen[virtualMachineId] ?? automatic}
          options={[
            { value: automatic, label: found === null ? 'Automatic' : `Automatic: ${found}` },
            ...Object.values(fleet.hosts)
              .filter(({ id }) => id !== hostId && id !== closed)
              .map(({ id, name: title }) => ({ value: id, label: title })),
          ]}
          onChange={onChoose}
        />
      </td>
      <td>
        <Controllers fleet={fleet} request={request} />
      </td>
      <td>
        <Verdict placement={placement} fleet={fleet} />
      </td>
    </tr>
  );
}

function Controllers({
  fleet,
  request,
}: {
  readonly fleet: Fleet;
  readonly request: PlacementView['request'];
}) {
  if (request === null) return <span className="mute">–</span>;
  const there = withDestinations(fleet, request.devices);
  const title = (id: string) => {
    const secondary = findSecondary(there, id);
    return secondary === undefined ? id : controllerTitle(secondary);
  };
  return (
    <ul className={styles.plain}>
      {request.devices.map(({ sourceId, destinationId }) => (
        <li key={sourceId}>
          {title(sourceId)} → {title(destinationId)}
        </li>
      ))}
    </ul>
  );
}

/** Fits, fits with warnings, or is refused; the reasons fold. */
function Verdict({ placement, fleet }: { readonly placement: PlacementView; readonly fleet: Fleet }) {
  const { warnings, passed, refused } = placement;
  if (refused !== null)
    return (
      <>
        <Tag tone="error">refused</Tag> <span className={styles.cause}>{refused.cause}.</span>
        <span className={styles.reason}>{refused.fix}.</span>
        {refused.hosts.length === 0 ? null : (
          <details className={styles.more}>
            <summary>Why no host takes it</summary>
            {refused.hosts.map(({ hostId, reasons }) => (
              <div key={hostId}>
                <strong>{hostTitle(fleet, hostId)}</strong>
                <ul className={styles.plain}>
                  {reasons.map((reason) => (
                    <li key={reason}>{reason}</li>
                  ))}
                </ul>
              </div>
            ))}
          </details>
        )}
      </>
    );
  if (warnings.length === 0)
    return (
      <>
        <Tag tone="online">fits</Tag> <span className="mute">{countWords(passed, 'check')} passed</span>
      </>
    );
  return (
    <>
      <Tag tone="warning">{countWords(warnings.length, 'warning')}</Tag>
      <details className={styles.more}>
        <summary>Which</summary>
        <ul className={styles.plain}>
          {warnings.map(({ id, title, evidence }) => (
            <li key={id}>
              {title}: {evidence}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}
