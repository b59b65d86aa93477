import { virtualizationActions as actions } from '#shared/nvme/commands/virtualization-management.ts';
import { nvmeCliLine, spellLine } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import { isSecondary, type SimulatedPrimary, type SimulatedSecondary } from '../state/controller.ts';
import { functionPath } from '../sysfs/places.ts';
import { deviceForLine, functionOf, listed, type RefusedCommand } from './refused-command.ts';

export type ResourceKey = 'vq' | 'vi';

/** RT of each type. */
export const resourceTypeOf = { vq: 0, vi: 1 } as const;

/** `nvme virt-mgmt /dev/nvme0 --cntlid=1 …`, in the order in which every release of nvme-cli takes it. */
export function virtMgmt(
  { host }: Pick<RefusedCommand, 'host'>,
  primary: SimulatedPrimary,
  values: { readonly cntlid: number; readonly rt?: number; readonly act: number; readonly nr?: number },
): string {
  const { cntlid, rt, act, nr } = values;
  return spellLine(nvmeCliLine('virt-mgmt', { cntlid, rt, act, nr }), deviceForLine(host, primary), '2.x');
}

interface Wanted {
  readonly key: ResourceKey;
  /** How many the pool lacks. */
  readonly missing: number;
  /** Who is to get them; undefined: the primary. */
  readonly for: SimulatedSecondary | undefined;
}

/** Where resources come from that a pool lacks. */
export interface Freed {
  /** In words, as a part of a sentence; null where there is nothing to take them from. */
  readonly how: string | null;
  /** Lines that free them; none where somebody uses them. */
  readonly lines: readonly string[];
  /** Another line that what the primary gives up needs to take effect; it drops what its secondaries hold. */
  readonly reset: string | null;
}

/** From offline secondaries, which nobody uses, rather than from the primary; from those that are online by hand only. */
export function freeResources(refused: RefusedCommand, primary: SimulatedPrimary, wanted: Wanted): Freed {
  const { key, missing } = wanted;
  const name = key.toUpperCase();
  const rt = resourceTypeOf[key];
  const secondaries = primary.part.secondaries.filter(isSecondary);
  const holders = secondaries.filter((each) => each !== wanted.for && each.part[key] > 0);
  const givers: SimulatedSecondary[] = [];
  let found = 0;
  for (const secondary of holders) {
    if (secondary.part.online || found >= missing) continue;
    givers.push(secondary);
    found += secondary.part[key];
  }
  if (found >= missing)
    return {
      how: `take ${name} from secondary controllers that are offline (CNTLID ${identifiers(givers)})`,
      lines: givers.map(({ cntlid }) =>
        virtMgmt(refused, primary, { cntlid, rt, act: actions.secondaryAssign.value, nr: 0 }),
      ),
      reset: null,
    };
  const online = secondaries.filter(({ part }) => part.online);
  const held = primary.part[key].allocatedToPrimary;
  const address = functionOf(refused.host, primary)?.address;
  if (wanted.for !== undefined && online.length === 0 && address !== undefined && held >= missing)
    return {
      how: `have the primary controller give up ${missing} of its ${held} ${name}, which takes effect with a reset of its function`,
      lines: [
        virtMgmt(refused, primary, {
          cntlid: primary.cntlid,
          rt,
          act: actions.primaryAllocation.value,
          nr: held - missing,
        }),
      ],
      reset: `echo 1 > ${functionPath(address)}/reset`,
    };
  const using = holders.filter(({ part }) => part.online);
  const how =
    using.length === 0
      ? null
      : `take one offline that is online and not needed (CNTLID ${identifiers(using)}), whose ${name} return to the pool`;
  return { how, lines: [], reset: null };
}

function identifiers(secondaries: readonly SimulatedSecondary[]): string {
  return listed(secondaries.map(({ cntlid }) => cntlid));
}
