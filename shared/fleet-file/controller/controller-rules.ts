import type { Pieces } from '../../bounds/pieces.ts';
import { maximumNqnBytes } from '../../nvme/byte-view.ts';
import { isControllerIdentifier, largestControllerIdentifier } from '../../nvme/controller-identifier.ts';
import { base64Length } from '../base64.ts';
import { virtualFunctionAddress } from '../host/pci-address.ts';
import { byteLengthOfNqn } from '../nqn-length.ts';
import type { FieldPath, ProblemList } from '../problems.ts';
import { profilesWith, profileTraits } from '../profile-traits.ts';
import type { ProfileName } from '../schema.ts';
import type { FileController, FilePrimary, FileResources } from './controller-schema.ts';
import { checkLiveState } from './live-state-rules.ts';
import { checkProvisioned } from './provisioned-rules.ts';
import { existingProvisioned, secondaryCntlids } from './secondaries.ts';

const structureLength = 4096;

/** What must hold inside one controller of a fleet file. */
export function* checkController(
  list: ProblemList,
  path: FieldPath,
  controller: FileController,
  profile: ProfileName,
): Pieces<void> {
  const { identify } = controller;
  if (identify.kind === 'bytes' && base64Length(identify.identifyController) !== structureLength)
    list.add(
      [...path, 'identify', 'identifyController'],
      `it holds ${base64Length(identify.identifyController)} bytes`,
      `Write all ${structureLength} bytes of Identify Controller in base64`,
    );
  checkFunction(list, path, controller);
  if (controller.role === 'primary') yield* checkPrimary(list, path, controller, profile);
  else {
    const isFabrics = controller.transport !== 'pcie';
    if (isFabrics !== (controller.address === null))
      list.add(
        [...path, 'address'],
        isFabrics ? 'a fabrics controller has no PCI address' : 'a PCIe controller needs its PCI address',
        isFabrics ? 'Write null' : 'Write it as 0000:41:00.0',
      );
    if (controller.live) {
      const limits = { queues: controller.queuePairs - 1, vectors: controller.interruptVectors };
      yield* checkLiveState(list, [...path, 'live'], controller.live, limits);
    }
  }
}

function checkFunction(
  list: ProblemList,
  path: FieldPath,
  entry: {
    readonly driver?: 'nvme' | 'vfio-pci' | null | undefined;
    readonly deviceInstance?: number | undefined;
  },
): void {
  if (entry.deviceInstance !== undefined && entry.driver !== undefined && entry.driver !== 'nvme')
    list.add(
      [...path, 'deviceInstance'],
      'only a function bound to nvme has a device number',
      'Write "driver": "nvme", or leave the number out',
    );
}

function* checkPrimary(
  list: ProblemList,
  path: FieldPath,
  primary: FilePrimary,
  profile: ProfileName,
): Pieces<void> {
  const { totalVfs, numVfs } = primary.sriov;
  if (numVfs > totalVfs)
    list.add(
      [...path, 'sriov', 'numVfs'],
      `${numVfs} virtual functions are more than TotalVFs (${totalVfs})`,
      `Write at most ${totalVfs}`,
    );
  const ids = secondaryCntlids(primary);
  const largest = Math.max(0, ...ids);
  if (!isControllerIdentifier(largest))
    list.add(
      [...path, 'firstSecondaryCntlid'],
      `the secondaries reach CNTLID ${largest}`,
      `Keep them at or below ${largestControllerIdentifier}`,
    );
  if (virtualFunctionAddress(primary.address, primary.sriov, totalVfs) === undefined)
    list.add(
      [...path, 'sriov', 'vfStride'],
      `the address of VF ${totalVfs} is beyond bus ff`,
      'Write a smaller offset or stride',
    );
  const assigned = [...primary.secondaries, ...(primary.provisioned?.functions ?? [])];
  for (const key of ['vq', 'vi'] as const)
    if (!primary.asRecorded)
      checkResources(
        list,
        [...path, key],
        primary[key],
        assigned.map((secondary) => secondary[key]),
      );
  for (const key of ['vq', 'vi'] as const)
    if (!profileTraits[profile].flexibleResources && primary[key].kind !== 'fixed')
      list.add(
        [...path, key, 'kind'],
        `a device of profile ${profile} has no flexible resources`,
        'Write "kind": "fixed" with privateToPrimary and perSecondary, or use profile berth',
      );
  yield* checkSecondaries(list, path, primary, ids);
  yield* checkProvisioned(list, path, primary, profile);
  yield* checkVirtualSubsystems(
    list,
    path,
    primary,
    profile,
    new Set([...ids, ...existingProvisioned(primary)]),
  );
}

function checkResources(
  list: ProblemList,
  path: FieldPath,
  resources: FileResources,
  assigned: readonly number[],
): void {
  if (resources.kind === 'fixed') return;
  const { total, allocatedToPrimary, pendingAllocation, secondaryMaximum } = resources;
  const sum = assigned.reduce((left, right) => left + right, 0);
  if (sum + allocatedToPrimary > total)
    list.add(
      [...path, 'total'],
      `${sum} assigned to secondaries and ${allocatedToPrimary} allocated to the primary controller are more than the pool of ${total}`,
      'Assign fewer, or enlarge the pool',
    );
  if (secondaryMaximum > total)
    list.add(
      [...path, 'secondaryMaximum'],
      `one secondary may hold ${secondaryMaximum}, but the pool has ${total}`,
      `Write at most ${total}`,
    );
  if (pendingAllocation !== null && pendingAllocation > total)
    list.add(
      [...path, 'pendingAllocation'],
      `${pendingAllocation} are more than the pool of ${total}`,
      `Write at most ${total}, or null`,
    );
}

