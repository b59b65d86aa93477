import { type Measurement } from './figure.ts';
/** From the start of the command to the first painted content; baseline: the same of a bare Electron window. */
export declare function firstContentfulPaint(): Promise<Measurement>;
/** From the start of the command until the topology of the built-in fleet answers to the pointer; same baseline. */
export declare function topologyInteractive(): Promise<Measurement>;
/** All processes three seconds after the start; baseline: those of a bare Electron window. */
export declare function memory(): Promise<Measurement>;
/** A second `npm start`, when all set-up is done: first paint at most a second after the bare window's. */
export declare function secondStart(): Promise<Measurement>;
