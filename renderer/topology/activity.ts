import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { formatRate } from '../ui/format.ts';

/** Memory, or the state of devices, on its way from one host to another. */
export interface Flow {
  readonly runId: string;
  /** The virtual machine. */
  readonly name: string;
  /** Ids of hosts. */
  readonly from: string;
  readonly to: string;
  /** `2.1 GB/s`; empty while nothing is measured yet. */
  readonly rate: string;
  /** Of the whole migration, 0-100. */
  readonly percent: number;
  /** Where it stands: the VFIO state that decides, or a word. */
  readonly state: string;
}

/** What running migrations add to the picture. */
export interface Activity {
  /** By virtual machine id: `PRE_COPY`, `incoming · RESUMING`. */
  readonly machines: ReadonlyMap<string, string>;
  /** By virtual subsystem id. */
  readonly virtualSubsystems: ReadonlyMap<string, string>;
  /** By host id: `source` or `destination`. */
  readonly hosts: ReadonlyMap<string, string>;
  /** Secondary controllers that take part, by id. */
  readonly cells: ReadonlyMap<string, 'source' | 'destination'>;
  readonly flows: readonly Flow[];
}

/** Nothing moves. */
export const noActivity: Activity = {
  machines: new Map(),
  virtualSubsystems: new Map(),
  hosts: new Map(),
  cells: new Map(),
  flows: [],
};

/** Collects it from the migrations that run now. */
export function activityOf(fleet: Fleet, runs: readonly ProcedureRun[]): Activity {
  const machines = new Map<string, string>();
  const virtualSubsystems = new Map<string, string>();
  const hosts = new Map<string, string>();
  const cells = new Map<string, 'source' | 'destination'>();
  const flows: Flow[] = [];
  for (const run of runs) {
    const { migration: facts, plan } = run;
    if (facts === null || plan.intent.kind !== 'migrate') continue;
    const percent = Math.round(run.progress * 100);
    const words = `migrating ${percent} %`;
    const state = stateOfMove(run, facts);
    machines.set(plan.intent.request.virtualMachineId, state);
    hosts.set(facts.sourceHostId, hosts.get(facts.sourceHostId) ?? 'source');
    hosts.set(facts.destinationHostId, hosts.get(facts.destinationHostId) ?? 'destination');
    // The incoming machine has an id of its own on the destination, and the same name.
    for (const machine of Object.values(fleet.virtualMachines))
      if (machine.hostId === facts.destinationHostId && machine.name === facts.virtualMachineName)
        machines.set(machine.id, incomingWords(facts));
    for (const device of facts.devices) {
      cells.set(device.sourceId, 'source');
      cells.set(device.destinationId, 'destination');
      for (const [id, text] of [
        [device.sourceId, words],
        [device.destinationId, 'prepared'],
      ] as const) {
        const controller = fleet.controllers[id];
        if (controller?.role === 'secondary' && controller.virtualSubsystemId !== null)
          virtualSubsystems.set(controller.virtualSubsystemId, text);
      }
    }
    flows.push({
      ...{ runId: run.id, name: facts.virtualMachineName, state, percent },
      ...{ from: facts.sourceHostId, to: facts.destinationHostId },
      rate: facts.bytesPerSecond > 0 ? formatRate(facts.bytesPerSecond) : '',
    });
  }
  return { machines, virtualSubsystems, hosts, cells, flows };
}

/** Equal for two that look the same. */
export function activityKey({ machines, virtualSubsystems, hosts, cells, flows }: Activity): string {
  return JSON.stringify([[...machines], [...virtualSubsystems], [...hosts], [...cells], flows]);
}

/** The state of its devices that says how far it is; before and after them what the procedure is at. */
function stateOfMove(run: ProcedureRun, { devices }: MigrationFacts): string {
  if (run.status === 'aborting' || run.rollingBack === true) return 'going back';
  const isAt = (side: 'sourceState' | 'destinationState', ...states: readonly (string | null)[]) =>
    devices.some((device) => states.includes(device[side]));
  const isSent = devices.length > 0 && devices.every(({ stateBytes }) => stateBytes > 0);
  if (isAt('destinationState', 'RUNNING', 'RUNNING_P2P') && isSent) return 'RUNNING';
  if (isAt('destinationState', 'RESUMING') && isSent) return 'RESUMING';
  if (isAt('sourceState', 'STOP_COPY')) return 'STOP_COPY';
  if (isAt('sourceState', 'STOP')) return 'STOP';
  if (isAt('sourceState', 'PRE_COPY', 'PRE_COPY_P2P')) return 'PRE_COPY';
  const current = run.plan.steps[run.steps.findIndex(({ status }) => status === 'running')];
  return (current?.phase ?? 'begins').toLowerCase();
}

function incomingWords({ devices }: MigrationFacts): string {
  const [state] = devices.flatMap(({ destinationState }) => destinationState ?? []);
  return state === undefined ? 'incoming' : `incoming · ${state}`;
}
