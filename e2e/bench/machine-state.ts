import { loadavg } from 'node:os';
import type { MachineState } from './figure.ts';

const pieces = 12;
const rounds = 4_000_000;

/** How busy the machine is: equal work takes unequal time when others want the same cores. */
export function machineState(): MachineState {
  const times = Array.from({ length: pieces }, spin);
  return { load: loadavg()[0] ?? 0, noise: Math.max(...times) / Math.min(...times) };
}

/** @returns milliseconds of a fixed piece of integer arithmetic */
function spin(): number {
  const began = performance.now();
  let value = 1;
  for (let round = 0; round < rounds; round++) value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
  // The result is used, so that the loop is not optimised away.
  return performance.now() - began + (value === 0 ? 1e-9 : 0);
}
