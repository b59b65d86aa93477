import { countWords } from '#shared/count-words.ts';
import type { Fleet, Host } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import { isFreeDestination } from '#shared/migration/destination-rules.ts';
import { useRequest } from '../../../bridge/use-request.ts';
import { useFleetMirror } from '../../../fleet-mirror/fleet-store.ts';
import { linkWords } from '../../../inspector/host-words.ts';
import { Tag } from '../../../ui/content/small.tsx';
import { ErrorNotice, LoadingState } from '../../../ui/content/states.tsx';
import { ChoiceList } from '../../../ui/controls/choice-list.tsx';
import { PathToAblePanel } from '../checks/path-to-able-panel.tsx';
import { dispatch } from '../dispatch.ts';
import type { WizardState } from '../wizard-state.ts';
import { StepPage } from './step-page.tsx';

/** Step 2: where to. Refused hosts stay in the list with every reason. */
export function DestinationStep({ state, fleet }: { readonly state: WizardState; readonly fleet: Fleet }) {
  const { choice } = state;
  const virtualMachineId = choice.kind === 'nothing' ? null : choice.virtualMachineId;
  const revision = useFleetMirror((mirror) => mirror.revision);
  const { value, error, reload } = useRequest(
    'migration:destinations',
    virtualMachineId === null ? null : { virtualMachineId },
    revision,
  );
  const name = fleet.virtualMachines[virtualMachineId ?? '']?.name ?? 'the virtual machine';
  const eligible = value?.destinations.filter((option) => option.eligible).length ?? 0;
  return (
    <StepPage
      title={`Where does ${name} go?`}
      text={
        value === null
          ? 'Checking which hosts can take it.'
          : `${eligible} of ${countWords(value.destinations.length, 'host')} can take it. For the others the reasons are listed.`
      }
    >
      {error === null ? null : (
        <ErrorNotice error={error} title="The hosts could not be compared" onRetry={reload} />
      )}
      {value === null && error === null ? <LoadingState>Comparing the hosts…</LoadingState> : null}
      {value === null ? null : (
        <ChoiceList
          label="Destination host"
          value={choice.kind === 'destination' ? choice.destinationHostId : null}
          onChoose={(hostId) => dispatch({ kind: 'choose-destination', hostId })}
          choices={value.destinations.map((option) => {
            const host = fleet.hosts[option.hostId];
            return {
              id: option.hostId,
              title: host?.name ?? option.hostId,
              details: host === undefined ? '' : hostDetails(fleet, host),
              refusals: option.eligible ? [] : option.reasons,
              help: helpFor(fleet, virtualMachineId, option.hostId),
              aside: (
                <Tag tone={option.eligible ? 'online' : 'error'}>
                  {option.eligible ? 'eligible' : 'refused'}
                </Tag>
              ),
            };
          })}
        />
      )}
    </StepPage>
  );
}

/** None for the host where it runs. */
function helpFor(fleet: Fleet, virtualMachineId: string | null, hostId: string) {
  const machine = fleet.virtualMachines[virtualMachineId ?? ''];
  if (machine === undefined || machine.hostId === hostId || fleet.source.readOnly !== null) return undefined;
  const name = hostTitle(fleet, hostId);
  return {
    label: `What would make ${name} able to take it`,
    content: () => <PathToAblePanel virtualMachineId={machine.id} hostId={hostId} name={name} />,
  };
}

/** What decides whether a host can take a guest: versions, IOMMU, link, and what is free. */
function hostDetails(fleet: Fleet, host: Host): string {
  const free = Object.values(fleet.controllers).filter(
    (controller) =>
      controller.hostId === host.id &&
      controller.role === 'secondary' &&
      isFreeDestination(fleet, controller),
  ).length;
  const link = host.linkBytesPerSecond === 0 ? '' : `link ${linkWords(host)}`;
  const { qemu } = host.platform;
  return [
    host.kernel === '' ? '' : `Linux ${host.kernel}`,
    qemu === '' ? '' : `QEMU ${qemu}`,
    host.iommu,
    host.vfioFlags.p2p ? 'P2P' : '',
    link,
    `${free} free secondary controllers`,
  ]
    .filter(Boolean)
    .join(' · ');
}
