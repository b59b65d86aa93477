import { forgetFunctions } from '../commands/functions/function-management.ts';
import { resetController, setFunctionCount } from '../controller/resets.ts';
import { isPhysical, type PhysicalFunction } from '../host/pci-function.ts';
import type { SimulatedHost } from '../host/simulated-host.ts';
import {
  isPrimary,
  isSecondary,
  type SimulatedController,
  type SimulatedPrimary,
} from '../state/controller.ts';
import type { SimulatedSubsystem } from '../state/subsystem.ts';

/**
 * Power of one drive is lost and returns: everything volatile is gone, VF Enable and provisioned functions with it, and
 * virtual machines that owned its functions are without them.
 */
export function losePower(host: SimulatedHost, physical: PhysicalFunction): void {
  countPowerLoss([physical]);
  powerUp(host, physical);
}

function powerUp(host: SimulatedHost, physical: PhysicalFunction): void {
  const { controller } = physical;
  host.virtualMachines.settle();
  host.virtualMachines.loseDevices(new Set(host.kernel.virtualFunctions(physical)));
  host.kernel.dropVirtualFunctions(physical);
  if (isPrimary(controller)) {
    setFunctionCount(controller, 0);
    forgetFunctions(controller);
  }
  resetController(controller, 'power');
  host.kernel.restart(physical);
}

/** The whole host loses power: its virtual machines are stopped, then every drive starts anew. */
export function loseHostPower(host: SimulatedHost): void {
  host.lostPower = true;
  host.virtualMachines.losePower();
  const physicals = [...host.kernel.functions.values()].filter(isPhysical);
  countPowerLoss(physicals);
  for (const entry of physicals) powerUp(host, entry);
}

/** Each drive counts once, however many of its physical functions the host has. */
function countPowerLoss(physicals: readonly PhysicalFunction[]): void {
  const running = new Set<SimulatedSubsystem>();
  for (const { controller } of physicals) if (controller.isEnabled) running.add(controller.subsystem);
  for (const { health } of new Set(physicals.map(({ controller }) => controller.subsystem)))
    health.powerCycles++;
  for (const { health } of running) health.unsafeShutdowns++;
}

/** Somebody else takes free flexible resources: they belong to the primary then. Answers how many. */
export function stealResources(primary: SimulatedPrimary, type: 'vq' | 'vi', count: number): number {
  const pool = primary.part[type];
  const taken = Math.min(count, pool.free);
  pool.allocatedToPrimary += taken;
  return taken;
}

/** The controller of `primary` with a CNTLID: itself or one of its secondaries. */
export function controllerOf(primary: SimulatedController, cntlid: number): SimulatedController | undefined {
  const found = primary.subsystem.controllers.get(cntlid);
  if (!found || found === primary) return found;
  return isSecondary(found) && found.part.primary === primary ? found : undefined;
}
