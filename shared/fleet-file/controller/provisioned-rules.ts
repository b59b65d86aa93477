import type { Pieces } from '../../bounds/pieces.ts';
import { isControllerIdentifier, largestControllerIdentifier } from '../../nvme/controller-identifier.ts';
import type { FieldPath, ProblemList } from '../problems.ts';
import { profilesWith, profileTraits } from '../profile-traits.ts';
import type { ProfileName } from '../schema.ts';
import type { FilePrimary } from './controller-schema.ts';
import { checkLiveState } from './live-state-rules.ts';
import { firstProvisionedHandle } from './provisioned-functions.ts';

/** What must hold for the provisioned functions of a primary. */
export function* checkProvisioned(
  list: ProblemList,
  path: FieldPath,
  primary: FilePrimary,
  profile: ProfileName,
): Pieces<void> {
  const { provisioned, sriov } = primary;
  const at = [...path, 'provisioned'];
  if (provisioned === undefined) {
    if (sriov.totalVfs === 0)
      list.add(
        [...path, 'sriov', 'totalVfs'],
        'a primary controller without virtual functions and without provisioned ones controls nothing',
        'Write TotalVFs, describe provisioned functions, or use the role plain',
      );
    return;
  }
  if (!profileTraits[profile].provisionsFunctions)
    list.add(
      at,
      `a device of profile ${profile} does not provision functions`,
      `Use profile ${profilesWith('provisionsFunctions').join(' or ')}`,
    );
  const { firstCntlid, maximum, functions } = provisioned;
  if (!isControllerIdentifier(firstCntlid + maximum - 1))
    list.add(
      [...at, 'firstCntlid'],
      `the provisioned functions reach CNTLID ${firstCntlid + maximum - 1}`,
      `Keep them at or below ${largestControllerIdentifier}`,
    );
  const seen = { cntlid: new Set<number>(), handle: new Set<number>(), uuid: new Set<string>() };
  for (const [index, entry] of functions.entries()) {
    if (yield* list.isEnough()) return;
    const place = [...at, 'functions', index];
    const uuid = entry.uuid ?? `that of ${entry.cntlid}`;
    if (entry.cntlid < firstCntlid || entry.cntlid >= firstCntlid + maximum)
      list.add(
        [...place, 'cntlid'],
        `${entry.cntlid} is outside ${firstCntlid} to ${firstCntlid + maximum - 1}`,
        'Write one of the range',
      );
    for (const [field, known, value] of [
      ['cntlid', seen.cntlid, entry.cntlid],
      ['handle', seen.handle, entry.handle ?? firstProvisionedHandle + index],
      ['uuid', seen.uuid, uuid],
    ] as const) {
      const values: Set<unknown> = known;
      if (values.has(value))
        list.add([...place, field], `${field} ${value} is used twice`, 'Give each its own');
      values.add(value);
    }
    yield* checkFunction(list, place, primary, entry);
  }
}

function* checkFunction(
  list: ProblemList,
  at: FieldPath,
  primary: FilePrimary,
  entry: NonNullable<FilePrimary['provisioned']>['functions'][number],
): Pieces<void> {
  const { vq, vi, online, visible, vfio, live } = entry;
  for (const [key, count, resources] of [
    ['vq', vq, primary.vq],
    ['vi', vi, primary.vi],
  ] as const) {
    const limit = resources.kind === 'flexible' ? resources.secondaryMaximum : 0;
    if (count > limit)
      list.add(
        [...at, key],
        `${count} are above the limit for one secondary (${limit})`,
        `Write at most ${limit}`,
      );
  }
  const tooFew = (primary.vq.kind === 'flexible' && vq < 2) || (primary.vi.kind === 'flexible' && vi < 1);
  if (online && tooFew)
    list.add([...at, 'online'], 'an online secondary needs 2 VQ and 1 VI', 'Assign them, or write false');
  if (vfio && !visible)
    list.add([...at, 'vfio'], 'the function is hidden from VFIO', 'Write "visible": true');
  if (!live) return;
  const queues = (primary.vq.kind === 'flexible' ? vq : primary.vq.perSecondary) - 1;
  const vectors = primary.vi.kind === 'flexible' ? vi : primary.vi.perSecondary;
  yield* checkLiveState(list, [...at, 'live'], live, { queues, vectors });
}
