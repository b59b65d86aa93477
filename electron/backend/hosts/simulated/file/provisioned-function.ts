import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import type {
  FilePrimary,
  FileProvisionedFunction,
} from '#shared/fleet-file/controller/controller-schema.ts';
import {
  firstProvisionedHandle,
  provisionedUuid,
} from '#shared/fleet-file/controller/provisioned-functions.ts';
import type { PciFunction } from '../host/pci-function.ts';
import type { SimulatedIdentity, SimulatedPrimary, SimulatedSecondary } from '../state/controller.ts';
import { addSecondary, assignmentToFile, secondaryStateToFile } from './secondary.ts';

/** The functions that a controlling function has provisioned; handle and UUID follow where the file names none. */
export function* provisionedFunctionsFromFile(
  file: FilePrimary,
  primary: SimulatedPrimary,
  identity: SimulatedIdentity,
  pacer: Pacer,
): Pieces<void> {
  for (const [index, written] of (file.provisioned?.functions ?? []).entries()) {
    yield* pacer.did();
    const { cntlid, handle = firstProvisionedHandle + index } = written;
    const uuid = written.uuid ?? provisionedUuid(primary.subsystem.nqn, cntlid);
    addSecondary(primary, { cntlid, vfn: 0, handle, uuid }, identity, written);
  }
}

export function provisionedFunctionToFile(
  secondary: SimulatedSecondary,
  uuid: string,
  entry: PciFunction | undefined,
): FileProvisionedFunction {
  return {
    cntlid: secondary.cntlid,
    handle: secondary.part.handle,
    uuid,
    ...assignmentToFile(secondary),
    ...(entry ? { iommuGroup: entry.iommuGroup } : {}),
    ...secondaryStateToFile(secondary, entry),
  };
}
