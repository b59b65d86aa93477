import type { Fleet } from '#shared/fleet/schema.ts';
import { fail, type Result, succeed, unreachable } from '#shared/result.ts';
import type { DeviceFault } from '#shared/simulation/device-faults.ts';
import { controllerOf } from '../hosts/simulated/faults/device-faults.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { SimulatedSubsystem } from '../hosts/simulated/state/subsystem.ts';
import type { FaultTarget, FoundFault } from './perform-fault.ts';

/** Finds simulated objects by the ids of the fleet, which discovery gave them. */
export class ObjectFinder {
  readonly #fleet: Fleet;
  readonly #hosts: readonly SimulatedHost[];

  constructor(fleet: Fleet, hosts: readonly SimulatedHost[]) {
    this.#fleet = fleet;
    this.#hosts = hosts;
  }

  /** The objects that a fault names. */
  objectsOf(fault: DeviceFault): Result<FoundFault> {
    switch (fault.kind) {
      case 'controller-fatal':
      case 'function-reset':
      case 'drive-power-loss': {
        const target = this.controller(fault.controllerId);
        return target.ok ? succeed({ kind: fault.kind, target: target.value }) : target;
      }
      case 'host-power-loss': {
        const host = this.#host(fault.hostId);
        return host.ok ? succeed({ kind: fault.kind, host: host.value }) : host;
      }
      case 'remove-namespace': {
        const namespace = this.#fleet.namespaces[fault.namespaceId];
        if (namespace === undefined) return missing(fault.namespaceId, 'namespace');
        const target = this.#anyControllerOf(namespace.subsystemId);
        return target.ok ? succeed({ kind: fault.kind, target: target.value, nsid: namespace.nsid }) : target;
      }
      case 'steal-resources': {
        const { kind, resource, count } = fault;
        const target = this.controller(fault.controllerId);
        return target.ok ? succeed({ kind, target: target.value, resource, count }) : target;
      }
      case 'link': {
        const host = this.#host(fault.hostId);
        return host.ok ? succeed({ kind: fault.kind, host: host.value, state: fault.state }) : host;
      }
      default:
        return unreachable(fault);
    }
  }

  controller(id: string): Result<FaultTarget> {
    const known = this.#fleet.controllers[id];
    if (known === undefined) return missing(id, 'controller');
    const host = this.#host(known.hostId);
    if (!host.ok) return host;
    const manager = known.role === 'secondary' ? this.#fleet.controllers[known.primaryId] : known;
    const entry =
      host.value.kernel.find(manager?.pciAddress ?? '') ??
      host.value.kernel.byDeviceName(manager?.deviceName ?? '');
    const controller = entry && controllerOf(entry.controller, known.cntlid);
    if (controller === undefined) return missing(id, 'controller');
    const name = `${host.value.id} ${known.deviceName ?? known.pciAddress ?? `CNTLID ${known.cntlid}`}`;
    return succeed({ host: host.value, controller, name });
  }

  subsystem(id: string): Result<SimulatedSubsystem> {
    const target = this.#anyControllerOf(id);
    return target.ok ? succeed(target.value.controller.subsystem) : target;
  }

  #anyControllerOf(subsystemId: string): Result<FaultTarget> {
    const member = Object.values(this.#fleet.controllers).find(
      (controller) => controller.subsystemId === subsystemId && controller.role !== 'secondary',
    );
    return member === undefined ? missing(subsystemId, 'NVM subsystem') : this.controller(member.id);
  }

  #host(id: string): Result<SimulatedHost> {
    const host = this.#hosts.find((candidate) => candidate.id === id);
    return host === undefined ? missing(id, 'host') : succeed(host);
  }
}

function missing(object: string, field: string): Result<never> {
  return fail('not-found', `The simulated fleet has no ${field} ${object}.`, {
    object,
    field,
    fix: 'Read the fleet again and choose one that exists.',
  });
}
