import type { NotRecordedFact } from '#shared/fleet/not-recorded.ts';
import type { Host, Problem, VirtualMachine } from '#shared/fleet/schema.ts';
import type { Result } from '#shared/result.ts';
import type { VfioState } from '#shared/vfio/device-state.ts';
import type { VfioFlags, VfioOffer } from '#shared/vfio/schema.ts';
import type { AdminQueue } from './admin-queue.ts';
import type { UserDataOperations } from './user-data-operations.ts';

/** One PCI function with class 0108h (or one fabrics controller) as sysfs shows it. */
export interface NvmeFunction {
  /**
   * `0000:41:00.0`; for a provisioned function `0000:81:00.0/<uuid>`, for a fabrics controller its device name. The key
   * for every other call.
   */
  readonly address: string;
  /** `pcie`, `tcp`, …; `siov` for a provisioned function, which has no place on the bus. */
  readonly transport: string;
  /** `nvme1`; null when no nvme driver is bound or its probe failed. */
  readonly deviceName: string | null;
  readonly driver: string | null;
  readonly iommuGroup: number | null;
  /** PCI device ID; left out where it was not read. */
  readonly deviceId?: number;
  /** SR-IOV capability of a physical function, null without it. */
  readonly sriov: {
    readonly totalVfs: number;
    readonly numVfs: number;
    readonly driversAutoprobe: boolean;
  } | null;
  /** It provisions functions: the DVSEC of Scalable I/O Virtualization, or what stands for it. */
  readonly provisionsFunctions?: boolean;
  /**
   * Physical function's address and the 1-based VF number, when this is a virtual function; for a provisioned function
   * its parent, 0 and the UUID that its controlling function gave it.
   */
  readonly virtualFunction: {
    readonly physicalFunction: string;
    readonly vfn: number;
    readonly uuid?: string;
  } | null;
  /**
   * VFIO variant driver that the kernel's aliases name for it; for a physical function, for its virtual functions
   * (`sriov_vf_device`). Null without one or where unknown.
   */
  readonly vfioDriver: string | null;
  /** What the VFIO driver bound to it offers; the reason says why nothing is known otherwise. */
  readonly vfioOffer: VfioOffer;
  /**
   * Controller Status (CSTS, offset 1Ch of its registers, NVMe Base 2.1, 3.1.4.6), read through the memory space of the
   * function (`resource0`), whoever owns it; all ones when it has left the bus. Left out where it cannot be read.
   */
  readonly controllerStatus?: number;
  /** The kernel keeps a user data migration queue in which its changes are logged; left out: it does not, or does not say. */
  readonly userDataQueue?: boolean;
  /** What the kernel noted of its controller, for one that cannot be asked itself; null and empty where unknown. */
  readonly noted?: {
    readonly cntlid: number | null;
    readonly subsystemNqn: string;
    readonly serial: string;
    readonly model: string;
    readonly firmware: string;
  };
  /** Of a recorded host: what nobody wrote down. */
  readonly notRecorded?: readonly NotRecordedFact[];
  readonly problems: readonly Problem[];
}

/** The side of a VFIO migration data session that a device offers now; see Linux uAPI vfio.h. */
export interface VfioDevice {
  /** Address of the function. */
  readonly address: string;
  state(): VfioState;
  /** VFIO_DEVICE_FEATURE_MIGRATION and DMA_LOGGING: what it offers beside STOP_COPY. */
  flags(): VfioFlags;
  /** Walks the shortest legal path; a failing hop leaves the device where it stopped and says so. */
  setState(target: VfioState): Promise<Result<VfioState>>;
  /**
   * Reads at most `most` bytes of the saving session. No bytes: the end, in STOP_COPY; null: nothing now, in PRE_COPY (the
   * kernel answers ENOMSG), perhaps more later.
   */
  read(most: number): Promise<Result<Uint8Array | null>>;
  /** Reads all remaining bytes of the saving session (STOP_COPY). */
  readState(): Promise<Result<Uint8Array>>;
  /** Appends bytes to the resuming session (RESUMING). */
  writeState(bytes: Uint8Array): Promise<Result<void>>;
  /** VFIO_DEVICE_RESET: any state to RUNNING, data dropped. */
  reset(): Promise<Result<void>>;
}

export interface PciOperations {
  /** Writes `sriov_numvfs`. */
  setVfCount(address: string, count: number): Promise<Result<void>>;
  setDriversAutoprobe(address: string, enabled: boolean): Promise<Result<void>>;
  /** Writes `reset`: function level reset. */
  functionLevelReset(address: string): Promise<Result<void>>;
  /** `nvme reset`: controller reset through the nvme driver. */
  controllerReset(address: string): Promise<Result<void>>;
  /** `nvme subsystem-reset`: NVM subsystem reset. */
  subsystemReset(address: string): Promise<Result<void>>;
  /** Unbinds what is bound, sets driver_override and binds; null only unbinds and clears the override. */
  setDriver(address: string, driver: 'nvme' | 'vfio-pci' | null): Promise<Result<void>>;
}

