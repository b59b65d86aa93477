import { Pacer, type Pieces } from '#shared/bounds/pieces.ts';
import { shortenList } from '#shared/bounds/shorten.ts';
import type { Problem } from '#shared/fleet/schema.ts';
import {
  type FleetFile,
  type FleetFileInput,
  fleetFileFormat,
  fleetFileVersion,
} from '#shared/fleet-file/schema.ts';
import { type Result, succeed } from '#shared/result.ts';
import { type Capture, capturedCntlid, capturedIdentify } from '../capture.ts';
import { recordedSecondaries } from '../recorded-secondaries.ts';
import type { CapturedController } from '../snapshot.ts';
import { subsystemNqn } from '../supplement.ts';
import { leaveOut, twinCntlids } from './leave-out.ts';
import { note, type TwinContext } from './twin-context.ts';
import { twinPlain, twinPrimary } from './twin-controller.ts';
import { TwinIdentifiers } from './twin-identifiers.ts';
import { twinNamespaces } from './twin-namespaces.ts';
import { notSimulated, twinDevice, twinProfile } from './twin-profile.ts';

/** OACS bit 3. */
const namespaceManagement = 0x0008;

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
  const host =
    capture.name
      .replace(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 200) || 'capture';
  const context: TwinContext = {
    ...{ capture, host, notes, undescribed, assumedAddresses: new Map() },
    virtualFunctions: virtualFunctionsOf(capture),
    addresses: new Set(capture.controllers.flatMap(physicalAddress)),
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
        kernel: capture.kernel.slice(0, 200),
        iommu: hasIommu ? 'iommu' : '',
        subsystemNumbers: Object.fromEntries(capture.subsystemNumbers),
      },
    ],
    subsystems,
  };
  const checked = yield* leaveOut(context, input);
  return checked.ok ? succeed({ file: checked.value, notes: readable(notes), undescribed }) : checked;
}

/** Virtual functions have their places by offset and stride. */
function physicalAddress(controller: CapturedController): string[] {
  return controller.function?.virtualFunction ? [] : [controller.address];
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
  const identifiers = new TwinIdentifiers();
  const numbered = controllers.flatMap((controller) => {
    const recorded = capturedCntlid(controller) ?? 0;
    if (identifiers.take(recorded)) return { controller, cntlid: recorded };
    note(context, {
      source: '',
      field: `${nqn}, CNTLID ${recorded}`,
      message: `${controller.address} has CNTLID ${recorded}, which another controller of the subsystem has, or which is none; the twin leaves it out`,
      fix: 'Give the drives different serial numbers or subsystems',
    });
    return [];
  });
  const inputs: SubsystemInput['controllers'] = [];
  for (const { controller, cntlid } of numbered) {
    yield* context.pacer.did();
    inputs.push(
      isPrimary(controller)
        ? twinPrimary(context, controller, cntlid, identifiers)
        : twinPlain(context, controller, cntlid),
    );
  }
  const known = new Set(inputs.flatMap(twinCntlids));
  const namespaces = yield* twinNamespaces(context, nqn, controllers, known);
  noteMissing(context, nqn, controllers);
  return {
    nqn,
    // The first is never left out.
    profile: twinProfile(controllers[0]),
    controllerLists: knowsItsSubsystem(controllers),
    ...(controllers.some((controller) => twinDevice(controller)?.onlineNeedsReset === true)
      ? { onlineNeedsReset: true }
      : {}),
    ...twinCapacity(context, nqn, controllers, namespaces),
    controllers: inputs,
    namespaces,
  };
}

/** What the drive announces and the twin does not have, in one note. */
function noteMissing(context: TwinContext, nqn: string, controllers: readonly CapturedController[]): void {
  const missing = [...new Set(controllers.flatMap(notSimulated))];
  if (missing.length === 0) return;
  note(context, {
    source: '',
    field: nqn,
    message: `The drive announces commands that the twin does not have and refuses as an invalid opcode: ${missing.join('; ')}`,
  });
}

/** The capacity for namespaces: what they take, and what the drive says is not allocated (UNVMCAP). */
function twinCapacity(
  context: TwinContext,
  nqn: string,
  controllers: readonly CapturedController[],
  namespaces: NonNullable<SubsystemInput['namespaces']>,
): Pick<SubsystemInput, 'capacityBytes'> {
  const identity = controllers.map(capturedIdentify).find((known) => known !== null);
  const used = namespaces.reduce((sum, { blocks, blockSize = 4096 }) => sum + blocks * blockSize, 0);
  if (identity == null) return {};
  if (identity.tnvmcap === 0n && (identity.oacs & namespaceManagement) !== 0)
    note(context, {
      source: '',
      field: `${nqn}, TNVMCAP`,
      message: 'The drive does not report its capacity; the twin has as much as its namespaces take',
    });
  const capacityBytes = used + Number(identity.tnvmcap === 0n ? 0n : identity.unvmcap);
  return Number.isSafeInteger(capacityBytes) ? { capacityBytes } : {};
}

function isPrimary(controller: CapturedController): boolean {
  if (controller.function !== null)
    return controller.function.sriov !== null && controller.function.sriov.totalVfs > 0;
  const others = recordedSecondaries(controller)?.filter(({ vfn }) => vfn > 0) ?? [];
  return others.length > 0;
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
