import type { FeatureAnswer } from '#shared/platform/feature-levels.ts';
import { type Result, unreachable } from '#shared/result.ts';
import { migrationInterfaces, vfioFlagWords } from '#shared/vfio/migration-interface.ts';
import type { VfioOffer } from '#shared/vfio/schema.ts';
import type { AdminQueue } from '../../admin-queue.ts';
import { FunctionBar } from '../commands/migration/vendor/function-bar.ts';
import type { PciFunction } from '../host/pci-function.ts';
import type { TakeTurn } from '../host/take-turn.ts';
import { isPrimary, isSecondary, type SimulatedController } from '../state/controller.ts';
import { BarTransfer } from './bar-transfer.ts';
import { MigrationCommands } from './migration-commands.ts';
import { TrackingCommands } from './tracking-commands.ts';
import { VendorCommands } from './vendor-commands.ts';
import { SimulatedVfioDevice } from './vfio-device.ts';

export interface VariantDriverOptions {
  /** Admin queue of the physical function; fails while the host has none. */
  readonly queue: () => Result<AdminQueue>;
  /** Optional states that this host's VFIO knows. */
  readonly flags: { readonly p2p: boolean; readonly preCopy: boolean };
  /** Whether the kernel has DMA logging. */
  readonly dmaLogging: FeatureAnswer;
  /** Bytes of a memory page of the host. */
  readonly pageSize: number;
  readonly resetFunction: () => void;
  readonly turn: TakeTurn;
}

/** The VFIO variant driver that the kernel has for the virtual functions of this device; null without one. */
export function variantDriverName(
  controller: SimulatedController,
  kernelHasMigration: boolean,
): string | null {
  const transfer = controller.subsystem.profile.stateTransfer;
  if (transfer === null || !kernelHasMigration || !(isPrimary(controller) || isSecondary(controller)))
    return null;
  return migrationInterfaces[transfer.interface].driver;
}

/** What a function offers through VFIO as its host can know it: by asking the driver that is bound, or not at all. */
export function vfioOfferOf(entry: PciFunction, kernelHasMigration: boolean): VfioOffer {
  if (entry.physicalFunction === null)
    return { flags: null, reason: 'A physical function is not handed to guests.' };
  if (!kernelHasMigration)
    return { flags: null, reason: 'the VFIO driver of this host has no migration support' };
  const driver = variantDriverName(entry.controller, kernelHasMigration);
  if (driver === null)
    return {
      flags: null,
      reason: 'no VFIO variant driver knows this device; plain vfio-pci has no migration',
    };
  if (isSecondary(entry.controller) && !entry.controller.part.migrationEnabled)
    return {
      flags: null,
      reason: 'its controlling function has not enabled live migration of it (flags 0)',
    };
  if (entry.vfio === null)
    return { flags: null, reason: `only ${driver} can say, and it is not bound (vfio-pci)` };
  const flags = entry.vfio.flags();
  return { flags, reason: `the driver ${driver} offers ${vfioFlagWords(flags)}` };
}

/** Opens the VFIO device of a virtual function with the driver for its interface; null when no driver knows it. */
export function openVariantDriver(
  entry: PciFunction,
  options: VariantDriverOptions,
): SimulatedVfioDevice | null {
  const { controller, address } = entry;
  const { stateTransfer, tracking } = controller.subsystem.profile;
  if (stateTransfer === null || !isSecondary(controller)) return null;
  const { queue, pageSize, dmaLogging, resetFunction, turn } = options;
  const flags = {
    p2p: stateTransfer.p2p && options.flags.p2p,
    preCopy: stateTransfer.preCopy && options.flags.preCopy,
  };
  const common = { address, flags, pageSize, dmaLogging, resetFunction, turn, tracking: null };
  switch (stateTransfer.interface) {
    case 'standard':
      return new SimulatedVfioDevice({
        ...common,
        commands: new MigrationCommands(queue, controller.cntlid),
        tracking: tracking === null ? null : new TrackingCommands(queue, controller.cntlid),
      });
    case 'vendor-2022':
      return new SimulatedVfioDevice({ ...common, commands: new VendorCommands(queue, entry.vfn) });
    case 'self-contained':
      return new SimulatedVfioDevice({
        ...common,
        commands: new BarTransfer(new FunctionBar(controller), address),
      });
    default:
      return unreachable(stateTransfer.interface);
  }
}
