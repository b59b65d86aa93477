import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { SimulatedSubsystem } from '../hosts/simulated/state/subsystem.ts';
import type { FaultHistory } from './fault-history.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** What only a simulated fleet has: an inside that can be reached into, and a clock of its own. */
export interface Simulation {
  readonly hosts: readonly SimulatedHost[];
  readonly subsystems: readonly SimulatedSubsystem[];
  readonly clock: SimulatedClock;
  readonly faultHistory: FaultHistory;
}
