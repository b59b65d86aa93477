import type { MachineState } from './figure.ts';
/** How busy the machine is: equal work takes unequal time when others want the same cores. */
export declare function machineState(): MachineState;
