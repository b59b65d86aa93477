import type { Fleet, Host, Namespace, VirtualMachine, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { controllerFullTitle, controllerTitle, hostTitle } from '#shared/fleet/selectors.ts';
import { lifeCycleOf, lifeCycleWords } from '#shared/virtual-subsystem/life-cycle/life-cycle.ts';
import { useRuns } from '../fleet-mirror/runs-store.ts';
import { Button } from '../ui/controls/button.tsx';
import { formatCapacity, formatMemory } from '../ui/format.ts';
import { showSubsystem } from '../virtual-subsystems/chosen-subsystem.ts';
import { LifeCycleTag } from '../virtual-subsystems/life-cycle-tag.tsx';
import { type FactRow, Facts, ObjectLink, ObjectLinks } from './facts.tsx';
import { HostFailureBanner, MachineFailureBanner } from './failure-banners.tsx';
import { dirtyRateWords, featureReasons, featureWords, linkWords, pageSizes } from './host-words.ts';

/** Links to controllers; one that is no longer in the fleet stands with its id. `full`: with host and device. */
function controllerItems(fleet: Fleet, ids: readonly string[], full: boolean) {
  return ids.map((id) => {
    const controller = fleet.controllers[id];
    if (controller === undefined) return { id, title: id };
    return { id, title: full ? controllerFullTitle(fleet, controller) : controllerTitle(controller) };
  });
}

/** What a host is and offers, and for each thing that it lacks the reason that discovery found. */
export function HostOverview({ fleet, host }: { readonly fleet: Fleet; readonly host: Host }) {
  const capability = (name: string, value: Host['capabilities'][keyof Host['capabilities']]): FactRow => ({
    name,
    value: value.available ? <span className="ok">✓ available</span> : value.reason,
  });
  const flags = [
    host.vfioFlags.stopCopy ? 'stop-copy' : '',
    host.vfioFlags.p2p ? 'P2P' : '',
    host.vfioFlags.preCopy ? 'pre-copy' : '',
  ].filter((flag) => flag !== '');
  return (
    <>
      <HostFailureBanner fleet={fleet} host={host} />
      <Facts
        label="Overview"
        rows={[
          { name: 'Backend', value: host.kind },
          { name: 'Kernel', value: host.kernel === '' ? 'unknown' : host.kernel, mono: true },
          { name: 'QEMU', value: host.platform.qemu === '' ? 'unknown' : host.platform.qemu, mono: true },
          { name: 'Page size', value: pageSizes([host.platform.pageSize]) },
          { name: 'IOMMU', value: host.iommu === '' ? 'none or unknown' : host.iommu },
          { name: 'IOMMU pages', value: pageSizes(host.platform.iommuPageSizes) },
          capability('IOMMU tracking', host.platform.iommuHardwareDirtyTracking),
          { name: 'VFIO migration', value: flags.length === 0 ? 'not offered' : flags.join(', ') },
          {
            name: 'Migration link',
            value: linkWords(host),
          },
          { name: 'Kernel supports', value: featureWords(host, 'kernel') },
          { name: 'QEMU supports', value: featureWords(host, 'QEMU') },
          ...featureReasons(host).map((reason, index) => ({
            name: `Not supported ${index + 1}`,
            value: reason,
          })),
          capability('Controllers', host.capabilities.changeControllers),
          capability('PCI functions', host.capabilities.changePci),
          capability('VM control', host.capabilities.virtualMachines),
          capability('Virtual subsystems', host.capabilities.virtualSubsystems),
          ...host.problems.map((problem, index) => ({
            name: `Problem ${index + 1}`,
            value: problem.message,
          })),
        ]}
      />
    </>
  );
}

/**
 * Size, place and controllers of a virtual machine, and what its guest writes, which decides how long pre-copy takes.
 */
export function MachineOverview({
  fleet,
  machine,
}: {
  readonly fleet: Fleet;
  readonly machine: VirtualMachine;
}) {
  const { lostDevices = [] } = machine;
  return (
    <>
      <MachineFailureBanner fleet={fleet} machine={machine} />
      <Facts
        label="Overview"
        rows={[
          { name: 'State', value: machine.state },
          {
            name: 'Host',
            value: <ObjectLink id={machine.hostId}>{hostTitle(fleet, machine.hostId)}</ObjectLink>,
          },
          { name: 'vCPU', value: machine.vcpus },
          { name: 'Memory', value: formatMemory(machine.memoryBytes) },
          { name: 'Virtual IOMMU', value: machine.viommu ? 'yes: prevents migration' : 'none' },
          { name: 'Dirty rate', value: dirtyRateWords(fleet, machine) },
          {
            name: 'Controllers',
            value: <ObjectLinks items={controllerItems(fleet, machine.deviceIds, true)} />,
          },
          ...(lostDevices.length === 0 ? [] : [{ name: 'Lost', value: lostDevices.join(', '), mono: true }]),
        ]}
      />
    </>
  );
}

/** The identity that guests see and the members by virtual controller id; the rest is on its own screen. */
export function VirtualSubsystemOverview({
  fleet,
  virtual,
}: {
  readonly fleet: Fleet;
  readonly virtual: VirtualSubsystem;
}) {
  const primary = fleet.controllers[virtual.primaryId];
  return (
    <Facts
      label="Overview"
      rows={[
        { name: 'State', value: <LifeCycleState fleet={fleet} virtual={virtual} /> },
        { name: 'Virtual NQN', value: virtual.nqn, mono: true, copy: virtual.nqn },
        {
          name: 'Primary',
          value: (
            <ObjectLink id={virtual.primaryId}>
              {primary === undefined ? virtual.primaryId : controllerFullTitle(fleet, primary)}
            </ObjectLink>
          ),
        },
        { name: 'Primary shown as', value: `vcid ${virtual.primaryVirtualId}`, mono: true },
        {
          name: 'Serial number',
          value: virtual.identity.serialNumber,
          mono: true,
          copy: virtual.identity.serialNumber,
        },
        { name: 'Model number', value: virtual.identity.modelNumber },
        { name: 'Firmware', value: virtual.identity.firmwareRevision, mono: true },
        ...virtual.members.map((member) => ({
          name: `vcid ${member.virtualControllerId}`,
          value: <ObjectLinks items={controllerItems(fleet, [member.controllerId], true)} />,
        })),
        ...(virtual.members.length === 0 ? [{ name: 'Controllers', value: 'none yet' }] : []),
      ]}
    />
  );
}

/** The state as its screen says it, and the way there. */
function LifeCycleState({ fleet, virtual }: { readonly fleet: Fleet; readonly virtual: VirtualSubsystem }) {
  const runs = useRuns((state) => state.runs);
  const state = lifeCycleOf(fleet, virtual, Object.values(runs));
  return (
    <>
      <LifeCycleTag state={state} /> <span className="mute">{lifeCycleWords[state]}</span>{' '}
      <Button kind="link" onClick={() => showSubsystem(virtual.nqn)}>
        Show details
      </Button>
    </>
  );
}

/** Size, format and identifiers of a namespace, and every controller that it is attached to, on all hosts. */
export function NamespaceOverview({
  fleet,
  namespace,
}: {
  readonly fleet: Fleet;
  readonly namespace: Namespace;
}) {
  const nqn = fleet.subsystems[namespace.subsystemId]?.nqn ?? namespace.subsystemId;
  const block = `${namespace.blockSize} B${namespace.metadataSize > 0 ? ` + ${namespace.metadataSize} B` : ''}`;
  return (
    <Facts
      label="Overview"
      rows={[
        { name: 'NSID', value: namespace.nsid, mono: true },
        {
          name: 'Size',
          value: `${formatCapacity(namespace.sizeBytes)} · ${Number(namespace.sizeBytes).toLocaleString('en-US')} B`,
        },
        { name: 'Block size', value: block },
        {
          name: 'Sharing',
          value: namespace.shared
            ? 'shared: may be attached to several controllers'
            : 'private: one controller only',
        },
        { name: 'NGUID', value: namespace.nguid || 'none', mono: true, copy: namespace.nguid },
        { name: 'EUI-64', value: namespace.eui64 || 'none', mono: true, copy: namespace.eui64 },
        { name: 'UUID', value: namespace.uuid || 'none', mono: true, copy: namespace.uuid },
        { name: 'Subsystem NQN', value: nqn, mono: true, copy: nqn },
        {
          name: 'Attached to',
          value: <ObjectLinks items={controllerItems(fleet, namespace.attachedTo, true)} />,
        },
        ...namespace.problems.map((problem, index) => ({
          name: `Problem ${index + 1}`,
          value: problem.message,
        })),
      ]}
    />
  );
}
