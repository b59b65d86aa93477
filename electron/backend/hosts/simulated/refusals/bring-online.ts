import { virtualFunctionAddress } from '#shared/fleet-file/host/pci-address.ts';
import { virtualizationActions as actions } from '#shared/nvme/commands/virtualization-management.ts';
import type { Refusal } from '../../refusal.ts';
import {
  countsFromReset,
  isEnough,
  leastResources,
  obstaclesOf,
} from '../commands/functions/virtualization-management.ts';
import { usersOf } from '../host/kernel-refusals.ts';
import { isPhysical } from '../host/pci-function.ts';
import type { SimulatedSecondary } from '../state/controller.ts';
import { functionPath } from '../sysfs/places.ts';
import { type Freed, freeResources, resourceTypeOf, virtMgmt } from './free-resources.ts';
import { controllerName, deviceForLine, functionOf, type RefusedCommand } from './refused-command.ts';

/** One thing that keeps a secondary controller offline. Lines come later than those of what stands before it. */
interface Missing extends Refusal {
  /** A reset of the primary's function that has to come before everything but `first`. */
  readonly reset?: string | null;
  /** Lines that come before that reset. */
  readonly first?: readonly string[];
}

/** Everything that keeps a secondary controller from going online, in the order in which it has to be done. */
export function whyNotOnline(refused: RefusedCommand, secondary: SimulatedSecondary): Refusal | null {
  const resources = missingResources(refused, secondary);
  const reset = resources.map((each) => each.reset ?? null).find((line) => line !== null) ?? null;
  const missing: Missing[] = [
    ...disabledPrimary(refused, secondary),
    ...missingFunction(refused, secondary, reset !== null),
    ...resources,
    ...missingReset(refused, secondary, resources.length > 0),
  ];
  if (missing.length === 0) return null;
  const isWhole = missing.every(({ lines }) => lines.length > 0);
  return {
    cause: missing.map(({ cause }) => cause).join('; '),
    fix: missing.map(({ fix }, index) => (index === 0 ? fix : lowerFirst(fix))).join('; '),
    lines: isWhole
      ? [
          ...missing.flatMap(({ first = [] }) => first),
          ...(reset === null ? [] : [reset]),
          ...missing.flatMap(({ lines }) => lines),
        ]
      : [],
  };
}

function disabledPrimary({ host }: RefusedCommand, secondary: SimulatedSecondary): Missing[] {
  if (!obstaclesOf(secondary).primaryDisabled) return [];
  const { primary } = secondary.part;
  return [
    {
      cause: `The primary controller ${controllerName(host, primary)} is not enabled (CC.EN is 0)`,
      fix: 'Reset it, so that its driver enables it again',
      lines: [`nvme reset ${deviceForLine(host, primary)}`],
    },
  ];
}

function missingFunction(
  { host }: RefusedCommand,
  secondary: SimulatedSecondary,
  isReset: boolean,
): Missing[] {
  const { part } = secondary;
  const { primary } = part;
  const { numVfs, presentVfs } = primary.part;
  const isFunctionEnabled = !obstaclesOf(secondary).functionMissing;
  // On such a device a reset of the primary's function takes the virtual ones away.
  const goes = isReset && numVfs > 0 && primary.subsystem.profile.controllersFollowFunctions;
  if (isFunctionEnabled && !goes) return [];
  const cause = isFunctionEnabled
    ? `VF ${part.vfn} is enabled, but goes with that reset`
    : part.vfn <= numVfs
      ? `VF ${part.vfn} is gone since a reset of the drive, although sriov_numvfs is ${numVfs} (${presentVfs} exist)`
      : `VF ${part.vfn} is not enabled: sriov_numvfs is ${numVfs}`;
  const physical = functionOf(host, primary);
  const file = physical === undefined ? null : `${functionPath(physical.address)}/sriov_numvfs`;
  if (numVfs === 0)
    return [
      {
        cause,
        fix: `Write at least ${part.vfn}`,
        lines: file === null ? [] : [`echo ${part.vfn} > ${file}`],
      },
    ];
  const count = Math.max(part.vfn, numVfs);
  const fix = `Write 0 and then at least ${count} to sriov_numvfs, which removes the ${numVfs} virtual functions that there are and takes them offline`;
  const users = physical === undefined ? null : usersOf(physical, host.functions);
  if (users !== null) return [{ cause, fix: `${fix}; first take ${users}`, lines: [] }];
  return [{ cause, fix, lines: file === null ? [] : [`echo 0 > ${file}`, `echo ${count} > ${file}`] }];
}

