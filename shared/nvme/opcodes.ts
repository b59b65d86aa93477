/** Which way the data of a command travels, from the two lowest bits of its opcode (NVMe Base 2.1, 3.3.3.1). */
export type DataDirection = 'none' | 'to-controller' | 'from-controller' | 'both';

const directions: readonly DataDirection[] = ['none', 'to-controller', 'from-controller', 'both'];

export function dataDirection(opcode: number): DataDirection {
  return directions[opcode & 3] ?? 'none';
}

/**
 * Admin opcodes (NVMe Base 2.1, figure "Opcodes for Admin Commands"). From C1h on they are vendor specific: C1h, C2h, C5h
 * and C6h belong to Berth's proposal of virtual subsystems and functions and are not an NVMe standard; the other five are
 * those of the vendor-opcode device of the series of December 2022. No device has both, and no opcode has two meanings.
 */
export const adminOpcodes = {
  deleteSubmissionQueue: 0x00,
  createSubmissionQueue: 0x01,
  getLogPage: 0x02,
  deleteCompletionQueue: 0x04,
  createCompletionQueue: 0x05,
  identify: 0x06,
  abort: 0x08,
  setFeatures: 0x09,
  getFeatures: 0x0a,
  asynchronousEventRequest: 0x0c,
  namespaceManagement: 0x0d,
  firmwareCommit: 0x10,
  firmwareImageDownload: 0x11,
  deviceSelfTest: 0x14,
  namespaceAttachment: 0x15,
  keepAlive: 0x18,
  directiveSend: 0x19,
  directiveReceive: 0x1a,
  virtualizationManagement: 0x1c,
  managementInterfaceSend: 0x1d,
  managementInterfaceReceive: 0x1e,
  capacityManagement: 0x20,
  discoveryInformationManagement: 0x21,
  fabricZoningReceive: 0x22,
  lockdown: 0x24,
  fabricZoningLookup: 0x25,
  clearExportedResourceConfiguration: 0x28,
  fabricZoningSend: 0x29,
  createExportedSubsystem: 0x2a,
  manageExportedSubsystem: 0x2d,
  manageExportedNamespace: 0x31,
  manageExportedPort: 0x35,
  sendDiscoveryLogPage: 0x39,
  trackSend: 0x3d,
  trackReceive: 0x3e,
  migrationSend: 0x41,
  migrationReceive: 0x42,
  controllerDataQueue: 0x45,
  doorbellBufferConfig: 0x7c,
  fabrics: 0x7f,
  formatNvm: 0x80,
  securitySend: 0x81,
  securityReceive: 0x82,
  sanitize: 0x84,
  getLbaStatus: 0x86,
  virtualSubsystemManagement: 0xc1,
  virtualSubsystemReceive: 0xc2,
  functionManagement: 0xc5,
  functionReceive: 0xc6,
  vendorQueryDataSize: 0xc4,
  vendorSuspend: 0xc8,
  vendorResume: 0xcc,
  vendorSaveData: 0xd2,
  vendorLoadData: 0xd5,
} as const;

/** The migration commands of the series of December 2022; all of them name a virtual function in CDW10 15:0. */
export const vendorMigrationOpcodes: readonly number[] = [
  adminOpcodes.vendorQueryDataSize,
  adminOpcodes.vendorSuspend,
  adminOpcodes.vendorResume,
  adminOpcodes.vendorSaveData,
  adminOpcodes.vendorLoadData,
];

