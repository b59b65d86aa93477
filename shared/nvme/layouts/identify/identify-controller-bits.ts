import type { FieldBit } from '../../layout.ts';

/**
 * Names of the bits of Identify Controller's bit fields (NVMe Base 2.1, 5.1.13, CNS 01h; CMIC, SGLS and the others as
 * listed there). Bits that are missing here are reserved or newer than the specification.
 */
export const cmicBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'MPORTS', title: 'Multiple ports' },
  { bit: 1, mnemonic: 'MCTRS', title: 'Multiple controllers' },
  { bit: 2, mnemonic: 'FT', title: 'SR-IOV virtual function' },
  { bit: 3, mnemonic: 'ANARS', title: 'Asymmetric namespace access reporting' },
];

export const oacsBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'SSRS', title: 'Security Send and Receive' },
  { bit: 1, mnemonic: 'FNVMS', title: 'Format NVM' },
  { bit: 2, mnemonic: 'FWDS', title: 'Firmware download and commit' },
  { bit: 3, mnemonic: 'NMS', title: 'Namespace Management' },
  { bit: 4, mnemonic: 'DSTS', title: 'Device Self-test' },
  { bit: 5, mnemonic: 'DIRS', title: 'Directives' },
  { bit: 6, mnemonic: 'NSRS', title: 'NVMe-MI Send and Receive' },
  { bit: 7, mnemonic: 'VMS', title: 'Virtualization Management' },
  { bit: 8, mnemonic: 'DBCS', title: 'Doorbell Buffer Config' },
  { bit: 9, mnemonic: 'GLSS', title: 'Get LBA Status' },
  { bit: 10, mnemonic: 'CFLS', title: 'Command and feature lockdown' },
  { bit: 11, mnemonic: 'HMLMS', title: 'Host managed live migration' },
];

export const oaesBits: readonly FieldBit[] = [
  { bit: 8, title: 'Attached namespace attribute changed' },
  { bit: 9, title: 'Firmware activation' },
  { bit: 11, title: 'Asymmetric namespace access change' },
  { bit: 12, title: 'Predictable latency event aggregate log change' },
  { bit: 13, title: 'LBA status information alert' },
  { bit: 14, title: 'Endurance group event aggregate log change' },
  { bit: 15, title: 'Normal NVM subsystem shutdown' },
  { bit: 16, title: 'Temperature threshold hysteresis recovery' },
  { bit: 17, title: 'Reachability groups change' },
  { bit: 19, title: 'Allocated namespace attribute changed' },
  { bit: 27, title: 'Zone descriptor changed' },
  { bit: 31, title: 'Discovery log page change' },
];

export const ctrattBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'HIDS', title: '128-bit host identifier' },
  { bit: 1, mnemonic: 'NOPSPM', title: 'Non-operational power state permissive mode' },
  { bit: 2, mnemonic: 'NSETS', title: 'NVM sets' },
  { bit: 3, mnemonic: 'RRLVLS', title: 'Read recovery levels' },
  { bit: 4, mnemonic: 'EGS', title: 'Endurance groups' },
  { bit: 5, mnemonic: 'PLM', title: 'Predictable latency mode' },
  { bit: 6, mnemonic: 'TBKAS', title: 'Traffic based keep alive' },
  { bit: 7, mnemonic: 'NG', title: 'Namespace granularity' },
  { bit: 8, mnemonic: 'SQA', title: 'Submission queue associations' },
  { bit: 9, mnemonic: 'ULIST', title: 'UUID list' },
  { bit: 10, mnemonic: 'MDS', title: 'Multi-domain subsystem' },
  { bit: 11, mnemonic: 'FCM', title: 'Fixed capacity management' },
  { bit: 12, mnemonic: 'VCM', title: 'Variable capacity management' },
  { bit: 13, mnemonic: 'DEG', title: 'Delete endurance group' },
  { bit: 14, mnemonic: 'DNVMS', title: 'Delete NVM set' },
  { bit: 15, mnemonic: 'ELBAS', title: 'Extended LBA formats' },
  { bit: 16, mnemonic: 'MEM', title: 'MDTS excludes metadata' },
  { bit: 17, mnemonic: 'HMBR', title: 'Host memory buffer restrict' },
  { bit: 18, mnemonic: 'RHII', title: 'Reservations and host identifier interaction' },
  { bit: 19, mnemonic: 'FDPS', title: 'Flexible data placement' },
];

