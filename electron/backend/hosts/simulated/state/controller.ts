import type { AdminCompletion } from '#shared/nvme/command.ts';
import type { ControllerDataQueue } from './controller-data-queue.ts';
import { ControllerHealth } from './controller-health.ts';
import type { IncomingState } from './incoming-state.ts';
import { type ControllerLiveState, resetLiveState } from './live-state.ts';
import type { MemoryTracker } from './memory-tracker.ts';
import type { ResourcePool } from './resource-pool.ts';
import type { SimulatedSubsystem } from './subsystem.ts';
import { stopTracking, type TrackingState } from './tracking-state.ts';
import type { VirtualSubsystemState } from './virtual-subsystem.ts';

/** PCI Device ID, Subsystem ID and Revision ID of a function. */
export interface PciIdentifiers {
  readonly deviceId: number;
  readonly subsystemId: number;
  readonly revision: number;
}

/** What a controller shows of itself from the beginning; all secondaries of a primary share it. */
export interface SimulatedIdentity {
  /** Identify Controller without CNTLID. */
  readonly template: Uint8Array;
  /** CAP register. */
  readonly cap: bigint;
  readonly pci: PciIdentifiers;
}

/** What only a primary controller has. */
interface PrimaryPart {
  readonly kind: 'primary';
  readonly vq: ResourcePool;
  readonly vi: ResourcePool;
  readonly totalVfs: number;
  /** It has Virtualization Management; without it a secondary is there as soon as its function is. */
  readonly managesSecondaries: boolean;
  /** What the Secondary Controller List says of the primary controller itself; null where it does not name it. */
  readonly listsItself: { readonly vq: number; readonly vi: number } | null;
  /** NumVFs of the SR-IOV capability: virtual functions 1 to this exist on the bus. */
  numVfs: number;
  /** Virtual functions 1 to this exist on the device; fewer than NumVFs after a reset that dropped them. */
  presentVfs: number;
  /** Virtual functions first, index 0 is VF 1; then provisioned functions. */
  readonly secondaries: SimulatedController[];
  /** By VSID. */
  readonly virtualSubsystems: Map<number, VirtualSubsystemState>;
  readonly tracking: TrackingState;
  /** Functions that exist only when they are provisioned; null on a device that has none. */
  readonly provisioned: ProvisionedFunctions | null;
}

/** How a controlling function provisions functions (proposal). */
export interface ProvisionedFunctions {
  readonly maximum: number;
  /** CNTLID of the first; the others follow. */
  readonly firstCntlid: number;
  nextHandle: number;
  /** Identify Controller of each, without its CNTLID. */
  readonly template: Uint8Array;
}

/** What only a secondary controller has. */
interface SecondaryPart {
  readonly kind: 'secondary';
  readonly primary: SimulatedController & { readonly part: PrimaryPart };
  /** 1-based; 0 for a provisioned function, which is not a virtual function. */
  readonly vfn: number;
  /** Function handle; a virtual function's is its VFN. */
  readonly handle: number;
  /** Identifier under which the host shows a provisioned function; null for a virtual function. */
  readonly uuid: string | null;
  online: boolean;
  /** Function Management (proposal): Migration Send and Receive may manage it, VFIO may show it. */
  migrationEnabled: boolean;
  visible: boolean;
  /** Resources were assigned while its function was there, and it was not reset since. */
  resetPending: boolean;
  /** Assigned flexible resources. */
  vq: number;
  vi: number;
}

interface PlainPart {
  readonly kind: 'plain';
  readonly queuePairs: number;
  readonly interruptVectors: number;
}

export type ControllerPart = PrimaryPart | SecondaryPart | PlainPart;

/** A controller narrowed to one role. */
export type SimulatedPrimary = SimulatedController & { readonly part: PrimaryPart };
export type SimulatedSecondary = SimulatedController & { readonly part: SecondaryPart };

/** Resources that a controller can use. */
export interface ControllerResources {
  /** Without the admin queue. */
  readonly ioQueuePairs: number;
  readonly interruptVectors: number;
}

/** What became of a submitted command. */
export type Execution =
  | { readonly kind: 'completed'; readonly completion: AdminCompletion }
  /** An Asynchronous Event Request that waits for an event. */
  | { readonly kind: 'waiting'; readonly commandIdentifier: number }
  /** The controller takes no commands: offline or suspended. There will be no completion. */
  | { readonly kind: 'silent'; readonly reason: string };

/** Called when an Asynchronous Event Request of this queue completes, or when it never will (`undefined`). */
export type EventListener = (completion: AdminCompletion | undefined) => void;

