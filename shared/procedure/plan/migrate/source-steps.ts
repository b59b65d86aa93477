import type { PlanBuilder } from '../builder.ts';
import { clearSource } from '../clean-up-steps.ts';
import { migrationPhases, type ReadyMigration } from './migration-steps.ts';
import { logUserData } from './user-data-steps.ts';

/** Phase `Clean up`: nothing of the guest stays at the source. */
export function cleanUpSource(builder: PlanBuilder, migration: ReadyMigration): void {
  const { machine, devices, request } = migration;
  builder.add({ kind: 'vm-destroy', virtualMachineId: machine.id }, migrationPhases.cleanUp);
  if (migration.preCopy !== null) logUserData(builder, migration, false, migrationPhases.cleanUp);
  const { releaseSource, detachSourceNamespaces } = request.options;
  clearSource(
    builder,
    devices.map(({ source }) => source.id),
    [...new Set(devices.flatMap(({ virtual }) => (virtual === null ? [] : [virtual.subsystem.id])))],
    { release: releaseSource, detachNamespaces: releaseSource && detachSourceNamespaces },
    migrationPhases.cleanUp,
  );
}
