import { type Measurement } from './figure.ts';
/** `npm run berth -- --version` without npm's own time: with the check whether the build is current. */
export declare function commandLineStart(): Promise<Measurement>;
/** Share of compared lines of all recorded captures that the simulator answers as the recorded machine did. */
export declare function replay(): Promise<Measurement>;
