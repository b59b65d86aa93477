import type { Fleet } from '../fleet/schema.ts';
import { checkCompatibility } from '../migration/checks/compatibility.ts';
import { planMigration } from '../procedure/plan/migrate/migrate.ts';
import type { ProcedureRun } from '../procedure/procedure.ts';
import { migrationRequest } from './migration-fleet.ts';

const start = Date.UTC(2026, 10, 23, 14, 22, 14);

/** A finished migration of `migrationFleet`, as the runner would leave it. */
export function finishedMigration(fleet: Fleet): ProcedureRun {
  const request = migrationRequest(fleet);
  const plan = planMigration(fleet, request);
  if (!plan.ok) throw new Error(plan.error.message);
  const digest = '9f2c41aa'.repeat(8);
  return {
    id: 'run-7',
    plan: plan.value,
    status: 'done',
    steps: plan.value.steps.map(() => ({
      status: 'done',
      startedAt: start,
      durationMicroseconds: 1500,
      readBack: 'as planned',
      error: null,
    })),
    startedAt: start,
    endedAt: start + 22_400,
    progress: 1,
    error: null,
    leftovers: [],
    abortable: false,
    undoable: false,
    undoneBy: null,
    undoes: null,
    fleetName: fleet.source.name,
    simulated: true,
    migration: {
      virtualMachineName: 'db-primary',
      sourceHostId: 'hv-a',
      destinationHostId: 'hv-b',
      memoryBytes: 2 ** 30,
      memorySentBytes: 2 ** 30,
      memoryLeft: [
        { milliseconds: 0, bytes: 2 ** 30 },
        { milliseconds: 370, bytes: 0 },
      ],
      bytesPerSecond: 2.9e9,
      downtimeBudgetMilliseconds: 1000,
      downtimeForecastMilliseconds: 380,
      downtimeMilliseconds: 391,
      downtimePhases: [
        { phase: 'quiesce', milliseconds: 6 },
        { phase: 'memory', milliseconds: 370 },
        { phase: 'device state', milliseconds: 5 },
        { phase: 'load, resume', milliseconds: 10 },
      ],
      devices: request.devices.map((device) => ({
        ...device,
        name: `${device.sourceId} → ${device.destinationId}`,
        sourceState: null,
        destinationState: 'RUNNING',
        stateBytes: 4250,
        sourceStateSha256: digest,
        destinationStateSha256: digest,
      })),
      proof: [{ what: 'Identify Controller, 4,096 bytes', source: digest, destination: digest, equal: true }],
      acknowledged: [],
      checks: checkCompatibility(fleet, request).checks,
    },
  };
}
