import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import type { FilePrimary } from '#shared/fleet-file/controller/controller-schema.ts';
import { isPhysical, type PciFunction } from '../host/pci-function.ts';
import {
  type ControllerPart,
  isSecondary,
  type SimulatedController,
  type SimulatedIdentity,
  type SimulatedPrimary,
} from '../state/controller.ts';
import { ResourcePool } from '../state/resource-pool.ts';
import { noTracking } from '../state/tracking-state.ts';
import { virtualSubsystemsFromFile, virtualSubsystemToFile } from '../state/virtual-subsystem.ts';
import { provisionedFunctionsFromFile, provisionedFunctionToFile } from './provisioned-function.ts';
import { secondariesFromFile, secondaryToFile } from './secondary.ts';
import { trackingFromFile, trackingToFile } from './tracking.ts';

/** The functions on the hosts' buses, by controller. */
export type FunctionsByController = ReadonlyMap<SimulatedController, PciFunction>;

/** What a primary controller has before its secondaries are made. `template` is their Identify Controller. */
export function primaryPartFromFile(
  file: FilePrimary,
  managesSecondaries: boolean,
  template: Uint8Array,
): ControllerPart {
  const { sriov, provisioned } = file;
  return {
    kind: 'primary',
    vq: new ResourcePool(file.vq),
    vi: new ResourcePool(file.vi),
    totalVfs: sriov.totalVfs,
    managesSecondaries,
    listsItself: file.listsItself ?? null,
    numVfs: sriov.numVfs,
    presentVfs: sriov.functionsDropped ? 0 : sriov.numVfs,
    secondaries: [],
    virtualSubsystems: virtualSubsystemsFromFile(file.virtualSubsystems),
    tracking: noTracking(),
    provisioned: provisioned
      ? {
          maximum: provisioned.maximum,
          firstCntlid: provisioned.firstCntlid,
          nextHandle: provisioned.nextHandle,
          template,
        }
      : null,
  };
}

/** Gives a primary controller its secondaries, and continues what it tracks of them. */
export function* secondariesOfPrimaryFromFile(
  file: FilePrimary,
  primary: SimulatedPrimary,
  identity: SimulatedIdentity,
  pacer: Pacer,
): Pieces<void> {
  yield* secondariesFromFile(file, primary, identity, pacer);
  yield* provisionedFunctionsFromFile(file, primary, identity, pacer);
  if (file.tracking) yield* trackingFromFile(primary, file.tracking);
}

/** What of a primary controller is not the same for every controller; `file` is what it was made from. */
export function primaryToFile(
  file: FilePrimary,
  primary: SimulatedPrimary,
  functions: FunctionsByController,
): Pick<
  FilePrimary,
  'sriov' | 'vq' | 'vi' | 'secondaries' | 'virtualSubsystems' | 'tracking' | 'provisioned'
> {
  const { part } = primary;
  const entry = functions.get(primary);
  const sriov = entry && isPhysical(entry) ? entry.sriov : null;
  const tracking = trackingToFile(primary);
  return {
    sriov: {
      ...file.sriov,
      numVfs: part.numVfs,
      functionsDropped: part.presentVfs < part.numVfs,
      driversAutoprobe: sriov?.driversAutoprobe ?? file.sriov.driversAutoprobe,
    },
    vq: part.vq.toFile(),
    vi: part.vi.toFile(),
    ...secondariesOfPrimaryToFile(file, primary, functions),
    virtualSubsystems: [...part.virtualSubsystems.values()].map(virtualSubsystemToFile),
    ...(tracking ? { tracking } : {}),
  };
}

function secondariesOfPrimaryToFile(
  file: FilePrimary,
  { part }: SimulatedPrimary,
  functions: FunctionsByController,
): Pick<FilePrimary, 'secondaries' | 'provisioned'> {
  const written = new Map(file.secondaries.map((secondary) => [secondary.vfn, secondary]));
  const secondaries: FilePrimary['secondaries'] = [];
  const provisioned: NonNullable<FilePrimary['provisioned']>['functions'] = [];
  for (const secondary of part.secondaries.filter(isSecondary)) {
    const entry = functions.get(secondary);
    const { vfn, uuid } = secondary.part;
    if (uuid === null) {
      const state = secondaryToFile(secondary, entry, written.get(vfn));
      if (state) secondaries.push(state);
    } else provisioned.push(provisionedFunctionToFile(secondary, uuid, entry));
  }
  if (!part.provisioned || !file.provisioned) return { secondaries };
  const { nextHandle } = part.provisioned;
  return { secondaries, provisioned: { ...file.provisioned, nextHandle, functions: provisioned } };
}
