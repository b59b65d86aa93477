import type { SecondaryControllerEntry } from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { hostCommands } from '../../outputs/structures.ts';
import { capturedCntlid } from '../capture.ts';
import { recordedPrimaryCapabilities, recordedSecondaries } from '../recorded-secondaries.ts';
import type { CapturedController } from '../snapshot.ts';
import { note, type TwinContext } from './twin-context.ts';
import type { TwinIdentifiers } from './twin-identifiers.ts';
import { managesSecondaries } from './twin-profile.ts';

/** One secondary controller of the twin; `virtual` is its function, where the host has it. */
interface TwinSecondary {
  readonly vfn: number;
  readonly cntlid: number;
  readonly vq: number;
  readonly vi: number;
  readonly online: boolean;
  readonly virtual: CapturedController | undefined;
}

/** The secondary controllers of one primary, and how many virtual functions it has. */
export interface TwinSecondaries {
  readonly totalVfs: number;
  readonly numVfs: number;
  /** CNTLID of VF 1; undefined without virtual functions. */
  readonly first: number | undefined;
  /** Those that the list names or the host has, and those whose CNTLID does not follow from the first one. */
  readonly secondaries: readonly TwinSecondary[];
  /** What the list says of the primary controller itself. */
  readonly itself: { readonly vq: number; readonly vi: number } | null;
}

/** The secondary controllers as the list and sysfs show them; whatever is odd is kept as far as a device can be so. */
export function twinSecondaries(
  context: TwinContext,
  controller: CapturedController,
  primary: number,
  identifiers: TwinIdentifiers,
): TwinSecondaries {
  const listed = recordedSecondaries(controller);
  const virtual = context.virtualFunctions.get(controller.address) ?? new Map<number, CapturedController>();
  const { entries, itself } = entriesOf(context, controller, listed ?? [], primary);
  const { totalVfs, numVfs } = functionCounts(context, controller, entries, virtual);
  if (listed === null) noteUnlisted(context, controller, totalVfs);
  const manages = managesSecondaries(controller);
  const crt = recordedPrimaryCapabilities(controller)?.crt ?? 0;
  const first = firstIdentifier(entries, primary);
  const secondaries: TwinSecondary[] = [];
  const ids: number[] = [];
  for (let vfn = 1; vfn <= totalVfs; vfn++) {
    const entry = entries.get(vfn);
    const fn = virtual.get(vfn);
    const cntlid = identifierOf(context, controller, entry, fn, (ids[0] ?? first) + vfn - 1, identifiers);
    ids.push(cntlid);
    const follows = cntlid === (ids[0] ?? cntlid) + vfn - 1;
    if (entry === undefined && fn === undefined && follows) continue;
    // Without a list, a function that the nvme driver has is online, or the driver would not have it.
    const isOnline = entry === undefined ? manages !== false && fn?.device != null : entry.scs === 1;
    const { nvq: vq = 0, nvi: vi = 0 } = entry ?? {};
    secondaries.push({ vfn, cntlid, vq, vi, online: isOnline, virtual: fn });
    if (entry !== undefined && isOnline) noteOdd(context, controller, entry, { numVfs, crt });
  }
  return { totalVfs, numVfs, first: ids[0], secondaries, itself };
}

/** By virtual function number, each once; the entry of the primary controller itself apart. */
function entriesOf(
  context: TwinContext,
  controller: CapturedController,
  listed: readonly SecondaryControllerEntry[],
  primary: number,
) {
  const entries = new Map<number, SecondaryControllerEntry>();
  let itself: TwinSecondaries['itself'] = null;
  for (const entry of listed) {
    const { scid, pcid, vfn, nvq, nvi } = entry;
    if (vfn > 0 && !entries.has(vfn)) entries.set(vfn, entry);
    else if (vfn === 0 && scid === pcid && scid === primary) {
      itself = { vq: nvq, vi: nvi };
      noteList(context, controller, `names the primary controller itself (SCID ${scid}); the twin does too`);
    } else
      noteList(
        context,
        controller,
        vfn === 0
          ? `has entry SCID ${scid} for no virtual function; the twin leaves it out`
          : `has two entries for VF ${vfn}; the twin leaves SCID ${scid} out`,
      );
    if (vfn > 0 && pcid !== primary)
      noteList(context, controller, `has PCID ${pcid} for SCID ${scid}; the twin has its own, ${primary}`);
  }
  return { entries, itself };
}

