import type { Pacer, Pieces } from '#shared/bounds/pieces.ts';
import type { FileSubsystem } from '#shared/fleet-file/schema.ts';
import { type Result, succeed } from '#shared/result.ts';
import type { TemplateSurroundings } from '../commands/identify/identify-template.ts';
import { namespaceFromFile, type SimulatedNamespace } from '../state/namespace.ts';
import { sanitizeFromFile, sanitizeToFile } from '../state/sanitize-operation.ts';
import { SimulatedSubsystem } from '../state/subsystem.ts';
import { controllerFromFile } from './controller.ts';

/** Attachments that take about as long to note as a controller to make. */
const attachmentsOfFunction = 100;

/**
 * Makes an NVM subsystem with its controllers, as the file describes them, from a file that was checked. `time` is the
 * simulated clock in microseconds.
 */
export function* subsystemFromFile(
  file: FileSubsystem,
  time: () => number,
  pacer: Pacer,
): Pieces<Result<SimulatedSubsystem>> {
  const namespaces: SimulatedNamespace[] = [];
  for (const entry of file.namespaces) {
    const namespace = namespaceFromFile(entry, file.nqn);
    if (!namespace.ok) return namespace;
    namespaces.push(namespace.value);
    yield* pacer.did(1 + entry.attachedTo.length / attachmentsOfFunction);
  }
  const subsystem = new SimulatedSubsystem(file, namespaces, time);
  driveFromFile(subsystem, file);
  const around: TemplateSurroundings = {
    profile: subsystem.profile,
    subsystemNqn: file.nqn,
    severalPorts: new Set(file.controllers.map((controller) => controller.host)).size > 1,
    capacityBytes: subsystem.capacityBytes,
    freeBytes: subsystem.capacityBytes - subsystem.usedBytes,
  };
  for (const entry of file.controllers) {
    const added = yield* controllerFromFile(entry, subsystem, around, pacer);
    if (!added.ok) return added;
  }
  subsystem.sortControllers();
  return succeed(subsystem);
}

/** What belongs to the drive as a whole: what waits to go wrong, what it has counted, the sanitize operation. */
function driveFromFile(subsystem: SimulatedSubsystem, { faults, health, sanitize }: FileSubsystem): void {
  const now = subsystem.time();
  subsystem.faults.restore(faults);
  if (health) subsystem.health.restore(health, now);
  if (sanitize) subsystem.sanitize = sanitizeFromFile(sanitize, now);
}

/** What of an NVM subsystem passes with the time, or counts. */
export function driveToFile({
  faults,
  health,
  sanitize,
  time,
}: SimulatedSubsystem): Pick<FileSubsystem, 'faults' | 'health' | 'sanitize'> {
  const now = time();
  return {
    faults: [...faults.list()],
    health: health.toFile(now),
    ...(sanitize === null ? {} : { sanitize: sanitizeToFile(sanitize, now) }),
  };
}
