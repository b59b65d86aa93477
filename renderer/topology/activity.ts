import type { Fleet } from '#shared/fleet/schema.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { formatRate } from '../ui/format.ts';

/** What running migrations add to the picture. */
export interface Activity {
  /** By virtual machine id: `PRE_COPY · 62 %`. */
  readonly machines: ReadonlyMap<string, string>;
  /** By virtual subsystem id. */
  readonly virtualSubsystems: ReadonlyMap<string, string>;
  /** By host id: `source` or `destination`. */
  readonly hosts: ReadonlyMap<string, string>;
  /** From host to host, by id, with the rate; empty text while nothing is measured yet. */
  readonly flows: readonly { readonly from: string; readonly to: string; readonly text: string }[];
}

/** Nothing moves. */
export const noActivity: Activity = {
  machines: new Map(),
  virtualSubsystems: new Map(),
  hosts: new Map(),
  flows: [],
};

/** Collects it from the migrations that run now. */
export function activityOf(fleet: Fleet, runs: readonly ProcedureRun[]): Activity {
  const machines = new Map<string, string>();
  const virtualSubsystems = new Map<string, string>();
  const hosts = new Map<string, string>();
  const flows: { from: string; to: string; text: string }[] = [];
  for (const run of runs) {
    const { migration: facts, plan } = run;
    if (facts === null || plan.intent.kind !== 'migrate') continue;
    const percent = `migrating ${Math.round(run.progress * 100)} %`;
    machines.set(plan.intent.request.virtualMachineId, percent);
    hosts.set(facts.sourceHostId, 'source');
    hosts.set(facts.destinationHostId, 'destination');
    // The incoming machine has an id of its own on the destination, and the same name.
    for (const machine of Object.values(fleet.virtualMachines))
      if (machine.hostId === facts.destinationHostId && machine.name === facts.virtualMachineName)
        machines.set(machine.id, 'incoming');
    for (const device of facts.devices)
      for (const [id, text] of [
        [device.sourceId, percent],
        [device.destinationId, 'prepared'],
      ] as const) {
        const controller = fleet.controllers[id];
        if (controller?.role === 'secondary' && controller.virtualSubsystemId !== null)
          virtualSubsystems.set(controller.virtualSubsystemId, text);
      }
    flows.push({
      from: facts.sourceHostId,
      to: facts.destinationHostId,
      text: facts.bytesPerSecond > 0 ? formatRate(facts.bytesPerSecond) : '',
    });
  }
  return { machines, virtualSubsystems, hosts, flows };
}
