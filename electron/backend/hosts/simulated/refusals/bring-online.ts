import { virtualizationActions as actions } from '#shared/nvme/commands/virtualization-management.ts';
import type { Refusal } from '../../refusal.ts';
import type { SimulatedPrimary, SimulatedSecondary } from '../state/controller.ts';
import { type Freed, freeResources, type ResourceKey, resourceTypeOf, virtMgmt } from './free-resources.ts';
import {
  controllerName,
  deviceForLine,
  functionOf,
  type RefusedCommand,
  sysfsFolder,
} from './refused-command.ts';

/** What a secondary controller needs at least of each type that is flexible (NVMe Base 2.1, 8.2.6.3). */
const least: Readonly<Record<ResourceKey, number>> = { vq: 2, vi: 1 };

/** One thing that keeps a secondary controller offline. Lines come later than those of what stands before it. */
interface Missing extends Refusal {
  /** A reset of the primary's function that has to come before everything but `first`. */
  readonly reset?: string | null;
  /** Lines that come before that reset. */
  readonly first?: readonly string[];
}

/** Everything that keeps a secondary controller from going online, in the order in which it has to be done. */
export function whyNotOnline(
  refused: RefusedCommand,
  primary: SimulatedPrimary,
  secondary: SimulatedSecondary,
): Refusal | null {
  const resources = missingResources(refused, primary, secondary);
  const reset = resources.map((each) => each.reset ?? null).find((line) => line !== null) ?? null;
  const missing: Missing[] = [
    ...disabledPrimary(refused, primary),
    ...missingFunction(refused, primary, secondary, reset !== null),
    ...resources,
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

function disabledPrimary({ host }: RefusedCommand, primary: SimulatedPrimary): Missing[] {
  if (primary.isEnabled) return [];
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
  primary: SimulatedPrimary,
  { part, isFunctionEnabled }: SimulatedSecondary,
  isReset: boolean,
): Missing[] {
  const { numVfs, presentVfs } = primary.part;
  // On such a device a reset of the primary's function takes the virtual ones away.
  const goes = isReset && numVfs > 0 && primary.subsystem.profile.controllersFollowFunctions;
  if (isFunctionEnabled && !goes) return [];
  const cause = isFunctionEnabled
    ? `VF ${part.vfn} is enabled, but goes with that reset`
    : part.vfn <= numVfs
      ? `VF ${part.vfn} is gone since a reset of the drive, although sriov_numvfs is ${numVfs} (${presentVfs} exist)`
      : `VF ${part.vfn} is not enabled: sriov_numvfs is ${numVfs}`;
  const address = functionOf(host, primary)?.address;
  const file = address === undefined ? null : `${sysfsFolder(address)}/sriov_numvfs`;
  if (numVfs === 0)
    return [
      {
        cause,
        fix: `Write at least ${part.vfn}`,
        lines: file === null ? [] : [`echo ${part.vfn} > ${file}`],
      },
    ];
  const users = [...host.functions.values()].filter(
    ({ physicalFunction, owner }) => physicalFunction?.controller === primary && owner !== null,
  );
  const count = Math.max(part.vfn, numVfs);
  const fix = `Write 0 and then at least ${count} to sriov_numvfs, which removes the ${numVfs} virtual functions that there are and takes them offline`;
  const taken = users.map((user) => `${user.address} from virtual machine ${user.owner}`).join(' and ');
  if (users.length > 0 || file === null)
    return [{ cause, fix: users.length > 0 ? `${fix}; first take ${taken}` : fix, lines: [] }];
  return [{ cause, fix, lines: [`echo 0 > ${file}`, `echo ${count} > ${file}`] }];
}

function missingResources(
  refused: RefusedCommand,
  primary: SimulatedPrimary,
  secondary: SimulatedSecondary,
): Missing[] {
  const lacks = (['vq', 'vi'] as const).map((key) => {
    const pool = primary.part[key];
    // A primary that has to be reset first takes away what its secondaries hold.
    const has = primary.isEnabled ? secondary.part[key] : 0;
    const isEnough = !pool.isFlexible || has >= least[key];
    const missing = least[key] - secondary.part[key] - pool.free;
    const freed: Freed | null =
      isEnough || missing <= 0 ? null : freeResources(refused, primary, { key, missing, for: secondary });
    return { key, has, pool, isEnough, freed };
  });
  // What the function's reset takes away is assigned anew.
  const isReset = lacks.some(({ freed }) => freed !== null && freed.reset !== null);
  return lacks
    .filter(({ isEnough, pool }) => !isEnough || (isReset && pool.isFlexible))
    .map(({ key, has, pool, isEnough, freed }): Missing => {
      const name = key.toUpperCase();
      const assign = virtMgmt(refused, primary, {
        cntlid: secondary.cntlid,
        rt: resourceTypeOf[key],
        act: actions.secondaryAssign.value,
        nr: Math.max(least[key], has),
      });
      const cause = isEnough
        ? `the ${has} ${name} of CNTLID ${secondary.cntlid} go with that reset`
        : `CNTLID ${secondary.cntlid} has ${secondary.part[key]} ${name} and needs at least ${least[key]}`;
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

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
