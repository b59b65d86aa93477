import { fail, type Result, succeed, unreachable } from '#shared/result.ts';
import type { LinkState } from '#shared/simulation/device-faults.ts';
import { removeNamespace } from '../hosts/simulated/commands/namespaces/namespace-management.ts';
import { loseHostPower, losePower, stealResources } from '../hosts/simulated/faults/device-faults.ts';
import { isPhysical, type PciFunction } from '../hosts/simulated/host/pci-function.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import { isPrimary, type SimulatedController } from '../hosts/simulated/state/controller.ts';

/** A controller of a simulated host, and how people call it. */
export interface FaultTarget {
  readonly host: SimulatedHost;
  readonly controller: SimulatedController;
  /** `hv-a nvme1`. */
  readonly name: string;
}

/** A fault whose objects were found. The two doors, the window and `berth exec`, find them by their own names. */
export type FoundFault =
  | {
      readonly kind: 'controller-fatal' | 'function-reset' | 'drive-power-loss';
      readonly target: FaultTarget;
    }
  | { readonly kind: 'host-power-loss'; readonly host: SimulatedHost }
  | { readonly kind: 'remove-namespace'; readonly target: FaultTarget; readonly nsid: number }
  | {
      readonly kind: 'steal-resources';
      readonly target: FaultTarget;
      readonly resource: 'vq' | 'vi';
      readonly count: number;
    }
  | { readonly kind: 'link'; readonly host: SimulatedHost; readonly state: LinkState };

/** What happened, in words. */
export interface FaultOutcome {
  readonly words: string;
  /** Flexible resources that were taken; null for every other fault. */
  readonly taken: number | null;
}

/** Lets it happen. A refusal changes nothing. */
export function performFault(fault: FoundFault): Result<FaultOutcome> {
  switch (fault.kind) {
    case 'controller-fatal':
      fault.target.controller.fatal = true;
      return happened(`Controller fatal status of ${fault.target.name}`);
    case 'function-reset': {
      const entry = functionOf(fault.target);
      if (entry === undefined)
        return fail('refused', `The virtual function of ${fault.target.name} is not enabled.`, {
          object: fault.target.name,
          field: 'function',
          fix: 'Enable it (sriov_numvfs), or choose another controller.',
        });
      fault.target.host.kernel.functionReset(entry);
      return happened(`Function level reset of ${fault.target.name}`);
    }
    case 'drive-power-loss': {
      const entry = functionOf(fault.target);
      if (entry === undefined || !isPhysical(entry))
        return fail(
          'refused',
          `${fault.target.name} is not a physical function; only a physical function can lose power.`,
          {
            object: fault.target.name,
            field: 'function',
            fix: 'Choose the primary controller of the drive.',
          },
        );
      losePower(fault.target.host, entry);
      return happened(`Power loss of the drive of ${fault.target.name}`);
    }
    case 'host-power-loss':
      loseHostPower(fault.host);
      return happened(`Power loss of host ${fault.host.id}`);
    case 'remove-namespace': {
      const { subsystem } = fault.target.controller;
      const namespace = subsystem.namespaces.get(fault.nsid);
      if (namespace === undefined)
        return fail('not-found', `${subsystem.nqn} has no namespace ${fault.nsid}.`, {
          object: fault.target.name,
          field: 'NSID',
          fix: `Choose one of: ${[...subsystem.namespaces.keys()].join(', ') || 'none'}`,
        });
      removeNamespace(subsystem, namespace);
      return happened(`Namespace ${fault.nsid} of ${subsystem.nqn} removed`);
    }
    case 'steal-resources': {
      const { controller, name } = fault.target;
      if (!isPrimary(controller))
        return fail('refused', `${name} is not a primary controller, so it has no pool.`, {
          object: name,
          field: 'controller',
          fix: 'Name a primary controller.',
        });
      const taken = stealResources(controller, fault.resource, fault.count);
      const words = fault.resource === 'vq' ? 'virtual queues' : 'virtual interrupts';
      return happened(`${taken} free ${words} of ${name} taken away`, taken);
    }
    case 'link':
      fault.host.setLink(fault.state);
      return happened(`Migration link of ${fault.host.id}: ${linkWords(fault.state)}`);
    default:
      return unreachable(fault);
  }
}

function happened(words: string, taken: number | null = null): Result<FaultOutcome> {
  return succeed({ words, taken });
}

function functionOf({ host, controller }: FaultTarget): PciFunction | undefined {
  return [...host.kernel.functions.values()].find((entry) => entry.controller === controller);
}

function linkWords(state: LinkState): string {
  switch (state.kind) {
    case 'down':
      return 'down';
    case 'flapping':
      return `flapping, ${state.upMilliseconds} ms up, ${state.downMilliseconds} ms down`;
    case 'up':
      return state.share === 1 ? 'up' : `slow, at ${Math.round(state.share * 100)} % of its speed`;
    default:
      return unreachable(state);
  }
}
