import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import type { FilePrimary, FileSecondary } from '#shared/fleet-file/controller/controller-schema.ts';
import { secondaryCntlids } from '#shared/fleet-file/controller/secondaries.ts';
import type { PciFunction } from '../host/pci-function.ts';
import {
  SimulatedController,
  type SimulatedIdentity,
  type SimulatedPrimary,
  type SimulatedSecondary,
} from '../state/controller.ts';
import { controllerStateFromFile, controllerStateToFile, type WrittenState } from './controller-state.ts';
import { functionToFile, vfioToFile } from './pci-function.ts';

/** What a primary controller gives to each of its secondaries, virtual or provisioned. */
type WrittenAssignment = Pick<
  FileSecondary,
  'vq' | 'vi' | 'online' | 'resetPending' | 'migrationEnabled' | 'visible'
>;

/** Of a virtual function that the file does not mention. */
const unassigned: WrittenAssignment = {
  vq: 0,
  vi: 0,
  online: false,
  migrationEnabled: true,
  visible: true,
};

/** The secondary controllers of all virtual functions of a primary; the file mentions those with something to say. */
export function* secondariesFromFile(
  file: FilePrimary,
  primary: SimulatedPrimary,
  identity: SimulatedIdentity,
  pacer: Pacer,
): Pieces<void> {
  const states = new Map(file.secondaries.map((secondary) => [secondary.vfn, secondary]));
  for (const [index, cntlid] of secondaryCntlids(file).entries()) {
    yield* pacer.did();
    const vfn = index + 1;
    const written = states.get(vfn);
    addSecondary(primary, { cntlid, vfn, handle: vfn, uuid: null }, identity, written ?? unassigned);
  }
}

/** Makes a secondary controller as a fleet file describes it, and gives it to its primary. */
export function addSecondary(
  primary: SimulatedPrimary,
  {
    cntlid,
    ...own
  }: Pick<SimulatedSecondary, 'cntlid'> & Pick<SimulatedSecondary['part'], 'vfn' | 'handle' | 'uuid'>,
  identity: SimulatedIdentity,
  written: WrittenAssignment & WrittenState,
): void {
  const { vq, vi, online, resetPending = false, migrationEnabled, visible } = written;
  const state = { online, resetPending, migrationEnabled, visible, vq, vi };
  const part = { kind: 'secondary' as const, primary, ...own, ...state };
  const secondary = new SimulatedController(primary.subsystem, cntlid, part, identity);
  controllerStateFromFile(secondary, written);
  primary.part.vq.assigned += vq;
  primary.part.vi.assigned += vi;
  primary.part.secondaries.push(secondary);
  primary.subsystem.addController(secondary);
}

/** Undefined for one in its default state, which a file leaves out, unless it holds what only the file knows. */
export function secondaryToFile(
  secondary: SimulatedSecondary,
  entry: PciFunction | undefined,
  written: FileSecondary | undefined,
): FileSecondary | undefined {
  const { vfn } = secondary.part;
  const assignment = assignmentToFile(secondary);
  const state = secondaryStateToFile(secondary, entry);
  const { vq, vi, online } = assignment;
  const isIdle = vq === 0 && vi === 0 && !online && !entry && !state.live && !state.health;
  if (isIdle && written?.cntlid === undefined) return undefined;
  return {
    vfn,
    ...(written?.cntlid === undefined ? {} : { cntlid: written.cntlid }),
    ...assignment,
    ...functionToFile(entry),
    ...state,
  };
}

export function assignmentToFile({ part }: SimulatedSecondary): WrittenAssignment {
  const { vq, vi, online, resetPending, migrationEnabled, visible } = part;
  return { vq, vi, online, ...(resetPending ? { resetPending } : {}), migrationEnabled, visible };
}

/** VFIO session, live state and counters. */
export function secondaryStateToFile(
  secondary: SimulatedSecondary,
  entry: PciFunction | undefined,
): Pick<FileSecondary, 'vfio' | 'live' | 'health'> {
  return { ...vfioToFile(entry), ...controllerStateToFile(secondary, entry) };
}
