import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { SimulatedSubsystem } from '../hosts/simulated/state/subsystem.ts';

/** The NVM subsystems that a host reaches through its functions. */
export function subsystemsOfHost({ kernel }: SimulatedHost): ReadonlySet<SimulatedSubsystem> {
  return new Set([...kernel.functions.values()].map(({ controller }) => controller.subsystem));
}

/** Ids of the hosts that reach one of these NVM subsystems, and so may see what happens to it. */
export function hostsThatReach(
  subsystems: ReadonlySet<SimulatedSubsystem>,
  hosts: readonly SimulatedHost[],
): string[] {
  return hosts
    .filter((host) => [...subsystemsOfHost(host)].some((subsystem) => subsystems.has(subsystem)))
    .map(({ id }) => id);
}
