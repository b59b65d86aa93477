import type { Problem } from '#shared/fleet/schema.ts';
import {
  type FleetFile,
  type FleetFileInput,
  fleetFileFormat,
  fleetFileSchema,
  fleetFileVersion,
} from '#shared/fleet-file/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type Capture, capturedIdentify } from './capture.ts';
import type { CapturedController } from './snapshot.ts';
import { subsystemNqn } from './supplement.ts';
import type { TwinContext } from './twin-context.ts';
import { twinPlain, twinPrimary } from './twin-controller.ts';
import { twinNamespaces } from './twin-namespaces.ts';

type SubsystemInput = NonNullable<FleetFileInput['subsystems']>[number];

/** A twin and what the capture left open about it. */
export interface Twin {
  readonly file: FleetFile;
  /** Every assumption that had to be made, because the capture does not tell. */
  readonly notes: readonly Problem[];
  /** Namespaces that the capture lists but describes nowhere, by `<subsystem NQN>#<NSID>`. */
  readonly undescribed: ReadonlySet<string>;
}

/**
 * The simulated twin of a captured host: a fleet file with the same controllers, numbers, identities and state.
 * Identify data is kept as recorded; a virtual function that was not identified answers its primary's with its own
 * CNTLID, as such devices do.
 */
export function buildTwin(capture: Capture): Result<Twin> {
  const notes: Problem[] = [];
  const undescribed = new Set<string>();
  const host = capture.name.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'capture';
  const subsystems = [...groupBySubsystem(capture, notes)].map(([nqn, controllers]) =>
    twinSubsystem({ capture, host, notes, undescribed }, nqn, controllers),
  );
  const hasIommu = capture.controllers.some((known) => known.function?.iommuGroup != null);
  const input: FleetFileInput = {
    format: fleetFileFormat,
    version: fleetFileVersion,
    name: capture.name.slice(0, 100),
    title: `Simulated twin of ${capture.name}`,
    description: `Made from snapshot ${capture.snapshot} of the capture ${capture.name}.`,
    hosts: [
      {
        name: host,
        kernel: capture.kernel,
        iommu: hasIommu ? 'iommu' : '',
        subsystemNumbers: Object.fromEntries(capture.subsystemNumbers),
      },
    ],
    subsystems: subsystems.filter((subsystem) => subsystem !== null),
  };
  const checked = fleetFileSchema.safeParse(input);
  if (checked.success) return succeed({ file: checked.data, notes, undescribed });
  return fail(
    'invalid-file',
    `${capture.name} cannot become a simulated twin: some recorded values are impossible`,
    {
      object: capture.folder,
      details: checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
      fix: 'Record the capture again, or choose another snapshot',
    },
  );
}

/** The fleet file of the twin alone; see `buildTwin`. */
export function twinFleetFile(capture: Capture): Result<FleetFile> {
  const twin = buildTwin(capture);
  return twin.ok ? succeed(twin.value.file) : twin;
}

// Virtual functions are not grouped: they follow from their primary controller.
function groupBySubsystem(capture: Capture, notes: Problem[]): ReadonlyMap<string, CapturedController[]> {
  const groups = new Map<string, CapturedController[]>();
  for (const controller of capture.controllers) {
    if (controller.function?.virtualFunction) continue;
    const nqn = subsystemNqn(controller);
    if (nqn === '') {
      notes.push({
        source: capture.snapshot,
        field: controller.address,
        message: `The NVM subsystem of ${controller.address} is unknown; the twin leaves the controller out`,
        fix: 'Record the snapshot with all controllers',
      });
      continue;
    }
    groups.set(nqn, [...(groups.get(nqn) ?? []), controller]);
  }
  return groups;
}

function twinSubsystem(
  context: TwinContext,
  nqn: string,
  controllers: readonly CapturedController[],
): SubsystemInput | null {
  const built = controllers.map((controller) => ({
    controller,
    input: isPrimary(controller) ? twinPrimary(context, controller) : twinPlain(context, controller),
  }));
  const known = built.filter(({ input }, index) => {
    const duplicate = built.findIndex((other) => other.input.cntlid === input.cntlid) < index;
    if (duplicate)
      context.notes.push({
        source: context.capture.snapshot,
        field: `${nqn}, CNTLID ${input.cntlid}`,
        message: 'Two controllers of one subsystem have the same identifier; the twin leaves the second out',
        fix: 'Give the drives different serial numbers or subsystems',
      });
    return !duplicate;
  });
  return {
    nqn,
    profile: profileOf(known[0]?.controller),
    controllerLists: knowsItsSubsystem(controllers),
    controllers: known.map(({ input }) => input),
    namespaces: twinNamespaces(context, nqn, controllers),
  };
}

function isPrimary(controller: CapturedController): boolean {
  if (controller.function !== null) return controller.function.sriov !== null;
  const secondaries = controller.record?.secondaries;
  return secondaries?.kind === 'value' && (secondaries.value[0] ?? 0) > 0;
}

// The twin must not promise more than the device: migration and virtual subsystems only where OACS says HMLMS (bit 11).
function profileOf(controller: CapturedController | undefined) {
  const transport = controller?.device?.transport ?? 'pcie';
  if (transport !== 'pcie') return 'linux-nvmet';
  const identity = controller === undefined ? null : capturedIdentify(controller);
  return identity !== null && (identity.oacs & 0x0800) !== 0 ? 'berth' : 'qemu-7.2';
}

/** A device without a subsystem of its own refuses controller lists; without a record, CMIC bit 1 tells. */
function knowsItsSubsystem(controllers: readonly CapturedController[]): boolean {
  for (const controller of controllers) {
    const answer = controller.record?.controllers;
    if (answer != null) return answer.kind === 'value';
    const identity = capturedIdentify(controller);
    if (identity !== null) return (identity.cmic & 0x02) !== 0;
  }
  return true;
}