/** The state of a simulated NVMe controller. Its queue executes commands on it (`commands/execute.ts`). */
export class SimulatedController {
  readonly subsystem: SimulatedSubsystem;
  readonly cntlid: number;
  readonly part: ControllerPart;
  /** Identify Controller without CNTLID; shared by all secondaries of a primary. */
  readonly identifyTemplate: Uint8Array;
  /** CAP register. */
  readonly cap: bigint;
  /** Identifiers in configuration space that Identify Controller does not hold. */
  readonly pci: PciIdentifiers;
  /** CSTS.CFS is 1 after a fatal error; a reset ends it. */
  fatal = false;
  /** Suspended by Migration Send. */
  suspended = false;
  /** Set Controller State in progress. */
  incoming: IncomingState | null = null;
  /** The user data migration queue that logs its changes; belongs to a controlling function and outlives its resets. */
  dataQueue: ControllerDataQueue | null = null;
  /** Notes where it writes to host memory; belongs to a controlling function and outlives its resets. */
  memoryTracker: MemoryTracker | null = null;
  /** Asynchronous Event Requests of callers outside by command identifier; the driver's own have no listener. */
  readonly eventListeners = new Map<number, EventListener>();
  /** Abort commands that have not completed, which only a fault brings about. */
  outstandingAborts = 0;
  #live: ControllerLiveState | null = null;
  #health: ControllerHealth | null = null;
  #handedOut = 0;

  constructor(
    subsystem: SimulatedSubsystem,
    cntlid: number,
    part: ControllerPart,
    identity: SimulatedIdentity,
  ) {
    this.subsystem = subsystem;
    this.cntlid = cntlid;
    this.part = part;
    this.identifyTemplate = identity.template;
    this.cap = identity.cap;
    this.pci = identity.pci;
  }

  /** Made when first needed: most of ten thousand secondaries never run. */
  get live(): ControllerLiveState {
    this.#handedOut += 1;
    this.#live ??= resetLiveState();
    return this.#live;
  }

  set live(state: ControllerLiveState) {
    this.#handedOut += 1;
    this.#live = state;
  }

  /** Whether it holds anything beyond the state after a reset. */
  get hasLiveState(): boolean {
    return this.#live !== null;
  }

  /** Made when first needed, like the live state. */
  get health(): ControllerHealth {
    this.#handedOut += 1;
    this.#health ??= new ControllerHealth();
    return this.#health;
  }

  /** Whether it has counted anything. */
  get hasHealth(): boolean {
    return this.#health !== null;
  }

  /**
   * How often live state and counters were handed out or dropped. Whoever had them may have changed them, and uses them at
   * once: as long as this stays the same, so do they.
   */
  get handedOut(): number {
    return this.#handedOut;
  }

  /** The same to look at, for whoever writes them down; null: never made. */
  get written(): { readonly live: ControllerLiveState | null; readonly health: ControllerHealth | null } {
    return { live: this.#live, health: this.#health };
  }

  /** CC.EN. */
  get isEnabled(): boolean {
    return this.#live !== null && (this.#live.properties.cc & 1) === 1;
  }

  /** Part of the NVM subsystem now: with some devices a secondary is not while its function is not enabled. */
  get isPresent(): boolean {
    if (this.part.kind !== 'secondary' || !this.subsystem.profile.controllersFollowFunctions) return true;
    return this.isFunctionEnabled;
  }

  /** For a secondary: its virtual function exists on the bus (VF Enable and NumVFs). */
  get isFunctionEnabled(): boolean {
    return this.part.kind !== 'secondary' || this.part.vfn <= this.part.primary.part.presentVfs;
  }

  get isOffline(): boolean {
    if (this.part.kind !== 'secondary') return false;
    return this.part.primary.part.managesSecondaries ? !this.part.online : !this.isFunctionEnabled;
  }

  /** CSTS: CFS (bit 1) while offline, otherwise RDY follows CC.EN. */
  get csts(): number {
    if (this.isOffline) return 2;
    return (this.isEnabled ? 1 : 0) + (this.fatal ? 2 : 0);
  }

  /** What it was assigned, before its virtual subsystem narrows it. */
  get ownResources(): ControllerResources {
    return {
      ioQueuePairs: Math.max(0, this.#resources('vq') - 1),
      interruptVectors: this.#resources('vi'),
    };
  }

  #resources(type: 'vq' | 'vi'): number {
    const { part } = this;
    switch (part.kind) {
      case 'primary':
        return part[type].ofPrimary;
      case 'secondary': {
        const pool = part.primary.part[type];
        return pool.isFlexible ? part[type] : pool.perSecondary;
      }
      case 'plain':
        return type === 'vq' ? part.queuePairs : part.interruptVectors;
    }
  }

  /** Drops everything that a Controller Level Reset drops; the resets themselves are in `resets.ts`. */
  clear(): void {
    this.#handedOut += 1;
    this.#live = null;
    this.fatal = false;
    this.suspended = false;
    // Suspension ended; the log of changes goes on as after Resume.
    this.dataQueue?.resume();
    this.incoming = null;
    if (this.part.kind === 'primary') stopTracking(this.part.tracking);
    if (this.#health) this.#health.errors = [];
    const listeners = [...this.eventListeners.values()];
    this.eventListeners.clear();
    for (const listener of listeners) listener(undefined);
  }
}

export function isPrimary(controller: SimulatedController): controller is SimulatedPrimary {
  return controller.part.kind === 'primary';
}

export function isSecondary(controller: SimulatedController): controller is SimulatedSecondary {
  return controller.part.kind === 'secondary';
}

/** The secondary controller of this primary controller with that CNTLID. */
export function secondaryOf(primary: SimulatedPrimary, cntlid: number): SimulatedSecondary | undefined {
  const found = primary.subsystem.controllers.get(cntlid);
  return found !== undefined && isSecondary(found) && found.part.primary === primary ? found : undefined;
}
