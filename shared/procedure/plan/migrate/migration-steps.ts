import { virtualMachineIdOf } from '../../../fleet/ids.ts';
import type {
  Fleet,
  PrimaryController,
  SecondaryController,
  VirtualMachine,
  VirtualSubsystem,
} from '../../../fleet/schema.ts';
import { preCopyOf } from '../../../migration/pre-copy/obstacles.ts';
import type { PreCopyOptions } from '../../../migration/pre-copy/options.ts';
import type { MigrationRequest } from '../../../migration/request.ts';
import {
  keepsPhysicalIdentity,
  type MigratingDevice,
  type MigrationSubject,
} from '../../../migration/subject.ts';
import { copiedDevices } from '../../../migration/user-data/copied-devices.ts';
import type { CopiedDevice } from '../../../migration/user-data/copied-namespaces.ts';

/** The phases of a migration in their order; a step belongs to exactly one. */
export const migrationPhases = {
  prepare: 'Prepare',
  virtualSubsystem: 'Virtual subsystem',
  preCopy: 'Pre-copy',
  copyMemory: 'Copy memory',
  stopAndCopy: 'Stop and copy',
  resume: 'Resume',
  cleanUp: 'Clean up',
} as const;

/** A device after all checks passed: nothing about it is unknown any more. */
export interface ReadyDevice {
  readonly source: SecondaryController;
  readonly destination: SecondaryController;
  readonly sourcePrimary: PrimaryController;
  readonly destinationPrimary: PrimaryController;
  /** What the guest sees it as; null when it moves with its physical identity. */
  readonly virtual: { readonly subsystem: VirtualSubsystem; readonly controllerId: number } | null;
  /** NSIDs that the guest is to find at the destination. */
  readonly destinationNamespaces: readonly number[];
}

export interface ReadyMigration {
  readonly fleet: Fleet;
  readonly request: MigrationRequest;
  readonly machine: VirtualMachine;
  /** Id that the virtual machine has at the destination. */
  readonly destinationMachineId: string;
  readonly devices: readonly ReadyDevice[];
  /** How it is copied while the guest goes on; null: the guest is stopped first. */
  readonly preCopy: PreCopyOptions | null;
  /** Devices of which user data is copied. */
  readonly userData: readonly CopiedDevice[];
}

/** The subject with everything known, or undefined. */
export function readyMigration(subject: MigrationSubject): ReadyMigration | undefined {
  const { fleet, request, machine } = subject;
  const devices = subject.devices.flatMap((device) => readyDevice(device) ?? []);
  if (machine === undefined || devices.length !== subject.devices.length) return undefined;
  const destinationMachineId = virtualMachineIdOf(request.destinationHostId, machine.name);
  const [preCopy, userData] = [preCopyOf(subject), copiedDevices(subject)];
  return { fleet, request, machine, destinationMachineId, devices, preCopy, userData };
}

function readyDevice(device: MigratingDevice): ReadyDevice | undefined {
  const { source, destination, sourcePrimary, destinationPrimary, virtualSubsystem } = device;
  const controllerId = source?.virtualControllerId ?? null;
  if (source === undefined || destination === undefined) return undefined;
  if (sourcePrimary === undefined || destinationPrimary === undefined) return undefined;
  const virtual =
    virtualSubsystem === undefined || controllerId === null
      ? null
      : { subsystem: virtualSubsystem, controllerId };
  if (virtual === null && !keepsPhysicalIdentity(device)) return undefined;
  return {
    source,
    destination,
    sourcePrimary,
    destinationPrimary,
    virtual,
    destinationNamespaces: device.mapping.namespaces.map((pair) => pair.destination),
  };
}
