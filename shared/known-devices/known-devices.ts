import type { Deviations } from '../nvme/announcements/announcements.ts';
import { deviations } from './deviations.ts';

/** By what a device is told from others. */
export interface DeviceIdentity {
  /** PCI vendor ID. */
  readonly vid: number;
  /** PCI device ID; left out where nobody read it. */
  readonly deviceId?: number | undefined;
  /** MN, without the spaces that fill it up. */
  readonly modelNumber: string;
}

/** One thing that is known of a kind of device, and who says so. */
interface DeviceFact {
  readonly says: string;
  readonly source: string;
}

/** What planners and the simulated twin do otherwise because of such facts. */
interface DeviceTraits {
  /** Resources are assigned before the virtual functions are enabled, where the functions are yet to be enabled. */
  readonly assignsBeforeFunctions: boolean;
  /**
   * What was assigned counts from the next function level reset of the virtual function on, or from when the function is
   * enabled: until then it does not go online.
   */
  readonly onlineNeedsReset: boolean;
  /** First VF Offset of a device whose capability nobody recorded; null where it is not known. */
  readonly vfOffset: number | null;
  /** What more virtual functions than this need of the host; null for nothing. */
  readonly manyFunctions: { readonly above: number; readonly needs: string } | null;
  /** What switches SR-IOV on; null where nothing has to. */
  readonly sriovSwitch: string | null;
}

/** The profile of a kind of device: what is known of it that its Identify data does not say. Each fact has its source. */
export interface KnownDevice extends DeviceTraits {
  readonly key: string;
  /** `QEMU NVMe controller` */
  readonly title: string;
  readonly isSuch: (identity: DeviceIdentity) => boolean;
  readonly deviations: Deviations;
  readonly facts: readonly DeviceFact[];
}

const usual: DeviceTraits = {
  assignsBeforeFunctions: false,
  onlineNeedsReset: false,
  vfOffset: null,
  manyFunctions: null,
  sriovSwitch: null,
};

/** The first that fits counts. Add a row for another device; nothing else knows of any. */
const knownDevices: readonly KnownDevice[] = [
  {
    ...usual,
    key: 'qemu',
    title: 'QEMU NVMe controller',
    isSuch: ({ vid, modelNumber }) => vid === 0x1b36 && modelNumber === 'QEMU NVMe Ctrl',
    deviations: deviations.qemu,
    facts: [
      {
        says: 'Virtualization Management works although OACS bit 7 is 0; creating and deleting namespaces is refused although bit 3 is 1.',
        source: 'Captures of QEMU 7.2 with nvme-cli 2.3 (e2e/captures)',
      },
      {
        says: 'A function level reset or nvme reset of the primary controller takes its virtual functions offline and clears their resources.',
        source: 'The same captures',
      },
    ],
  },
  {
    ...usual,
    key: 'samsung-pm173x',
    title: 'Samsung PM173X',
    isSuch: ({ vid, modelNumber }) => vid === 0x144d && /MZPLJ|PM173[35X]/i.test(modelNumber),
    deviations: deviations.none,
    assignsBeforeFunctions: true,
    onlineNeedsReset: true,
    facts: [
      {
        says: 'Assign VQ and VI to the secondary controllers before the virtual functions are enabled; otherwise going online fails.',
        source: 'Public bring-up script for PM173X drives',
      },
      {
        says: 'A virtual function that was given resources while it was enabled goes online only after a reset of the function.',
        source: 'Public report on SR-IOV of a PM1735 (MZPLJ1T6HBJR-00007) with QEMU, January 2026',
      },
      {
        says: 'With older firmware a virtual function is in lspci and not in nvme list, or online and without a disk in the guest.',
        source: 'The same report, and the discussion of nvme-cli issue 1126',
      },
      {
        says: 'First VF Offset is 2 on one host and 1 on another: read sriov_offset and sriov_stride.',
        source:
          'Public lspci -vv of a PM173X (TotalVFs 32, offset 2, stride 1), and a public report with VF 1 at 86:00.1',
      },
    ],
  },
  {
    ...usual,
    key: 'kioxia-cm7-r',
    title: 'Kioxia CM7-R',
    isSuch: ({ vid, deviceId }) => vid === 0x1e0f && deviceId === 0x0013,
    deviations: deviations.none,
    vfOffset: 1,
    facts: [
      {
        says: 'TotalVFs 32, First VF Offset 1, ARI, 129 MSI-X vectors.',
        source: 'Public lspci -vv of a CM7-R (1e0f:0013) under Linux 6.8',
      },
    ],
  },
  {
    ...usual,
    key: 'nvidia-snap',
    title: 'NVIDIA BlueField emulated NVMe controller',
    isSuch: ({ vid }) => vid === 0x15b3,
    deviations: deviations.none,
    manyFunctions: {
      above: 127,
      needs: 'More than 127 virtual functions need pci=assign-busses on the kernel command line of the host.',
    },
    facts: [
      {
        says: 'Virtual functions come by sriov_numvfs alone: there is no Virtualization Management, and nothing is assigned or brought online.',
        source: 'NVIDIA BlueField-3 SNAP 4.4 and 4.5 documentation, Host OS configuration',
      },
      {
        says: 'More than 127 virtual functions need pci=assign-busses on the kernel command line.',
        source: 'NVIDIA SNAP 4.7 documentation',
      },
    ],
  },
  {
    ...usual,
    key: 'dapustor',
    title: 'DapuStor drive',
    isSuch: ({ vid }) => vid === 0x1e3b,
    deviations: deviations.none,
    sriovSwitch: 'nvme dapu set-sriov',
    facts: [
      {
        says: 'SR-IOV is off until it is switched on with nvme dapu set-sriov.',
        source: 'DapuStor plug-in of nvme-cli',
      },
    ],
  },
];

/** What is known of a device by its vendor, device and model; null for any other. */
export function knownDevice(identity: DeviceIdentity | null): KnownDevice | null {
  return (identity && knownDevices.find(({ isSuch }) => isSuch(identity))) ?? null;
}
