import type { FileResources } from '#shared/fleet-file/controller/controller-schema.ts';

/**
 * The resources of one type (VQ or VI) of a primary controller and its secondaries (NVMe Base 2.1, 8.2.6). What is
 * neither assigned to secondaries nor allocated to the primary is free.
 */
export class ResourcePool {
  readonly isFlexible: boolean;
  readonly total: number;
  readonly secondaryMaximum: number;
  readonly privateToPrimary: number;
  readonly granularity: number;
  /** Private resources of each secondary when the type is not flexible. */
  readonly perSecondary: number;
  assigned = 0;
  allocatedToPrimary: number;
  /** Waits for the next Controller Level Reset other than a Controller Reset. */
  pendingAllocation: number | null;

  constructor(file: FileResources) {
    this.isFlexible = file.kind === 'flexible';
    this.total = file.kind === 'flexible' ? file.total : 0;
    this.secondaryMaximum = file.kind === 'flexible' ? file.secondaryMaximum : 0;
    this.privateToPrimary = file.privateToPrimary;
    this.granularity = file.kind === 'flexible' ? file.granularity : 0;
    this.perSecondary = file.kind === 'fixed' ? file.perSecondary : 0;
    this.allocatedToPrimary = file.kind === 'flexible' ? file.allocatedToPrimary : 0;
    this.pendingAllocation = file.kind === 'flexible' ? file.pendingAllocation : null;
  }

  get free(): number {
    // What was recorded of a drive may contradict itself.
    return Math.max(0, this.total - this.assigned - this.allocatedToPrimary);
  }

  /** Resources that the primary can use now. */
  get ofPrimary(): number {
    return this.privateToPrimary + this.allocatedToPrimary;
  }

  applyPendingAllocation(): void {
    if (this.pendingAllocation === null) return;
    this.allocatedToPrimary = this.pendingAllocation;
    this.pendingAllocation = null;
  }

  toFile(): FileResources {
    if (!this.isFlexible)
      return {
        kind: 'fixed',
        privateToPrimary: this.privateToPrimary,
        perSecondary: this.perSecondary,
      };
    const { total, secondaryMaximum, privateToPrimary, allocatedToPrimary, pendingAllocation, granularity } =
      this;
    return {
      kind: 'flexible',
      total,
      secondaryMaximum,
      privateToPrimary,
      allocatedToPrimary,
      pendingAllocation,
      granularity,
    };
  }
}
