import { checkInPieces } from '#shared/bounds/check-in-pieces.ts';
import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { shortenList } from '#shared/bounds/shorten.ts';
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

/** Controllers that are taken over between two pauses. */
const controllersOfPiece = 50;

const mostNotes = 500;

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
 * The simulated twin of a captured host, made in pieces: a fleet file with the same controllers, numbers, identities and state.
 * Identify data is kept as recorded; a virtual function that was not identified answers its primary's with its own
 * CNTLID, as such devices do.
 */
export function* buildTwin(capture: Capture): Pieces<Result<Twin>> {
  const notes: Problem[] = [];
  const undescribed = new Set<string>();
  const host = capture.name.replace(/[^A-Za-z0-9._-]/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'capture';
  const context: TwinContext = {
    ...{ capture, host, notes, undescribed, assumedAddresses: new Map() },
    virtualFunctions: virtualFunctionsOf(capture),
    pacer: new Pacer(controllersOfPiece),
  };
  const subsystems: SubsystemInput[] = [];
  for (const [nqn, controllers] of groupBySubsystem(capture, notes))
    subsystems.push(yield* twinSubsystem(context, nqn, controllers));
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
    subsystems,
  };
  const checked = yield* checkInPieces(fleetFileSchema, input);
  if (checked.ok) return succeed({ file: checked.value, notes: readable(notes), undescribed });
  return fail(
    'invalid-file',
    `${capture.name} cannot become a simulated twin: some recorded values are impossible`,
    {
      object: capture.folder,
      details: checked.findings.map(({ path, message }) => `${path.join('.')}: ${message}`),
      fix: 'Record the capture again, or choose another snapshot',
    },
  );
}

/** Nobody reads thousands, and every one of a large capture's controllers may have one. */
function readable(notes: readonly Problem[]): readonly Problem[] {
  return shortenList(notes, mostNotes, (left) => ({ source: '.', message: `There are ${left} more notes` }));
}

/** The fleet file of the twin alone; see `buildTwin`. */
export function* twinFleetFile(capture: Capture): Pieces<Result<FleetFile>> {
  const twin = yield* buildTwin(capture);
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
    const group = groups.get(nqn);
    if (group === undefined) groups.set(nqn, [controller]);
    else group.push(controller);
  }
  return groups;
}

function virtualFunctionsOf(capture: Capture): TwinContext['virtualFunctions'] {
  const functions = new Map<string, Map<number, CapturedController>>();
  for (const controller of capture.controllers) {
    const identity = controller.function?.virtualFunction;
    if (identity == null) continue;
    const siblings = functions.get(identity.physicalFunction) ?? new Map<number, CapturedController>();
    functions.set(identity.physicalFunction, siblings);
    // The first one where several claim the same number.
    if (!siblings.has(identity.vfn)) siblings.set(identity.vfn, controller);
  }
  return functions;
}

function* twinSubsystem(
  context: TwinContext,
  nqn: string,
  controllers: readonly CapturedController[],
): Pieces<SubsystemInput> {
  const inputs: SubsystemInput['controllers'] = [];
  const seen = new Set<number>();
  for (const controller of controllers) {
    yield* context.pacer.did();
    const input = isPrimary(controller) ? twinPrimary(context, controller) : twinPlain(context, controller);
    if (!seen.has(input.cntlid)) inputs.push(input);
    else
      context.notes.push({
        source: context.capture.snapshot,
        field: `${nqn}, CNTLID ${input.cntlid}`,
        message: 'Two controllers of one subsystem have the same identifier; the twin leaves the second out',
        fix: 'Give the drives different serial numbers or subsystems',
      });
    seen.add(input.cntlid);
  }
  return {
    nqn,
    // The first is never left out.
    profile: profileOf(controllers[0]),
    controllerLists: knowsItsSubsystem(controllers),
    controllers: inputs,
    namespaces: yield* twinNamespaces(context, nqn, controllers),
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
