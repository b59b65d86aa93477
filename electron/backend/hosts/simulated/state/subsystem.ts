import type { FileSubsystem } from '#shared/fleet-file/schema.ts';
import { FaultPlan } from '../faults/fault-plan.ts';
import { type DeviceProfile, deviceProfile } from '../profiles/profile.ts';
import { readingsOf, type SpecificationReadings } from '../profiles/readings.ts';
import { withTrackingLimits } from '../profiles/tracking-limits.ts';
import type { SimulatedController } from './controller.ts';
import { DriveHealth } from './drive-health.ts';
import type { SimulatedNamespace } from './namespace.ts';
import type { SanitizeOperation } from './sanitize-operation.ts';

/** One NVM subsystem: a space of controllers and namespaces, possibly reached from several hosts. */
export class SimulatedSubsystem {
  readonly nqn: string;
  readonly profile: DeviceProfile;
  readonly readings: SpecificationReadings;
  /** See the field of the fleet file. */
  readonly onlineNeedsReset: boolean;
  /** Controllers know their NVM subsystem: CNS 12h and 13h answer. */
  readonly controllerLists: boolean;
  readonly capacityBytes: bigint;
  /** By CNTLID, ascending; secondaries included. */
  readonly controllers = new Map<number, SimulatedController>();
  /** By NSID, ascending. */
  readonly namespaces = new Map<number, SimulatedNamespace>();
  /** Temperature and power, for SMART / Health. */
  readonly health = new DriveHealth();
  /** The most recent sanitize operation; null when there never was one. */
  sanitize: SanitizeOperation | null = null;
  /** The simulated clock in microseconds. */
  readonly time: () => number;
  /** What waits to go wrong with admin commands. */
  readonly faults = new FaultPlan();
  /** Called after an NVM Subsystem Reset: the hosts' drivers start their controllers again. */
  readonly resetListeners: (() => void)[] = [];
  /** Called after a function was shown, hidden or destroyed: the host's kernel follows. */
  readonly functionListeners: (() => void)[] = [];
  /** Called before a command whose answer depends on what guests did until now: lets them catch up with the clock. */
  readonly activity: (() => void)[] = [];

  constructor(file: FileSubsystem, namespaces: readonly SimulatedNamespace[], time: () => number) {
    this.nqn = file.nqn;
    this.time = time;
    this.profile = withTrackingLimits(deviceProfile(file.profile), file.trackingLimits);
    this.readings = readingsOf(file.readings);
    this.controllerLists = file.controllerLists;
    this.onlineNeedsReset = file.onlineNeedsReset === true;
    for (const namespace of namespaces) this.addNamespace(namespace);
    this.capacityBytes = file.capacityBytes === undefined ? this.usedBytes : BigInt(file.capacityBytes);
  }

  get usedBytes(): bigint {
    let sum = 0n;
    for (const namespace of this.namespaces.values()) sum += namespace.bytes;
    return sum;
  }

  addController(controller: SimulatedController): void {
    this.controllers.set(controller.cntlid, controller);
  }

  /** Restores the ascending order after the last controller was added. */
  sortControllers(): void {
    sortMap(this.controllers);
  }

  addNamespace(namespace: SimulatedNamespace): void {
    this.namespaces.set(namespace.nsid, namespace);
    sortMap(this.namespaces);
  }

  /** NSIDs attached to a controller, ascending. */
  attachedTo(cntlid: number): readonly number[] {
    const found: number[] = [];
    for (const namespace of this.namespaces.values())
      if (namespace.attachedTo.has(cntlid)) found.push(namespace.nsid);
    return found;
  }

  /** A controller that is part of the NVM subsystem now; see the profile about virtual functions. */
  presentController(cntlid: number): SimulatedController | undefined {
    const controller = this.controllers.get(cntlid);
    return controller?.isPresent ? controller : undefined;
  }
}

function sortMap<Value>(map: Map<number, Value>): void {
  const keys = [...map.keys()];
  if (keys.every((key, index) => index === 0 || key > (keys[index - 1] ?? key))) return;
  const entries = [...map].sort((left, right) => left[0] - right[0]);
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
