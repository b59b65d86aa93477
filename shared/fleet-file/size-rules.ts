import type { Pieces } from '../bounds/pieces.ts';
import { fleetSizes } from '../bounds/sizes.ts';
import type { FileController } from './controller/controller-schema.ts';
import type { FieldPath, ProblemList } from './problems.ts';
import type { FleetFile } from './schema.ts';

type Counted = Exclude<keyof typeof fleetSizes, 'hosts' | 'namespacesOfSubsystem'>;

const countedWords: Readonly<Record<Counted, string>> = {
  controllers: 'controllers, virtual functions and functions to provision',
  namespaces: 'namespaces',
  attachments: 'attachments',
  virtualMachines: 'virtual machines',
  queuePairs: 'I/O queue pairs',
  dataQueueSlots: 'slots of Controller Data Queues',
  notedGranules: 'granules that were written to',
};

/** Counts what a fleet file stands for as a whole, without making any of it. Each excess is told where it is reached. */
export class SizeCount {
  private readonly list: ProblemList;
  private readonly counted = new Map<Counted, number>();

  constructor(list: ProblemList) {
    this.list = list;
  }

  count(what: Counted, more: number, path: FieldPath): void {
    const before = this.counted.get(what) ?? 0;
    const now = before + more;
    this.counted.set(what, now);
    if (before > fleetSizes[what] || now <= fleetSizes[what]) return;
    this.list.add(
      path,
      `with this, the fleet has ${now} ${countedWords[what]}`,
      `Keep them at or below ${fleetSizes[what]} altogether`,
    );
  }
}

/** What can be counted before anything else is looked at. */
export function* checkSizes(list: ProblemList, file: FleetFile, sizes: SizeCount): Pieces<void> {
  const { hosts, subsystems } = file;
  if (hosts.length > fleetSizes.hosts)
    list.add(['hosts'], `there are ${hosts.length} hosts`, `Describe at most ${fleetSizes.hosts}`);
  for (const [index, { virtualMachines }] of hosts.entries())
    sizes.count('virtualMachines', virtualMachines.length, ['hosts', index, 'virtualMachines']);
  const users = new Map(hosts.map((host) => [host.name, mostProcessors(host)]));
  for (const [index, { controllers, namespaces, nqn }] of subsystems.entries()) {
    const path = ['subsystems', index];
    for (const [at, controller] of controllers.entries()) {
      if (yield* list.isEnough()) return;
      countController(sizes, [...path, 'controllers', at], controller, users.get(controller.host) ?? 0);
    }
    if (namespaces.length > fleetSizes.namespacesOfSubsystem)
      list.add(
        [...path, 'namespaces'],
        `${nqn} has ${namespaces.length} namespaces`,
        `Describe at most ${fleetSizes.namespacesOfSubsystem} in one NVM subsystem`,
      );
    sizes.count('namespaces', namespaces.length, [...path, 'namespaces']);
    for (const [at, { attachedTo }] of namespaces.entries()) {
      if (yield* list.isEnough()) return;
      sizes.count('attachments', attachedTo.length, [...path, 'namespaces', at, 'attachedTo']);
    }
  }
}

/** Processors of whoever starts controllers on a host: its own driver, or a guest's. */
function mostProcessors({ processors, virtualMachines }: FleetFile['hosts'][number]): number {
  return virtualMachines.reduce((most, { vcpus }) => Math.max(most, vcpus), processors);
}

/** `processors`: a driver asks for that many queue pairs at most. */
function countController(
  sizes: SizeCount,
  place: FieldPath,
  controller: FileController,
  processors: number,
): void {
  if (controller.role === 'plain') {
    sizes.count('controllers', 1, place);
    sizes.count('queuePairs', Math.min(controller.queuePairs, processors), [...place, 'queuePairs']);
    return;
  }
  const { sriov, provisioned, vq, secondaries, tracking } = controller;
  sizes.count('controllers', 1 + sriov.totalVfs, [...place, 'sriov', 'totalVfs']);
  sizes.count('controllers', provisioned?.maximum ?? 0, [...place, 'provisioned', 'maximum']);
  const own = vq.privateToPrimary + (vq.kind === 'flexible' ? vq.allocatedToPrimary : 0);
  sizes.count('queuePairs', Math.min(own, processors), [...place, 'vq']);
  const fixed = vq.kind === 'fixed' ? vq.perSecondary : 0;
  sizes.count('queuePairs', sriov.totalVfs * Math.min(fixed, processors), [...place, 'vq', 'perSecondary']);
  for (const [key, functions] of [
    ['secondaries', secondaries],
    ['provisioned', provisioned?.functions ?? []],
  ] as const)
    sizes.count(
      'queuePairs',
      functions.reduce((sum, { vq: assigned }) => sum + Math.min(assigned, processors), 0),
      [...place, key],
    );
  for (const [index, { slots }] of (tracking?.dataQueues ?? []).entries())
    sizes.count('dataQueueSlots', slots, [...place, 'tracking', 'dataQueues', index, 'slots']);
}
