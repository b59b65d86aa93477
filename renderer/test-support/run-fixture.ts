import type { ProcedureRun } from '#shared/procedure/procedure.ts';

/** A small migration for tests: two steps, pause, resume; the point of no return is the resume. */
export function migrationRun(changes: Partial<ProcedureRun> = {}): ProcedureRun {
  const step = { hostId: 'hv-a', inverse: [], commandLines: ['echo 1'] };
  const waiting = { startedAt: null, durationMicroseconds: null, readBack: '', error: null } as const;
  return {
    id: 'run-7',
    plan: {
      title: 'Migrate db-primary to hv-b',
      intent: {
        kind: 'migrate',
        request: {
          virtualMachineId: 'hv-a:db-primary',
          destinationHostId: 'hv-b',
          devices: [{ sourceId: 'a/3', destinationId: 'b/1', namespaces: [] }],
          options: { downtimeBudgetMilliseconds: 300, releaseSource: true, detachSourceNamespaces: true },
          acknowledged: [],
        },
      },
      steps: [
        {
          ...step,
          step: {
            kind: 'virtual-subsystem-create',
            primaryId: 'b',
            nqn: 'nqn.2026-11.io.berth:v',
            primaryVirtualId: 1,
            identity: { serialNumber: 'S', modelNumber: 'M', firmwareRevision: '1' },
          },
          phase: 'Virtual subsystem',
          words: 'Create nqn.2026-11.io.berth:v on b',
        },
        {
          ...step,
          step: {
            kind: 'virtual-subsystem-add',
            secondaryId: 'b/1',
            nqn: 'nqn.2026-11.io.berth:v',
            virtualControllerId: 20,
          },
          phase: 'Virtual subsystem',
          words: 'Add VF 1 as virtual id 20',
        },
        {
          ...step,
          step: { kind: 'vm-pause', virtualMachineId: 'hv-a:db-primary' },
          phase: 'Stop and copy',
          words: 'Pause db-primary',
        },
        {
          ...step,
          step: { kind: 'vm-resume', virtualMachineId: 'hv-b:db-primary' },
          phase: 'Resume',
          words: 'Resume db-primary on hv-b',
        },
      ],
      consequences: [],
      pointOfNoReturn: 3,
    },
    status: 'running',
    steps: [0, 1, 2, 3].map(() => ({ status: 'waiting', ...waiting })),
    startedAt: Date.UTC(2026, 10, 23, 14, 22, 14),
    endedAt: null,
    progress: 0,
    error: null,
    leftovers: [],
    abortable: true,
    undoable: false,
    undoneBy: null,
    undoes: null,
    fleetName: 'two-hosts',
    simulated: true,
    migration: {
      virtualMachineName: 'db-primary',
      sourceHostId: 'hv-a',
      destinationHostId: 'hv-b',
      memoryBytes: 32 * 1024 ** 3,
      memorySentBytes: 0,
      memoryLeft: [],
      bytesPerSecond: 0,
      downtimeBudgetMilliseconds: 300,
      downtimeForecastMilliseconds: 142,
      downtimeMilliseconds: null,
      downtimePhases: [],
      devices: [],
      proof: [],
      acknowledged: [],
    },
    ...changes,
  };
}
