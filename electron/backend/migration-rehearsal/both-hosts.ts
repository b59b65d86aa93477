import { parseFleetValue } from '#shared/fleet-file/parse.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { inTurns } from '../in-turns.ts';

/**
 * The part of a fleet that a migration between two hosts is about: both of them, every drive that one of them reaches, and the
 * other hosts of these drives without their guests. The whole fleet where that is all of it, or cannot be taken apart.
 */
export async function withBothHosts(file: FleetFile, names: readonly string[]): Promise<FleetFile> {
  const subsystems = file.subsystems.filter(({ controllers }) =>
    controllers.some(({ host }) => names.includes(host)),
  );
  const reached = new Set(
    subsystems.flatMap(({ controllers }) => controllers.map(({ host }) => host)).concat(names),
  );
  if (subsystems.length === file.subsystems.length && reached.size === file.hosts.length) return file;
  const hosts = file.hosts
    .filter(({ name }) => reached.has(name))
    .map((host) => (names.includes(host.name) ? host : { ...host, virtualMachines: [] }));
  const part = await inTurns(parseFleetValue({ ...file, hosts, subsystems }, file.name, { once: true }));
  return part.ok ? part.value : file;
}