function* checkSecondaries(
  list: ProblemList,
  path: FieldPath,
  primary: FilePrimary,
  ids: readonly number[],
): Pieces<void> {
  const seen = new Set<number>();
  for (const [index, secondary] of primary.secondaries.entries()) {
    if (yield* list.isEnough()) return;
    const at = [...path, 'secondaries', index];
    const { vfn, vq, vi, online } = secondary;
    if (seen.has(vfn)) list.add([...at, 'vfn'], `VF ${vfn} is described twice`, 'Describe each once');
    seen.add(vfn);
    if (vfn > ids.length)
      list.add([...at, 'vfn'], `VF ${vfn} is above TotalVFs (${ids.length})`, `Write 1 to ${ids.length}`);
    checkFunction(list, at, { ...secondary, driver: secondary.driver ?? null });
    for (const [key, count, resources] of [
      ['vq', vq, primary.vq],
      ['vi', vi, primary.vi],
    ] as const) {
      const limit = resources.kind === 'flexible' ? resources.secondaryMaximum : 0;
      if (count > limit && !primary.asRecorded)
        list.add(
          [...at, key],
          `${count} are above the limit for one secondary (${limit})`,
          `Write at most ${limit}`,
        );
    }
    const tooFewQueues = primary.vq.kind === 'flexible' && vq < 2;
    const tooFewInterrupts = primary.vi.kind === 'flexible' && vi < 1;
    if (online && !primary.asRecorded && (tooFewQueues || tooFewInterrupts))
      list.add([...at, 'online'], 'an online secondary needs 2 VQ and 1 VI', 'Assign them, or write false');
    yield* checkSecondaryState(list, at, primary, index);
    // A secondary that is offline may have received state, whether or not its function is enabled.
    const isOnline = online && !primary.asRecorded;
    if (vfn > primary.sriov.numVfs && (isOnline || secondary.driver || secondary.vfio))
      list.add(
        [...at, 'vfn'],
        `VF ${vfn} is not enabled (NumVFs is ${primary.sriov.numVfs}), so it cannot be online, bound or open`,
        'Raise sriov.numVfs, or leave those fields out',
      );
  }
}

function* checkSecondaryState(
  list: ProblemList,
  at: FieldPath,
  primary: FilePrimary,
  index: number,
): Pieces<void> {
  const secondary = primary.secondaries[index];
  if (secondary === undefined) return;
  if (secondary.vfio && secondary.driver !== 'vfio-pci')
    list.add([...at, 'vfio'], 'the function is not bound to vfio-pci', 'Write "driver": "vfio-pci"');
  if (secondary.driver === 'vfio-pci' && !secondary.visible)
    list.add([...at, 'visible'], 'a hidden function cannot be bound to vfio-pci', 'Write true, or unbind it');
  if (!secondary.live) return;
  const queuePairs = primary.vq.kind === 'flexible' ? secondary.vq : primary.vq.perSecondary;
  const vectors = primary.vi.kind === 'flexible' ? secondary.vi : primary.vi.perSecondary;
  yield* checkLiveState(list, [...at, 'live'], secondary.live, {
    queues: Math.max(0, queuePairs - 1),
    vectors,
  });
}

function* checkVirtualSubsystems(
  list: ProblemList,
  path: FieldPath,
  primary: FilePrimary,
  profile: ProfileName,
  secondaries: ReadonlySet<number>,
): Pieces<void> {
  if (primary.virtualSubsystems.length > 0 && !profileTraits[profile].virtualSubsystems)
    list.add(
      [...path, 'virtualSubsystems'],
      `a device of profile ${profile} has no virtual subsystems`,
      `Leave them out, or use profile ${profilesWith('virtualSubsystems').join(' or ')}`,
    );
  const names = new Set<string>();
  const members = new Set<number>();
  for (const [index, virtual] of primary.virtualSubsystems.entries()) {
    if (yield* list.isEnough()) return;
    const at = [...path, 'virtualSubsystems', index];
    const length = byteLengthOfNqn(virtual.nqn);
    if (length > maximumNqnBytes)
      list.add(
        [...at, 'nqn'],
        `the NQN takes ${length} bytes`,
        `Use at most ${maximumNqnBytes} bytes of UTF-8`,
      );
    if (names.has(virtual.nqn))
      list.add([...at, 'nqn'], `virtual NQN ${virtual.nqn} is used twice`, 'Give each its own');
    names.add(virtual.nqn);
    const virtualIds = new Set([virtual.primaryVirtualId]);
    for (const [place, member] of virtual.members.entries()) {
      if (yield* list.isEnough()) return;
      const field = [...at, 'members', place];
      if (!secondaries.has(member.cntlid))
        list.add(
          [...field, 'cntlid'],
          `${member.cntlid} is not a secondary of this primary controller`,
          'Name one that is',
        );
      if (members.has(member.cntlid))
        list.add([...field, 'cntlid'], `secondary ${member.cntlid} is a member twice`, 'Name it once');
      members.add(member.cntlid);
      if (virtualIds.has(member.virtualControllerId))
        list.add(
          [...field, 'virtualControllerId'],
          `virtual controller id ${member.virtualControllerId} is used twice`,
          'Give each its own',
        );
      virtualIds.add(member.virtualControllerId);
    }
  }
}
