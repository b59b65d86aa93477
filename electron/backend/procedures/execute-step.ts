import type { Fleet } from '#shared/fleet/schema.ts';
import { functionAddress } from '#shared/fleet/selectors.ts';
import { isSuccess, statusValue } from '#shared/nvme/command.ts';
import { describeCommand } from '#shared/nvme/commands/table.ts';
import { statusName } from '#shared/nvme/status.ts';
import type { Step } from '#shared/procedure/step.ts';
import { stepCommand } from '#shared/procedure/step-command.ts';
import { fail, type Result, succeed, unreachable } from '#shared/result.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { withTimeout } from '../nvme/with-timeout.ts';
import type { Clock } from '../ports.ts';
import { findVsid } from './find-vsid.ts';

export interface StepContext {
  /** The fleet as last read. */
  readonly fleet: Fleet;
  readonly connections: readonly HostConnection[];
  readonly signal: AbortSignal;
  /** Bytes of guest memory sent so far, while a step sends it. */
  readonly onMemorySent: (bytes: number) => void;
  /** The clock of the fleet: timeouts and reports of time go by it. */
  readonly clock: Clock;
  /** How long one admin command may take, milliseconds. */
  readonly timeoutMilliseconds: number;
}

/** Facts that a step leaves behind for the migration's report. */
export interface StepOutcome {
  readonly memory?: { readonly bytes: number; readonly checksum: string };
  /** The controller state as it was read at the source and accepted by the destination. */
  readonly state?: { readonly bytes: Uint8Array };
}

/** Carries out one step on the real thing. Reading back its effect is the runner's part. */
export async function executeStep(step: Step, context: StepContext): Promise<Result<StepOutcome>> {
  switch (step.kind) {
    case 'secondary-offline':
    case 'secondary-assign':
    case 'secondary-online':
    case 'primary-allocate':
    case 'attach-namespace':
    case 'detach-namespace':
    case 'function-provision':
    case 'function-destroy':
    case 'function-set-migration':
    case 'function-set-visible':
    case 'virtual-subsystem-create':
    case 'virtual-subsystem-set-identity':
    case 'virtual-subsystem-set-capabilities':
    case 'virtual-subsystem-delete':
    case 'virtual-subsystem-add':
    case 'virtual-subsystem-remove':
      return sendCommand(step, context);
    case 'function-level-reset':
      return onFunction(context, step.controllerId, (host, address) => host.pci.functionLevelReset(address));
    case 'controller-reset':
      return onFunction(context, step.controllerId, (host, address) => host.pci.controllerReset(address));
    case 'subsystem-reset':
      return onFunction(context, step.controllerId, (host, address) => host.pci.subsystemReset(address));
    case 'set-vf-count':
      return onFunction(context, step.primaryId, (host, address) => host.pci.setVfCount(address, step.count));
    case 'set-drivers-autoprobe':
      return onFunction(context, step.primaryId, (host, address) =>
        host.pci.setDriversAutoprobe(address, step.enabled),
      );
    case 'set-driver':
      return onFunction(context, step.controllerId, (host, address) =>
        host.pci.setDriver(address, step.driver),
      );
    case 'vm-attach-device':
      return onFunction(context, step.controllerId, (host, address) =>
        host.virtualMachines.attachDevice(machineName(step.virtualMachineId), address),
      );
    case 'vm-detach-device':
      return onFunction(context, step.controllerId, (host, address) =>
        host.virtualMachines.detachDevice(machineName(step.virtualMachineId), address),
      );
    case 'vm-create-incoming': {
      const { name, vcpus, memoryBytes } = step;
      return onHost(context, step.hostId, (host) =>
        host.virtualMachines.createIncoming({ name, vcpus, memoryBytes }),
      );
    }
    case 'vm-pause':
      return onMachine(context, step.virtualMachineId, (host, name) => host.virtualMachines.pause(name));
    case 'vm-resume':
      return onMachine(context, step.virtualMachineId, (host, name) => host.virtualMachines.resume(name));
    case 'vm-destroy':
      return onMachine(context, step.virtualMachineId, (host, name) => host.virtualMachines.destroy(name));
    case 'vm-send-memory':
      return sendMemory(step, context);
    case 'vfio-set-state':
      return onFunction(context, step.controllerId, async (host, address) => {
        const device = host.vfioDevice(address);
        return device.ok ? device.value.setState(step.state) : device;
      });
    case 'vfio-transfer-state':
      return transferState(step, context);
    default:
      return unreachable(step);
  }
}

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

