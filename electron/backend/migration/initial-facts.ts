import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import type { Compatibility } from '#shared/migration/checks/check.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { forecastMigration } from '#shared/migration/forecast.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { lookUpMigration } from '#shared/migration/subject.ts';
import type { MigrationFacts } from '#shared/procedure/procedure.ts';

/** What the request alone says. */
export function blankFacts(request: MigrationRequest): MigrationFacts {
  return {
    virtualMachineName: request.virtualMachineId,
    sourceHostId: '',
    destinationHostId: request.destinationHostId,
    memoryBytes: 0,
    memorySentBytes: 0,
    memoryLeft: [],
    bytesPerSecond: 0,
    downtimeBudgetMilliseconds: request.options.downtimeBudgetMilliseconds,
    downtimeForecastMilliseconds: 0,
    downtimeMilliseconds: null,
    downtimePhases: [],
    devices: [],
    proof: [],
    acknowledged: request.acknowledged,
  };
}

/**
 * The facts of a migration before its first step: who, where, the forecast, and the checks as they stand now.
 * `compatibility`: the checks that were made for its plan; null for a run that was interrupted before it kept any facts.
 */
export function initialFacts(
  fleet: Fleet,
  request: MigrationRequest,
  compatibility: Compatibility | null,
): MigrationFacts {
  const { machine, devices, fleet: known } = lookUpMigration(fleet, request);
  const title = (id: string) => {
    const controller = known.controllers[id];
    return controller === undefined ? id : controllerFullTitle(known, controller);
  };
  return {
    ...blankFacts(request),
    virtualMachineName: machine?.name ?? request.virtualMachineId,
    sourceHostId: machine?.hostId ?? '',
    memoryBytes: machine?.memoryBytes ?? 0,
    downtimeForecastMilliseconds: forecastMigration(fleet, request).downtimeMilliseconds ?? 0,
    devices: devices.map(({ mapping, source, destination }) => ({
      sourceId: mapping.sourceId,
      destinationId: mapping.destinationId,
      name: `${title(mapping.sourceId)} → ${title(mapping.destinationId)}`,
      sourceState: source?.vfioState ?? null,
      destinationState: destination?.vfioState ?? null,
      stateBytes: 0,
      sourceStateSha256: '',
      destinationStateSha256: '',
    })),
    checks: (compatibility ?? checkCompatibility(fleet, request)).checks,
  };
}
