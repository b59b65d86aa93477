import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import type { FileController } from '#shared/fleet-file/controller/controller-schema.ts';
import { type Result, succeed } from '#shared/result.ts';
import { identifyTemplate, type TemplateSurroundings } from '../commands/identify/identify-template.ts';
import { managesSecondaries } from '../controller/announced.ts';
import type { PciFunction } from '../host/pci-function.ts';
import { isPrimary, SimulatedController } from '../state/controller.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';
import { controllerStateFromFile, controllerStateToFile } from './controller-state.ts';
import { functionToFile } from './pci-function.ts';
import { primaryPartFromFile, primaryToFile, secondariesOfPrimaryFromFile } from './primary.ts';

/** Adds a controller, and the secondaries of a primary one, to its NVM subsystem. */
export function* controllerFromFile(
  file: FileController,
  subsystem: SimulatedSubsystem,
  around: TemplateSurroundings,
  pacer: Pacer,
): Pieces<Result<void>> {
  yield* pacer.did();
  const template = identifyTemplate(file, file.role, around);
  if (!template.ok) return template;
  const identity = {
    template: template.value,
    cap: BigInt(file.cap),
    pci: { deviceId: file.pciDeviceId, subsystemId: file.pciSubsystemId, revision: file.pciRevision },
  };
  if (file.role === 'plain') {
    const { queuePairs, interruptVectors } = file;
    const part = { kind: 'plain' as const, queuePairs, interruptVectors };
    const controller = new SimulatedController(subsystem, file.cntlid, part, identity);
    controllerStateFromFile(controller, file);
    subsystem.addController(controller);
    return succeed(undefined);
  }
  const ofSecondaries = identifyTemplate(file, 'secondary', around);
  if (!ofSecondaries.ok) return ofSecondaries;
  const manages = managesSecondaries(template.value, subsystem.profile.deviations);
  const part = primaryPartFromFile(file, manages, ofSecondaries.value);
  const controller = new SimulatedController(subsystem, file.cntlid, part, identity);
  controllerStateFromFile(controller, file);
  subsystem.addController(controller);
  if (isPrimary(controller))
    yield* secondariesOfPrimaryFromFile(
      file,
      controller,
      { ...identity, template: ofSecondaries.value },
      pacer,
    );
  return succeed(undefined);
}

/**
 * A controller without the secondaries of a primary one. `file` is what it was made from, `entry` its function on the bus of
 * its host.
 */
export function controllerToFile(
  file: FileController,
  controller: SimulatedController,
  entry: PciFunction | undefined,
): FileController {
  const { deviceInstance: _instance, live: _live, health: _health, ...fixed } = file;
  const state = { ...functionToFile(entry), ...controllerStateToFile(controller, entry) };
  if (fixed.role === 'plain') return { ...fixed, ...state };
  if (!isPrimary(controller)) return file;
  const { tracking: _tracking, ...untracked } = fixed;
  return { ...untracked, ...state, ...primaryToFile(fixed, controller, entry) };
}