export const lpaBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'SMARTS', title: 'SMART log per namespace' },
  { bit: 1, mnemonic: 'CSES', title: 'Commands supported and effects log' },
  { bit: 2, mnemonic: 'LPEDS', title: 'Extended data for Get Log Page' },
  { bit: 3, mnemonic: 'TS', title: 'Telemetry logs' },
  { bit: 4, mnemonic: 'PES', title: 'Persistent event log' },
  { bit: 5, mnemonic: 'MLPS', title: 'Log page for supported log pages and features' },
  { bit: 6, mnemonic: 'DA4S', title: 'Data area 4 of the telemetry log' },
];

export const frmwBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'FFSRO', title: 'First firmware slot is read-only' },
  { bit: 1, mnemonic: 'NOFS', title: 'Number of firmware slots, bit 0' },
  { bit: 2, mnemonic: 'NOFS', title: 'Number of firmware slots, bit 1' },
  { bit: 3, mnemonic: 'NOFS', title: 'Number of firmware slots, bit 2' },
  { bit: 4, mnemonic: 'FAWR', title: 'Firmware activation without reset' },
  { bit: 5, mnemonic: 'SMUD', title: 'Multiple update detection' },
];

export const oncsBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'NVMCMPS', title: 'Compare' },
  { bit: 1, mnemonic: 'NVMWUSV', title: 'Write Uncorrectable' },
  { bit: 2, mnemonic: 'NVMDSMSV', title: 'Dataset Management' },
  { bit: 3, mnemonic: 'NVMWZSV', title: 'Write Zeroes' },
  { bit: 4, mnemonic: 'SSFS', title: 'Save field in Set Features' },
  { bit: 5, mnemonic: 'RESERVS', title: 'Reservations' },
  { bit: 6, mnemonic: 'TSS', title: 'Timestamp feature' },
  { bit: 7, mnemonic: 'NVMVFYS', title: 'Verify' },
  { bit: 8, mnemonic: 'NVMCPYS', title: 'Copy' },
  { bit: 9, mnemonic: 'NVMCSA', title: 'Copy single atomicity' },
  { bit: 10, mnemonic: 'NVMAFC', title: 'All fast copy' },
  { bit: 11, mnemonic: 'MAXWZD', title: 'Maximum Write Zeroes with deallocate' },
  { bit: 12, mnemonic: 'NSZS', title: 'Namespace zeroes' },
];

export const fusesBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'FCWS', title: 'Fused Compare and Write' },
];

export const fnaBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'FNS', title: 'Format applies to all namespaces' },
  { bit: 1, mnemonic: 'SENS', title: 'Secure erase applies to all namespaces' },
  { bit: 2, mnemonic: 'CES', title: 'Cryptographic erase' },
  { bit: 3, mnemonic: 'FNVMBS', title: 'Format does not take the broadcast NSID' },
];

export const vwcBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'VWCP', title: 'Volatile write cache present' },
  { bit: 1, mnemonic: 'FB', title: 'Flush with broadcast NSID, bit 0' },
  { bit: 2, mnemonic: 'FB', title: 'Flush with broadcast NSID, bit 1' },
];

export const sglsBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'SGLS', title: 'SGLs supported, any alignment' },
  { bit: 1, mnemonic: 'SGLS', title: 'SGLs supported, dword aligned' },
  { bit: 2, mnemonic: 'KSDBDS', title: 'Keyed SGL data block descriptor' },
  { bit: 16, mnemonic: 'SBBDS', title: 'SGL bit bucket descriptor' },
  { bit: 17, mnemonic: 'MBA', title: 'Metadata may be byte aligned' },
  { bit: 18, mnemonic: 'SLDTLL', title: 'SGL longer than the data' },
  { bit: 19, mnemonic: 'MSDS', title: 'Metadata pointer may be an SGL descriptor' },
  { bit: 20, mnemonic: 'SAOS', title: 'Address field as offset' },
  { bit: 21, mnemonic: 'TSDBDS', title: 'Transport SGL data block descriptor' },
];

export const trattrBits: readonly FieldBit[] = [
  { bit: 0, mnemonic: 'THMCS', title: 'Track host memory changes' },
  { bit: 1, mnemonic: 'TUDCS', title: 'Track user data changes' },
  { bit: 2, mnemonic: 'MRTLL', title: 'Memory range lengths are powers of two' },
];
