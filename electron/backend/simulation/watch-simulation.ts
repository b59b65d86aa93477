import type { Emit } from '../event-hub.ts';
import type { Clock } from '../ports.ts';
import type { ProcedureRunner } from '../procedures/runner.ts';
import { publishClock } from './publish-clock.ts';
import type { Simulation } from './simulation.ts';

/** Publishes the clock of a simulated fleet, and notes in runs under way what is injected; answers the remover. */
export function watchSimulation(
  { clock, faultHistory }: Simulation,
  deps: {
    readonly clock: Clock;
    readonly emit: Emit;
    readonly runner: Pick<ProcedureRunner, 'noteFault'>;
  },
): () => void {
  const removers = [
    publishClock(clock, deps.emit, deps.clock),
    faultHistory.onFault((noted) => deps.runner.noteFault(noted)),
  ];
  return () => {
    for (const remove of removers) remove();
  };
}