export interface VirtualMachineOperations {
  list(): Promise<Result<readonly HostVirtualMachine[]>>;
  /** Hands a function bound to vfio-pci to the virtual machine. */
  attachDevice(name: string, address: string): Promise<Result<void>>;
  detachDevice(name: string, address: string): Promise<Result<void>>;
  pause(name: string): Promise<Result<void>>;
  resume(name: string): Promise<Result<void>>;
  /** Creates an empty virtual machine that waits for an incoming migration. */
  createIncoming(
    machine: Pick<HostVirtualMachine, 'name' | 'vcpus' | 'memoryBytes'> &
      Partial<Pick<HostVirtualMachine, 'viommu'>>,
  ): Promise<Result<void>>;
  /**
   * Begins to note which memory of the guest is written to, by its processors and by its devices (VFIO DMA logging), or
   * stops that. Either forgets what was noted, and gives the guest all of its time again.
   */
  trackMemory(name: string, tracking: boolean): Promise<Result<void>>;
  /**
   * Sends what the destination does not have yet while the guest may go on: everything in the first round, then what was
   * written since. Errors: `aborted`, `device-data`, `refused` without tracking, and those of tracking that broke off.
   */
  sendRound(
    name: string,
    destination: VirtualMachineOperations,
    onProgress: MemoryProgress,
    signal: AbortSignal,
    /** What it may take of the link; left out: all that it gets. */
    mostBytesPerSecond?: number,
  ): Promise<Result<MemoryRound>>;
  /**
   * Share of their time that the guest's processors do not get, 0 up to 0.99. Errors: `refused` above 0 where nobody tracks
   * the memory: only a migration slows a guest down.
   */
  throttle(name: string, share: number): Promise<Result<void>>;
  /**
   * Hands over what the destination does not have of the memory of a guest that stands still: all of it where no round was
   * sent before. Resolves when the destination has all. One that is still under way for the same virtual machine, started by
   * whoever is no longer there, is given up first.
   */
  sendMemory(
    name: string,
    destination: VirtualMachineOperations,
    onProgress: MemoryProgress,
    signal: AbortSignal,
  ): Promise<Result<ArrivedMemory>>;
  /**
   * Receiver side of sendRound and sendMemory; not for other callers. Answers the digest of the contents with the last
   * piece, otherwise null.
   */
  receiveMemory(name: string, piece: MemoryPiece): Promise<Result<string | null>>;
  /** Removes a stopped, paused or incoming virtual machine from this host. */
  destroy(name: string): Promise<Result<void>>;
}

/** Gets the bytes sent so far, and how many there are to send. */
export type MemoryProgress = (sentBytes: number, ofBytes: number) => void;

/** One round of copying the memory of a guest that goes on. */
export interface MemoryRound {
  /** Bytes sent in it. */
  readonly bytes: number;
  /** Bytes written meanwhile: what the next round has to send. */
  readonly leftBytes: number;
  /** The tracking broke off, so that everything has to be sent again. */
  readonly startsOver: boolean;
  /** Share of their time that the guest's processors do not get at its end, 0 up to 0.99 (QMP `cpu-throttle-percentage`). */
  readonly throttleShare: number;
}

/** The memory of a guest as its destination has it. */
export interface ArrivedMemory {
  /** Bytes of the memory; those sent for it may be fewer or more. */
  readonly bytes: number;
  /** Digest of the contents at the source, 16 hexadecimal digits. */
  readonly checksum: string;
  /** Digest of what the destination holds. */
  readonly arrived: string;
  /** Bytes sent by this call. */
  readonly sentBytes: number;
}

/** A piece of a guest's memory on its way. */
export interface MemoryPiece {
  /** Tells one attempt from all others. */
  readonly stream: string;
  /** Digest of the contents when the attempt began. */
  readonly beginning: string;
  /** Pages of 4 KiB, from the first one on, that were sent before it. */
  readonly before: number;
  /** Pages that are sent for the first time; null: none. */
  readonly first: { readonly from: number; readonly to: number } | null;
  /** What the pages of this piece hold where that is not what they held at the beginning. */
  readonly contents: readonly { readonly page: number; readonly write: number }[];
  /** Nothing comes after it. */
  readonly last: boolean;
}

export interface HostVirtualMachine
  extends Pick<
    VirtualMachine,
    'name' | 'vcpus' | 'memoryBytes' | 'state' | 'viommu' | 'dirtyBytesPerSecond'
  > {
  /** Addresses of the functions that it owns. */
  readonly devices: readonly string[];
  /** Addresses that its configuration names, of functions that left the host while it had them. */
  readonly lostDevices?: readonly string[];
  /** Of an incoming one, where the hypervisor says it: its memory is there, all of it (QMP query-migrate: completed). */
  readonly memoryArrived?: boolean;
  /** Whether somebody notes which memory it writes to; left out where the hypervisor does not say. */
  readonly tracksMemory?: boolean;
  /** Share of their time that its processors do not get, 0 up to 0.99; left out where the hypervisor does not say. */
  readonly throttleShare?: number;
}

/**
 * A hypervisor as Berth sees it. What a connection cannot do it says in `describe().capabilities`; the calls then
 * answer `read-only` or `not-supported` with the same reason.
 */
export interface HostConnection {
  readonly id: string;
  describe(): Promise<Result<Omit<Host, 'id'>>>;
  functions(): Promise<Result<readonly NvmeFunction[]>>;
  /** The admin queue of a function. For a function bound to vfio-pci the queue is the guest's: `not-supported`. */
  adminQueue(address: string): Result<AdminQueue>;
  /**
   * The controlled function's own admin queue as its guest uses it, whoever owns the function now. Only simulated
   * hosts offer it; it is how Berth shows and proves what a guest sees.
   */
  guestQueue(address: string): Result<AdminQueue>;
  /** Controller properties (BAR0, 4,096 bytes) as the guest of a function reads them. Only simulated hosts offer it. */
  guestRegisters(address: string): Result<Uint8Array>;
  /** Configuration space (256 bytes) as the guest of a function reads it. Only simulated hosts offer it. */
  guestConfigSpace(address: string): Result<Uint8Array>;
  readonly pci: PciOperations;
  vfioDevice(address: string): Result<VfioDevice>;
  readonly virtualMachines: VirtualMachineOperations;
  /** Left out: the host moves no user data. */
  readonly userData?: UserDataOperations;
  close(): Promise<void>;
}