/** TotalVFs and NumVFs, at least as many as there are for certain. */
function functionCounts(
  context: TwinContext,
  controller: CapturedController,
  entries: ReadonlyMap<number, SecondaryControllerEntry>,
  virtual: ReadonlyMap<number, CapturedController>,
): { readonly totalVfs: number; readonly numVfs: number } {
  const sriov = controller.function?.sriov;
  const present = Math.max(0, ...virtual.keys());
  const needed = Math.max(0, ...entries.keys(), present);
  const totalVfs = Math.max(sriov?.totalVfs ?? 0, needed);
  const enabled = sriov?.numVfs ?? Math.max(enabledByState(entries), present);
  const numVfs = Math.min(totalVfs, Math.max(enabled, present));
  if (sriov == null)
    note(context, {
      source: '',
      field: `${controller.address}, sriov_numvfs`,
      message: `How many virtual functions of ${controller.address} are enabled is not recorded; the twin enables ${numVfs}, those that are online`,
      fix: `Add the output of: ${hostCommands.pci}`,
    });
  for (const [name, recorded, taken] of [
    ['sriov_totalvfs', sriov?.totalVfs, totalVfs],
    ['sriov_numvfs', sriov?.numVfs, numVfs],
  ] as const)
    if (recorded !== undefined && recorded !== taken)
      note(context, {
        source: 'sysfs-pci.tsv',
        field: `${controller.address}/${name}`,
        message: `${name} is ${recorded}, but ${controller.address} shows VF ${taken}; the twin has ${taken}`,
      });
  return { totalVfs, numVfs };
}

/** A virtual function that is online is enabled, whether or not anybody recorded how many are. */
function enabledByState(entries: ReadonlyMap<number, SecondaryControllerEntry>): number {
  return Math.max(0, ...[...entries.values()].filter(({ scs }) => scs === 1).map(({ vfn }) => vfn));
}

/** What VF 1 has where the list says nothing else; the one after the primary's own without a list. */
function firstIdentifier(entries: ReadonlyMap<number, SecondaryControllerEntry>, primary: number): number {
  const [entry] = [...entries.values()].sort((left, right) => left.vfn - right.vfn);
  return entry === undefined ? primary + 1 : entry.scid - (entry.vfn - 1);
}

function identifierOf(
  context: TwinContext,
  controller: CapturedController,
  entry: SecondaryControllerEntry | undefined,
  fn: CapturedController | undefined,
  follows: number,
  identifiers: TwinIdentifiers,
): number {
  const wanted = entry?.scid ?? (fn === undefined ? null : capturedCntlid(fn)) ?? null;
  if (wanted !== null && identifiers.take(wanted)) return wanted;
  const given = identifiers.next(follows);
  if (wanted !== null)
    noteList(context, controller, `has SCID ${wanted} twice; the twin has ${given} for one of them`);
  return given;
}

function noteOdd(
  context: TwinContext,
  controller: CapturedController,
  { scid, vfn, nvq, nvi }: SecondaryControllerEntry,
  { numVfs, crt }: { readonly numVfs: number; readonly crt: number },
): void {
  if (vfn > numVfs)
    noteList(context, controller, `has VF ${vfn} online, which is not enabled; the twin keeps it`);
  // Of a type that is not flexible (CRT) a secondary needs none to go online.
  if (((crt & 1) !== 0 && nvq < 2) || ((crt & 2) !== 0 && nvi < 1))
    noteList(
      context,
      controller,
      `has SCID ${scid} online with ${nvq} VQ and ${nvi} VI, fewer than going online takes; the twin keeps it`,
    );
}

function noteUnlisted(context: TwinContext, controller: CapturedController, totalVfs: number): void {
  if (managesSecondaries(controller) === false || totalVfs === 0) return;
  note(context, {
    source: '',
    field: `${controller.address}, Secondary Controller List`,
    message: `The Secondary Controller List of ${controller.address} was not recorded; the twin numbers its ${totalVfs} virtual functions itself, without resources`,
    fix: `Record nvme list-secondary /dev/${controller.device?.name ?? 'nvmeN'}`,
  });
}

function noteList(context: TwinContext, controller: CapturedController, message: string): void {
  note(context, {
    source: `${controller.record?.deviceName ?? controller.address}/list-secondary.json`,
    field: controller.address,
    message: `The Secondary Controller List of ${controller.address} ${message}`,
  });
}
