import type { Deviations } from '../nvme/announcements/announcements.ts';
import { deviations } from './deviations.ts';

/** By what a device is told from others. */
export interface DeviceIdentity {
  /** PCI vendor ID. */
  readonly vid: number;
  /** MN, without the spaces that fill it up. */
  readonly modelNumber: string;
}

/** A kind of device that Berth knows something of which its Identify data does not say. */
export interface KnownDevice {
  readonly key: string;
  /** `QEMU's NVMe controller` */
  readonly title: string;
  readonly isSuch: (identity: DeviceIdentity) => boolean;
  readonly deviations: Deviations;
}

const knownDevices: readonly KnownDevice[] = [
  {
    key: 'qemu',
    title: 'QEMU NVMe controller',
    isSuch: ({ vid, modelNumber }) => vid === 0x1b36 && modelNumber === 'QEMU NVMe Ctrl',
    deviations: deviations.qemu,
  },
];

/** What is known of a device by its vendor and model; null for any other. */
export function knownDevice(identity: DeviceIdentity | null): KnownDevice | null {
  return (identity && knownDevices.find(({ isSuch }) => isSuch(identity))) ?? null;
}