const opcodeNames: ReadonlyMap<number, string> = new Map([
  [adminOpcodes.deleteSubmissionQueue, 'Delete I/O Submission Queue'],
  [adminOpcodes.createSubmissionQueue, 'Create I/O Submission Queue'],
  [adminOpcodes.getLogPage, 'Get Log Page'],
  [adminOpcodes.deleteCompletionQueue, 'Delete I/O Completion Queue'],
  [adminOpcodes.createCompletionQueue, 'Create I/O Completion Queue'],
  [adminOpcodes.identify, 'Identify'],
  [adminOpcodes.abort, 'Abort'],
  [adminOpcodes.setFeatures, 'Set Features'],
  [adminOpcodes.getFeatures, 'Get Features'],
  [adminOpcodes.asynchronousEventRequest, 'Asynchronous Event Request'],
  [adminOpcodes.namespaceManagement, 'Namespace Management'],
  [adminOpcodes.firmwareCommit, 'Firmware Commit'],
  [adminOpcodes.firmwareImageDownload, 'Firmware Image Download'],
  [adminOpcodes.deviceSelfTest, 'Device Self-test'],
  [adminOpcodes.namespaceAttachment, 'Namespace Attachment'],
  [adminOpcodes.keepAlive, 'Keep Alive'],
  [adminOpcodes.directiveSend, 'Directive Send'],
  [adminOpcodes.directiveReceive, 'Directive Receive'],
  [adminOpcodes.virtualizationManagement, 'Virtualization Management'],
  [adminOpcodes.managementInterfaceSend, 'NVMe-MI Send'],
  [adminOpcodes.managementInterfaceReceive, 'NVMe-MI Receive'],
  [adminOpcodes.capacityManagement, 'Capacity Management'],
  [adminOpcodes.discoveryInformationManagement, 'Discovery Information Management'],
  [adminOpcodes.fabricZoningReceive, 'Fabric Zoning Receive'],
  [adminOpcodes.lockdown, 'Lockdown'],
  [adminOpcodes.fabricZoningLookup, 'Fabric Zoning Lookup'],
  [adminOpcodes.clearExportedResourceConfiguration, 'Clear Exported NVM Resource Configuration'],
  [adminOpcodes.fabricZoningSend, 'Fabric Zoning Send'],
  [adminOpcodes.createExportedSubsystem, 'Create Exported NVM Subsystem'],
  [adminOpcodes.manageExportedSubsystem, 'Manage Exported NVM Subsystem'],
  [adminOpcodes.manageExportedNamespace, 'Manage Exported Namespace'],
  [adminOpcodes.manageExportedPort, 'Manage Exported Port'],
  [adminOpcodes.sendDiscoveryLogPage, 'Send Discovery Log Page'],
  [adminOpcodes.trackSend, 'Track Send'],
  [adminOpcodes.trackReceive, 'Track Receive'],
  [adminOpcodes.migrationSend, 'Migration Send'],
  [adminOpcodes.migrationReceive, 'Migration Receive'],
  [adminOpcodes.controllerDataQueue, 'Controller Data Queue'],
  [adminOpcodes.doorbellBufferConfig, 'Doorbell Buffer Config'],
  [adminOpcodes.fabrics, 'Fabrics'],
  [adminOpcodes.formatNvm, 'Format NVM'],
  [adminOpcodes.securitySend, 'Security Send'],
  [adminOpcodes.securityReceive, 'Security Receive'],
  [adminOpcodes.sanitize, 'Sanitize'],
  [adminOpcodes.getLbaStatus, 'Get LBA Status'],
  [adminOpcodes.virtualSubsystemManagement, 'Virtual Subsystem Management'],
  [adminOpcodes.virtualSubsystemReceive, 'Virtual Subsystem Receive'],
  [adminOpcodes.functionManagement, 'Function Management'],
  [adminOpcodes.functionReceive, 'Function Receive'],
  [adminOpcodes.vendorQueryDataSize, 'Vendor Query Data Size (December 2022)'],
  [adminOpcodes.vendorSuspend, 'Vendor Suspend (December 2022)'],
  [adminOpcodes.vendorResume, 'Vendor Resume (December 2022)'],
  [adminOpcodes.vendorSaveData, 'Vendor Save Data (December 2022)'],
  [adminOpcodes.vendorLoadData, 'Vendor Load Data (December 2022)'],
]);

/** The command's name, or what is known of an opcode without one. */
export function opcodeName(opcode: number): string {
  const name = opcodeNames.get(opcode);
  if (name !== undefined) return name;
  const shown = `${opcode.toString(16).toUpperCase().padStart(2, '0')}h`;
  return opcode >= 0xc0 ? `Vendor Specific ${shown}` : `Reserved opcode ${shown}`;
}