async function sendCommand(step: Step, context: StepContext): Promise<Result<StepOutcome>> {
  const { fleet, timeoutMilliseconds, clock } = context;
  const probe = stepCommand(step, fleet);
  if (!probe.ok) return probe;
  if (probe.value === null) return succeed({});
  const manager = fleet.controllers[probe.value.controllerId];
  const connection = context.connections.find((candidate) => candidate.id === manager?.hostId);
  const address = manager?.pciAddress ?? manager?.deviceName ?? null;
  if (connection === undefined || address === null) return unreachableObject(probe.value.controllerId);
  const queue = connection.adminQueue(address);
  if (!queue.ok) return queue;
  let command = probe.value.command;
  if ('nqn' in step && step.kind !== 'virtual-subsystem-create') {
    // The identifier behind the NQN is the device's; it is asked for right before it is used.
    const vsid = await findVsid(queue.value, step.nqn, { timeoutMilliseconds, clock });
    if (!vsid.ok) return vsid;
    const built = stepCommand(step, fleet, vsid.value);
    if (!built.ok) return built;
    command = built.value?.command ?? command;
  }
  const object = `${fleet.hosts[connection.id]?.name ?? connection.id}/${manager?.deviceName ?? address}`;
  const { name, words } = describeCommand(command);
  const answer = await withTimeout(
    queue.value.submit(command),
    timeoutMilliseconds,
    { object, what: name },
    clock,
  );
  if (!answer.ok) return answer;
  if (isSuccess(answer.value)) return succeed({});
  const status = `0x${statusValue(answer.value).toString(16)}`;
  return fail('device-status', `The controller answered ${statusName(answer.value)} (${status}).`, {
    object,
    field: `${name} · ${words}`,
    fix: 'Look at the state of the controller; another program may have changed it.',
  });
}

async function sendMemory(
  step: StepOf<'vm-send-memory'>,
  context: StepContext,
): Promise<Result<StepOutcome>> {
  const source = context.connections.find((host) => host.id === machineHost(step.virtualMachineId));
  const destination = context.connections.find((host) => host.id === step.destinationHostId);
  if (source === undefined || destination === undefined) return unreachableObject(step.virtualMachineId);
  const sent = await source.virtualMachines.sendMemory(
    machineName(step.virtualMachineId),
    destination.virtualMachines,
    context.onMemorySent,
    context.signal,
  );
  return sent.ok ? succeed({ memory: sent.value }) : sent;
}

async function transferState(
  step: StepOf<'vfio-transfer-state'>,
  context: StepContext,
): Promise<Result<StepOutcome>> {
  const source = vfioDeviceOf(context, step.sourceId);
  if (!source.ok) return source;
  const destination = vfioDeviceOf(context, step.destinationId);
  if (!destination.ok) return destination;
  const bytes = await source.value.readState();
  if (!bytes.ok) return bytes;
  const written = await destination.value.writeState(bytes.value);
  return written.ok ? succeed({ state: { bytes: bytes.value } }) : written;
}

function vfioDeviceOf(context: StepContext, controllerId: string) {
  const controller = context.fleet.controllers[controllerId];
  const connection = context.connections.find((host) => host.id === controller?.hostId);
  const address = controller === undefined ? null : functionAddress(controller);
  return connection === undefined || address === null
    ? unreachableObject(controllerId)
    : connection.vfioDevice(address);
}

async function onFunction(
  context: StepContext,
  controllerId: string,
  work: (host: HostConnection, address: string) => Promise<Result<unknown>>,
): Promise<Result<StepOutcome>> {
  const controller = context.fleet.controllers[controllerId];
  const connection = context.connections.find((host) => host.id === controller?.hostId);
  const address = controller === undefined ? null : functionAddress(controller);
  if (connection === undefined || address === null) return unreachableObject(controllerId);
  return nothingFrom(await work(connection, address));
}

async function onMachine(
  context: StepContext,
  virtualMachineId: string,
  work: (host: HostConnection, name: string) => Promise<Result<unknown>>,
): Promise<Result<StepOutcome>> {
  return onHost(context, machineHost(virtualMachineId), (host) => work(host, machineName(virtualMachineId)));
}

async function onHost(
  context: StepContext,
  hostId: string,
  work: (host: HostConnection) => Promise<Result<unknown>>,
): Promise<Result<StepOutcome>> {
  const connection = context.connections.find((host) => host.id === hostId);
  return connection === undefined ? unreachableObject(hostId) : nothingFrom(await work(connection));
}

function nothingFrom(result: Result<unknown>): Result<StepOutcome> {
  return result.ok ? succeed({}) : result;
}

function unreachableObject<T = never>(id: string): Result<T> {
  return fail('not-found', `${id} cannot be reached: its host or its function is gone.`, {
    object: id,
    fix: 'Read the fleet again.',
  });
}

/** `hv-a:db-primary` in its two parts; host ids hold no colon, names may. */
function machineHost(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf(':')));
}

function machineName(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}