function missingResources(refused: RefusedCommand, secondary: SimulatedSecondary): Missing[] {
  const { primary } = secondary.part;
  const leaves = resourcesLeave(secondary);
  const lacks = (['vq', 'vi'] as const).map((key) => {
    const pool = primary.part[key];
    const held = secondary.part[key];
    const stays = isEnough(primary, key, leaves === null ? held : 0);
    const missing = leastResources[key] - held - pool.free;
    const freed: Freed | null =
      stays || missing <= 0 ? null : freeResources(refused, primary, { key, missing, for: secondary });
    return { key, held, pool, stays, freed };
  });
  // What the function's reset takes away is assigned anew.
  const isReset = lacks.some(({ freed }) => freed !== null && freed.reset !== null);
  return lacks
    .filter(({ stays, pool }) => !stays || (isReset && pool.isFlexible))
    .map(({ key, held, pool, freed }): Missing => {
      const name = key.toUpperCase();
      const assign = virtMgmt(refused, primary, {
        cntlid: secondary.cntlid,
        rt: resourceTypeOf[key],
        act: actions.secondaryAssign.value,
        nr: Math.max(leastResources[key], held),
      });
      const cause = isEnough(primary, key, held)
        ? `the ${held} ${name} of CNTLID ${secondary.cntlid} go with ${leaves ?? 'that reset'}`
        : `CNTLID ${secondary.cntlid} has ${held} ${name} and needs at least ${leastResources[key]}`;
      if (freed === null) return { cause, fix: `Assign ${name}`, lines: [assign] };
      const free = `${cause}, and ${pool.free} of ${pool.total} are free: the primary controller holds ${pool.allocatedToPrimary}, the secondary controllers ${pool.assigned}`;
      if (freed.lines.length === 0)
        return {
          cause: free,
          fix: `Assign ${name}, and before that ${freed.how ?? `free ${name}`}`,
          lines: [],
        };
      const fix = `Assign ${name}, and before that ${freed.how}`;
      return freed.reset === null
        ? { cause: free, fix, lines: [...freed.lines, assign] }
        : { cause: free, fix, first: freed.lines, reset: freed.reset, lines: [assign] };
    });
}

/** What has to be done first and takes away what the secondary controller holds; null: it keeps that. */
function resourcesLeave(secondary: SimulatedSecondary): string | null {
  const { primary } = secondary.part;
  const { primaryDisabled, functionMissing } = obstaclesOf(secondary);
  if (primaryDisabled) return 'that reset';
  const isRemoved = functionMissing && primary.part.numVfs > 0;
  return isRemoved && !primary.subsystem.profile.controllersFollowFunctions
    ? 'the virtual functions that are removed'
    : null;
}

/** On a drive where what is assigned counts from a reset of the function on. `assigns`: lines before this one assign. */
function missingReset({ host }: RefusedCommand, secondary: SimulatedSecondary, assigns: boolean): Missing[] {
  const { resetPending } = obstaclesOf(secondary);
  if (!resetPending && !(assigns && countsFromReset(secondary))) return [];
  const { cntlid, part } = secondary;
  const physical = functionOf(host, part.primary);
  const sriov = physical !== undefined && isPhysical(physical) ? physical.sriov : null;
  const address =
    physical === undefined || sriov === null
      ? undefined
      : virtualFunctionAddress(physical.address, sriov, part.vfn);
  return [
    {
      cause: resetPending
        ? `CNTLID ${cntlid} got its resources while VF ${part.vfn} was enabled, and that function was not reset since`
        : `what CNTLID ${cntlid} gets while VF ${part.vfn} is enabled counts from a reset of that function on`,
      fix: `Reset the function of VF ${part.vfn}`,
      lines: address === undefined ? [] : [`echo 1 > ${functionPath(address)}/reset`],
    },
  ];
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
