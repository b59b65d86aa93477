import { fleetSizes } from '../bounds/sizes.ts';
import type { FieldPath, ProblemList } from './problems.ts';
import type { FleetFile } from './schema.ts';

/** What a fleet file stands for as a whole, counted without making any of it. Each excess is told where it is reached. */
export function checkSizes(list: ProblemList, file: FleetFile): void {
  const counted = { controllers: 0, namespaces: 0, attachments: 0, virtualMachines: 0 };
  const told = new Set<string>();
  const count = (what: keyof typeof counted, more: number, path: FieldPath, words: string): void => {
    counted[what] += more;
    if (counted[what] <= fleetSizes[what] || told.has(what)) return;
    told.add(what);
    list.add(
      path,
      `with this, the fleet has ${counted[what]} ${words}`,
      `Keep them at or below ${fleetSizes[what]} altogether`,
    );
  };
  const { hosts, subsystems } = file;
  if (hosts.length > fleetSizes.hosts)
    list.add(['hosts'], `there are ${hosts.length} hosts`, `Describe at most ${fleetSizes.hosts}`);
  for (const [index, { virtualMachines }] of hosts.entries())
    count('virtualMachines', virtualMachines.length, ['hosts', index, 'virtualMachines'], 'virtual machines');
  for (const [index, { controllers, namespaces, nqn }] of subsystems.entries()) {
    const path = ['subsystems', index];
    for (const [at, controller] of controllers.entries()) {
      const place = [...path, 'controllers', at];
      const words = 'controllers, virtual functions and functions to provision';
      if (controller.role === 'plain') {
        count('controllers', 1, place, words);
        continue;
      }
      count('controllers', 1 + controller.sriov.totalVfs, [...place, 'sriov', 'totalVfs'], words);
      const provisioned = controller.provisioned?.maximum ?? 0;
      count('controllers', provisioned, [...place, 'provisioned', 'maximum'], words);
    }
    if (namespaces.length > fleetSizes.namespacesOfSubsystem)
      list.add(
        [...path, 'namespaces'],
        `${nqn} has ${namespaces.length} namespaces`,
        `Describe at most ${fleetSizes.namespacesOfSubsystem} in one NVM subsystem`,
      );
    count('namespaces', namespaces.length, [...path, 'namespaces'], 'namespaces');
    for (const [at, { attachedTo }] of namespaces.entries())
      count('attachments', attachedTo.length, [...path, 'namespaces', at, 'attachedTo'], 'attachments');
  }
}
