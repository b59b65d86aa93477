import { type FleetFile, fleetFileSchema } from '#shared/fleet-file/schema.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';

type Workload = NonNullable<FleetFile['hosts'][number]['virtualMachines'][number]['workload']>;

type FileController = FleetFile['subsystems'][number]['controllers'][number];

/** NQN of the drive of hv-b. */
const secondNqn = 'nqn.2014-08.org.nvmexpress:uuid:5e1f4c10-7a3d-4a91-b0c7-d1f0a0b356f5';

/**
 * The two hosts of the built-in fleet with a drive each instead of one between them. The drive of hv-b has a namespace
 * prepared for each one of the guests of hv-a: as large, with the same identifiers, and with nothing of theirs in it.
 */
export function twoDrives({
  blocks = 2 ** 18,
  memoryBytes = 2 ** 28,
  workload = {},
}: {
  readonly blocks?: number;
  readonly memoryBytes?: number;
  readonly workload?: Partial<Workload> | null;
} = {}): FleetFile {
  const file = twoHosts.build();
  const dual = file.subsystems.find(({ controllers }) => controllers.some(({ cntlid }) => cntlid === 0x41));
  if (dual === undefined) throw new Error('the built-in fleet has changed');
  const [first, second] = ['hv-a', 'hv-b'].map((host) =>
    dual.controllers.filter((controller) => controller.host === host).map(withFewFunctions),
  );
  const small = dual.namespaces.slice(0, 3).map((namespace) => ({ ...namespace, blocks }));
  const guest = {
    phases: [{ seconds: 10, pagesPerSecond: 2000, hotBytes: 2 ** 24, hotShare: 0.8 }],
    ...{ readsPerSecond: 200, writesPerSecond: 400, blocksPerCommand: 8 },
    ...workload,
  };
  return fleetFileSchema.parse({
    ...file,
    name: 'two-drives',
    hosts: file.hosts.map((host) => ({
      ...host,
      linkBytesPerSecond: 1_250_000_000,
      virtualMachines:
        host.name === 'hv-a'
          ? host.virtualMachines.map((machine) => ({
              ...machine,
              memoryBytes,
              ...(workload === null ? {} : { workload: guest }),
            }))
          : [],
    })),
    subsystems: [
      { ...dual, controllers: first, namespaces: small.map((one) => withOnly(one, [3, 4, 9])) },
      {
        ...dual,
        nqn: secondNqn,
        controllers: second?.map((controller) =>
          controller.role === 'primary'
            ? { ...controller, secondaries: [], virtualSubsystems: [] }
            : controller,
        ),
        namespaces: small.map((one) => withOnly(one, [])),
      },
    ],
  });
}

function withFewFunctions(controller: FileController): FileController {
  return controller.role === 'primary' && controller.sriov !== undefined
    ? { ...controller, sriov: { ...controller.sriov, totalVfs: 14, numVfs: 12 } }
    : controller;
}

function withOnly<T extends { readonly attachedTo: readonly number[] }>(
  namespace: T,
  kept: readonly number[],
): T {
  return { ...namespace, attachedTo: namespace.attachedTo.filter((cntlid) => kept.includes(cntlid)) };
}
