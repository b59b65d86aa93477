import { machineParts } from '#shared/procedure/steps/titles.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { VirtualMachineOperations } from '../../hosts/host-connection.ts';
import {
  onFunction,
  onHost,
  type PerformContext,
  type Performers,
  unreachableObject,
} from './perform-context.ts';

/** Virtual machines: through the hypervisor of the host. */
export const machinePerformers: Performers<
  | 'vm-attach-device'
  | 'vm-detach-device'
  | 'vm-create-incoming'
  | 'vm-pause'
  | 'vm-resume'
  | 'vm-send-memory'
  | 'vm-destroy'
> = {
  'vm-attach-device': ({ controllerId, virtualMachineId }, context) =>
    onFunction(context, controllerId, ({ virtualMachines }, address) =>
      virtualMachines.attachDevice(machineParts(virtualMachineId).name, address),
    ),
  'vm-detach-device': ({ controllerId, virtualMachineId }, context) =>
    onFunction(context, controllerId, ({ virtualMachines }, address) =>
      virtualMachines.detachDevice(machineParts(virtualMachineId).name, address),
    ),
  'vm-create-incoming': ({ hostId, name, vcpus, memoryBytes, viommu = false }, context) =>
    onHost(context, hostId, ({ virtualMachines }) =>
      virtualMachines.createIncoming({ name, vcpus, memoryBytes, viommu }),
    ),
  'vm-pause': (step, context) =>
    onMachine(context, step.virtualMachineId, (machines, name) => machines.pause(name)),
  'vm-resume': (step, context) =>
    onMachine(context, step.virtualMachineId, (machines, name) => machines.resume(name)),
  'vm-destroy': (step, context) =>
    onMachine(context, step.virtualMachineId, (machines, name) => machines.destroy(name)),
  async 'vm-send-memory'({ virtualMachineId, destinationHostId }, { connections, onMemorySent, signal }) {
    const { hostId, name } = machineParts(virtualMachineId);
    const source = connections.find((host) => host.id === hostId);
    const destination = connections.find((host) => host.id === destinationHostId);
    if (source === undefined || destination === undefined) return unreachableObject(virtualMachineId);
    onMemorySent(0, 0);
    const sent = await source.virtualMachines.sendMemory(
      name,
      destination.virtualMachines,
      onMemorySent,
      signal,
    );
    if (!sent.ok) return sent;
    const { checksum, arrived } = sent.value;
    if (arrived === checksum) return succeed({ memory: sent.value });
    return fail('device-data', `The memory of ${name} at the destination is not what it is at the source`, {
      object: name,
      field: 'memory',
      fix: 'Start again; report it with the log file if it comes back',
      details: [`source: ${checksum}`, `destination: ${arrived}`],
    });
  },
};

function onMachine(
  context: PerformContext,
  virtualMachineId: string,
  work: (machines: VirtualMachineOperations, name: string) => Promise<Result<unknown>>,
) {
  const { hostId, name } = machineParts(virtualMachineId);
  return onHost(context, hostId, ({ virtualMachines }) => work(virtualMachines, name));
}
