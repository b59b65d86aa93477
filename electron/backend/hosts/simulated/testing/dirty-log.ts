import { emptyDirtyLog } from '../virtual-machine/machine.ts';
import type { SimulatedMachines } from '../virtual-machine/machines.ts';

/** Notes from now on which pages the guest's processors write to, without its devices. */
export function logWrites(machines: SimulatedMachines, name: string): void {
  const machine = machines.machines.get(name);
  if (machine === undefined) throw new Error(`no virtual machine ${name}`);
  machines.settle();
  machine.dirtyLog = emptyDirtyLog(machine.memoryBytes);
}

/** Pages written to since it was asked last; null while nobody notes them. */
export function takeDirtyPages(machines: SimulatedMachines, name: string): number | null {
  machines.settle();
  const log = machines.machines.get(name)?.dirtyLog ?? null;
  const pages = log?.dirty ?? null;
  log?.take(Number.POSITIVE_INFINITY);
  return pages;
}
