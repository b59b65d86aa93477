import { type CommandDefinition, defineCommand } from './define-command.ts';

/**
 * Admin commands that Berth knows by their names only: no device of this project takes them, and a trace shows their
 * dwords (NVMe Base 2.1, figure "Opcodes for Admin Commands").
 */
export const namedOnlyCommands = {
  firmwareCommit: nameOnly(0x10, 'Firmware Commit'),
  firmwareImageDownload: nameOnly(0x11, 'Firmware Image Download'),
  deviceSelfTest: nameOnly(0x14, 'Device Self-test'),
  directiveSend: nameOnly(0x19, 'Directive Send'),
  directiveReceive: nameOnly(0x1a, 'Directive Receive'),
  managementInterfaceSend: nameOnly(0x1d, 'NVMe-MI Send'),
  managementInterfaceReceive: nameOnly(0x1e, 'NVMe-MI Receive'),
  capacityManagement: nameOnly(0x20, 'Capacity Management'),
  discoveryInformationManagement: nameOnly(0x21, 'Discovery Information Management'),
  fabricZoningReceive: nameOnly(0x22, 'Fabric Zoning Receive'),
  lockdown: nameOnly(0x24, 'Lockdown'),
  fabricZoningLookup: nameOnly(0x25, 'Fabric Zoning Lookup'),
  clearExportedResourceConfiguration: nameOnly(0x28, 'Clear Exported NVM Resource Configuration'),
  fabricZoningSend: nameOnly(0x29, 'Fabric Zoning Send'),
  createExportedSubsystem: nameOnly(0x2a, 'Create Exported NVM Subsystem'),
  manageExportedSubsystem: nameOnly(0x2d, 'Manage Exported NVM Subsystem'),
  manageExportedNamespace: nameOnly(0x31, 'Manage Exported Namespace'),
  manageExportedPort: nameOnly(0x35, 'Manage Exported Port'),
  sendDiscoveryLogPage: nameOnly(0x39, 'Send Discovery Log Page'),
  doorbellBufferConfig: nameOnly(0x7c, 'Doorbell Buffer Config'),
  fabrics: nameOnly(0x7f, 'Fabrics'),
  securitySend: nameOnly(0x81, 'Security Send'),
  securityReceive: nameOnly(0x82, 'Security Receive'),
  getLbaStatus: nameOnly(0x86, 'Get LBA Status'),
};

function nameOnly(opcode: number, name: string): CommandDefinition<Record<never, never>> {
  return defineCommand({
    opcode,
    name,
    clause: 'NVMe Base 2.1, figure "Opcodes for Admin Commands"',
    fields: {},
  });
}
