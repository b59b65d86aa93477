import { checkInPieces, type SchemaFinding } from '#shared/bounds/check-in-pieces.ts';
import type { Pieces } from '#shared/bounds/pieces.ts';
import { secondaryCntlids } from '#shared/fleet-file/controller/secondaries.ts';
import { findFleetProblems } from '#shared/fleet-file/rules.ts';
import { type FleetFile, type FleetFileInput, fleetFileSchema } from '#shared/fleet-file/schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { note, type TwinContext } from './twin-context.ts';

type SubsystemInput = NonNullable<FleetFileInput['subsystems']>[number];

/** What a twin can do without. */
interface Part {
  readonly subsystem: number;
  readonly list?: 'controllers' | 'namespaces';
  readonly index?: number;
}

/** One thing that keeps the input from being a fleet file. */
interface Obstacle {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Each time some controllers are kept as they are or left out, and more only where a check has enough to tell. */
const mostRounds = 100;

/**
 * The fleet file of a twin, without the controllers, namespaces and subsystems that cannot be simulated: a capture does not
 * fail to get a twin because something in it is odd. What is left out is noted. Refused only for what is no part: its size.
 */
export function* leaveOut(context: TwinContext, input: FleetFileInput): Pieces<Result<FleetFile>> {
  let rest = input;
  let obstacles: readonly Obstacle[] = [];
  for (let round = 0; round < mostRounds; round++) {
    const checked = yield* checkInPieces(fleetFileSchema, rest);
    if (checked.ok) {
      const { problems } = yield* findFleetProblems(checked.value);
      if (problems.length === 0) return succeed(checked.value);
      obstacles = problems.map(({ field, message }) => ({ path: pathOf(field), message }));
    } else obstacles = checked.findings.map(({ path, message }: SchemaFinding) => ({ path, message }));
    const odd = keptAsRecorded(rest, obstacles);
    if (odd !== null) {
      rest = odd;
      continue;
    }
    const parts = new Map<string, Part>();
    for (const { path, message } of obstacles) {
      const part = partOf(path);
      if (part === null) continue;
      const key = [part.subsystem, part.list, part.index].join(' ');
      if (!parts.has(key)) noteLeft(context, rest, part, path, message);
      parts.set(key, part);
    }
    if (parts.size === 0) break;
    rest = without(rest, [...parts.values()]);
  }
  return fail('invalid-file', `${context.capture.name} cannot become a simulated twin as a whole`, {
    object: context.capture.place,
    details: obstacles.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`),
    fix: 'Record fewer controllers, or choose another snapshot',
  });
}

/**
 * The same with the primary controllers whose numbers do not agree kept as they were recorded; null where that was tried,
 * or none of what stands in the way is in one. What is odd about them was noted when they were built.
 */
function keptAsRecorded(input: FleetFileInput, obstacles: readonly Obstacle[]): FleetFileInput | null {
  const places = new Set(
    obstacles
      .map(({ path }) => partOf(path))
      .map((part) => `${part?.subsystem} ${part?.list} ${part?.index}`),
  );
  let changed = false;
  const subsystems = (input.subsystems ?? []).map((subsystem, at) => ({
    ...subsystem,
    controllers: subsystem.controllers.map((controller, index) => {
      const isMeant = places.has(`${at} controllers ${index}`);
      if (!isMeant || controller.role !== 'primary' || controller.asRecorded === true) return controller;
      changed = true;
      return { ...controller, asRecorded: true };
    }),
  }));
  return changed ? { ...input, subsystems } : null;
}

/** `subsystems[0].controllers[1].vq` as its parts. */
function pathOf(field: string): readonly PropertyKey[] {
  return field
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function partOf([first, subsystem, list, index]: readonly PropertyKey[]): Part | null {
  if (first !== 'subsystems' || typeof subsystem !== 'number') return null;
  if ((list === 'controllers' || list === 'namespaces') && typeof index === 'number')
    return { subsystem, list, index };
  return { subsystem };
}

function noteLeft(
  context: TwinContext,
  { subsystems = [] }: FleetFileInput,
  { subsystem: at, list, index = 0 }: Part,
  path: readonly PropertyKey[],
  message: string,
): void {
  const subsystem = subsystems[at];
  const controller = list === 'controllers' ? subsystem?.controllers[index] : undefined;
  const namespace = list === 'namespaces' ? subsystem?.namespaces?.[index] : undefined;
  const what =
    controller !== undefined
      ? `${controller.address ?? `CNTLID ${controller.cntlid}`} of ${subsystem?.nqn}`
      : namespace !== undefined
        ? `Namespace ${namespace.nsid} of ${subsystem?.nqn}`
        : `NVM subsystem ${subsystem?.nqn}`;
  note(context, {
    source: '',
    field:
      path
        .slice(list === undefined ? 2 : 4)
        .map(String)
        .join('.') || 'as a whole',
    message: `${what} cannot be simulated as it was recorded, and the twin leaves it out: ${message}`,
  });
}

/** CNTLIDs of a controller and of its secondaries. */
export function twinCntlids(input: SubsystemInput['controllers'][number]): readonly number[] {
  if (input.role === 'plain') return [input.cntlid];
  const { sriov, secondaries = [] } = input;
  return [input.cntlid, ...secondaryCntlids({ ...input, sriov, secondaries })];
}

function without(input: FleetFileInput, parts: readonly Part[]): FleetFileInput {
  const isLeft = (subsystem: number, list: Part['list'], index: number) =>
    parts.some((part) => part.subsystem === subsystem && part.list === list && part.index === index);
  const subsystems = (input.subsystems ?? []).flatMap((subsystem, at) => {
    if (parts.some((part) => part.subsystem === at && part.list === undefined)) return [];
    const controllers = subsystem.controllers.filter((_, index) => !isLeft(at, 'controllers', index));
    const namespaces = (subsystem.namespaces ?? []).filter((_, index) => !isLeft(at, 'namespaces', index));
    // Nobody stays attached to what is left out.
    const known = new Set(controllers.flatMap(twinCntlids));
    const attached = namespaces.map(({ attachedTo = [], ...namespace }) => ({
      ...namespace,
      attachedTo: attachedTo.filter((cntlid) => known.has(cntlid)),
    }));
    return controllers.length === 0 ? [] : [{ ...subsystem, controllers, namespaces: attached }];
  });
  return { ...input, subsystems };
}
