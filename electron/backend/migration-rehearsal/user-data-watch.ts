import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { SimulatedNamespace } from '../hosts/simulated/state/namespace.ts';

/**
 * Compares, when a guest begins to run on another host than before, each of its namespaces with the one of another drive that
 * has its identifiers: what the guest finds must be what it left. Answers what is wrong.
 */
export function createUserDataWatch(hosts: readonly SimulatedHost[]): (after: string) => string[] {
  const ranOn = new Map<string, string>();
  return (after) => {
    const wrong: string[] = [];
    for (const host of hosts)
      for (const { name, state, devices } of host.virtualMachines.machines.values()) {
        if (state !== 'running') continue;
        const before = ranOn.get(name);
        ranOn.set(name, host.id);
        if (before === undefined || before === host.id) continue;
        for (const { controller } of devices)
          for (const nsid of controller.subsystem.attachedTo(controller.cntlid)) {
            const found = controller.subsystem.namespaces.get(nsid);
            const left = found === undefined ? undefined : twinOf(hosts, found);
            if (
              found !== undefined &&
              left !== undefined &&
              left.contents.digest() !== found.contents.digest()
            )
              wrong.push(`${name} found other user data in namespace ${nsid} on ${host.id} after ${after}`);
          }
      }
    return wrong;
  };
}

/** The namespace of another NVM subsystem with the same NGUID. */
function twinOf(hosts: readonly SimulatedHost[], wanted: SimulatedNamespace): SimulatedNamespace | undefined {
  for (const host of hosts)
    for (const { controller } of host.kernel.functions.values())
      for (const namespace of controller.subsystem.namespaces.values())
        if (namespace !== wanted && namespace.file.nguid !== '' && namespace.file.nguid === wanted.file.nguid)
          return namespace;
  return undefined;
}
