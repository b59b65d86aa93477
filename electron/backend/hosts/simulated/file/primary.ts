import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import type { FilePrimary } from '#shared/fleet-file/controller/controller-schema.ts';
import { isPhysical, type PciFunction } from '../host/pci-function.ts';
import type { ControllerPart, SimulatedIdentity, SimulatedPrimary } from '../state/controller.ts';
import { ResourcePool } from '../state/resource-pool.ts';
import { noTracking } from '../state/tracking-state.ts';
import { virtualSubsystemsFromFile, virtualSubsystemToFile } from '../state/virtual-subsystem.ts';
import { provisionedFunctionsFromFile } from './provisioned-function.ts';
import { secondariesFromFile } from './secondary.ts';
import { trackingFromFile, trackingToFile } from './tracking.ts';

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

/**
 * What of a primary controller is not the same for every controller, without its secondaries; `file` is what it was made
 * from, `entry` its function on the bus of its host.
 */
export function primaryToFile(
  file: FilePrimary,
  primary: SimulatedPrimary,
  entry: PciFunction | undefined,
): Pick<
  FilePrimary,
  'sriov' | 'vq' | 'vi' | 'secondaries' | 'virtualSubsystems' | 'tracking' | 'provisioned'
> {
  const { part } = primary;
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
    secondaries: [],
    virtualSubsystems: [...part.virtualSubsystems.values()].map(virtualSubsystemToFile),
    ...(tracking ? { tracking } : {}),
    ...(part.provisioned && file.provisioned
      ? { provisioned: { ...file.provisioned, nextHandle: part.provisioned.nextHandle, functions: [] } }
      : {}),
  };
}
