import { fail, type Result, succeed, unreachable } from '#shared/result.ts';
import type { LinkState } from '#shared/simulation/acts.ts';
import { removeNamespace } from '../hosts/simulated/commands/namespaces/namespace-management.ts';
import { loseHostPower, losePower, stealResources } from '../hosts/simulated/faults/device-faults.ts';
import { isPhysical, type PciFunction } from '../hosts/simulated/host/pci-function.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import { isPrimary, type SimulatedController } from '../hosts/simulated/state/controller.ts';

/** A controller of a simulated host, and how people call it. */
export interface ActTarget {
  readonly host: SimulatedHost;
  readonly controller: SimulatedController;
  /** `hv-a nvme1`. */
  readonly name: string;
}

/** An act whose objects were found. The two doors, the window and `berth exec`, find them by their own names. */
export type FoundAct =
  | {
      readonly kind: 'controller-fatal' | 'function-reset' | 'drive-power-loss';
      readonly target: ActTarget;
    }
  | { readonly kind: 'host-power-loss'; readonly host: SimulatedHost }
  | { readonly kind: 'remove-namespace'; readonly target: ActTarget; readonly nsid: number }
  | {
      readonly kind: 'steal-resources';
      readonly target: ActTarget;
      readonly resource: 'vq' | 'vi';
      readonly count: number;
    }
  | { readonly kind: 'link'; readonly host: SimulatedHost; readonly state: LinkState };

/** What happened, in words. */
export interface ActOutcome {
  readonly words: string;
  /** Flexible resources that were taken; null for every other act. */
  readonly taken: number | null;
}

/** Lets it happen. A refusal changes nothing. */
export function performAct(act: FoundAct): Result<ActOutcome> {
  switch (act.kind) {
    case 'controller-fatal':
      act.target.controller.fatal = true;
      return happened(`Controller fatal status of ${act.target.name}`);
    case 'function-reset': {
      const entry = functionOf(act.target);
      if (entry === undefined)
        return fail('refused', `The virtual function of ${act.target.name} is not enabled.`, {
          object: act.target.name,
          field: 'function',
          fix: 'Enable it (sriov_numvfs), or choose another controller.',
        });
      act.target.host.kernel.functionReset(entry);
      return happened(`Function level reset of ${act.target.name}`);
    }
    case 'drive-power-loss': {
      const entry = functionOf(act.target);
      if (entry === undefined || !isPhysical(entry))
        return fail('refused', `${act.target.name} is no physical function, which has the power.`, {
          object: act.target.name,
          field: 'function',
          fix: 'Choose the primary controller of the drive.',
        });
      losePower(act.target.host, entry);
      return happened(`Power loss of the drive of ${act.target.name}`);
    }
    case 'host-power-loss':
      loseHostPower(act.host);
      return happened(`Power loss of host ${act.host.id}`);
    case 'remove-namespace': {
      const { subsystem } = act.target.controller;
      const namespace = subsystem.namespaces.get(act.nsid);
      if (namespace === undefined)
        return fail('not-found', `There is no namespace ${act.nsid} in ${subsystem.nqn}.`, {
          object: act.target.name,
          field: 'NSID',
          fix: `Choose one of: ${[...subsystem.namespaces.keys()].join(', ') || 'none'}`,
        });
      removeNamespace(subsystem, namespace);
      return happened(`Namespace ${act.nsid} of ${subsystem.nqn} removed`);
    }
    case 'steal-resources': {
      const { controller, name } = act.target;
      if (!isPrimary(controller))
        return fail('refused', `${name} is no primary controller and has no pool.`, {
          object: name,
          field: 'controller',
          fix: 'Name a primary controller.',
        });
      const taken = stealResources(controller, act.resource, act.count);
      const words = act.resource === 'vq' ? 'virtual queues' : 'virtual interrupts';
      return happened(`${taken} free ${words} of ${name} taken away`, taken);
    }
    case 'link':
      act.host.setLink(act.state);
      return happened(`Migration link of ${act.host.id}: ${linkWords(act.state)}`);
    default:
      return unreachable(act);
  }
}

function happened(words: string, taken: number | null = null): Result<ActOutcome> {
  return succeed({ words, taken });
}

function functionOf({ host, controller }: ActTarget): PciFunction | undefined {
  return [...host.kernel.functions.values()].find((entry) => entry.controller === controller);
}

function linkWords(state: LinkState): string {
  switch (state.kind) {
    case 'down':
      return 'down';
    case 'flapping':
      return `flapping, ${state.upMilliseconds} ms up, ${state.downMilliseconds} ms down`;
    case 'up':
      return state.share === 1 ? 'up' : `slow, ${Math.round(state.share * 100)} % of its speed`;
    default:
      return unreachable(state);
  }
}
