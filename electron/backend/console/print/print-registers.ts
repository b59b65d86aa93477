import { lookUp } from '#shared/tables.ts';
import { printfHexadecimal } from './print-lists.ts';

type RegisterField = readonly [high: number, low: number, name: string];

/** The fields of the properties that say what a controller can and does (NVMe Base 2.1, 3.1.4), the lowest first. */
const registerFields: Readonly<Record<string, readonly RegisterField[]>> = {
  cap: [
    [15, 0, 'Maximum Queue Entries Supported (MQES), from 0'],
    [16, 16, 'Contiguous Queues Required (CQR)'],
    [18, 17, 'Arbitration Mechanism Supported (AMS)'],
    [31, 24, 'Timeout (TO), in 500 ms'],
    [35, 32, 'Doorbell Stride (DSTRD)'],
    [36, 36, 'NVM Subsystem Reset Supported (NSSRS)'],
    [44, 37, 'Command Sets Supported (CSS)'],
    [45, 45, 'Boot Partition Support (BPS)'],
    [51, 48, 'Memory Page Size Minimum (MPSMIN), 2 ^ (12 + n)'],
    [55, 52, 'Memory Page Size Maximum (MPSMAX), 2 ^ (12 + n)'],
    [56, 56, 'Persistent Memory Region Supported (PMRS)'],
    [57, 57, 'Controller Memory Buffer Supported (CMBS)'],
  ],
  vs: [
    [7, 0, 'Tertiary version (TER)'],
    [15, 8, 'Minor version (MNR)'],
    [31, 16, 'Major version (MJR)'],
  ],
  cc: [
    [0, 0, 'Enable (EN)'],
    [6, 4, 'Command Set Selected (CSS)'],
    [10, 7, 'Memory Page Size (MPS), 2 ^ (12 + n)'],
    [13, 11, 'Arbitration Mechanism Selected (AMS)'],
    [15, 14, 'Shutdown Notification (SHN)'],
    [19, 16, 'I/O Submission Queue Entry Size (IOSQES), 2 ^ n'],
    [23, 20, 'I/O Completion Queue Entry Size (IOCQES), 2 ^ n'],
  ],
  csts: [
    [0, 0, 'Ready (RDY)'],
    [1, 1, 'Controller Fatal Status (CFS)'],
    [3, 2, 'Shutdown Status (SHST)'],
    [4, 4, 'NVM Subsystem Reset Occurred (NSSRO)'],
    [5, 5, 'Processing Paused (PP)'],
  ],
  aqa: [
    [11, 0, 'Admin Submission Queue Size (ASQS), from 0'],
    [27, 16, 'Admin Completion Queue Size (ACQS), from 0'],
  ],
  crto: [
    [15, 0, 'Controller Ready With Media Timeout (CRWMT), in 500 ms'],
    [31, 16, 'Controller Ready Independent of Media Timeout (CRIMT), in 500 ms'],
  ],
};

/** What `show-regs -H` says below a register, in words of ours: `  [36:36] : 0x1<TAB>NVM Subsystem Reset Supported`. */
export function registerLines(name: string, value: bigint): readonly string[] {
  return (lookUp(registerFields, name) ?? []).map(([high, low, words]) => {
    const field = (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
    return `  [${high}:${low}] : ${printfHexadecimal(field)}\t${words}`;
  });
}
