/**
 * The values of the selector fields of admin commands, by name, and their names in words. Every table carries the
 * number that goes into the command.
 */
export interface NamedValue {
  readonly value: number;
  readonly title: string;
}

/** Identify, CDW10 7:0: Controller or Namespace Structure (NVMe Base 2.1, 5.1.13). */
export const identifyStructures = {
  namespace: { value: 0x00, title: 'Namespace' },
  controller: { value: 0x01, title: 'Controller' },
  activeNamespaces: { value: 0x02, title: 'Active Namespace List' },
  namespaceDescriptors: { value: 0x03, title: 'Namespace Identification Descriptors' },
  nvmSetList: { value: 0x04, title: 'NVM Set List' },
  commandSetNamespace: { value: 0x05, title: 'I/O Command Set Namespace' },
  commandSetController: { value: 0x06, title: 'I/O Command Set Controller' },
  commandSetActiveNamespaces: { value: 0x07, title: 'I/O Command Set Active Namespace List' },
  independentNamespace: { value: 0x08, title: 'I/O Command Set Independent Namespace' },
  allocatedNamespaces: { value: 0x10, title: 'Allocated Namespace List' },
  allocatedNamespace: { value: 0x11, title: 'Allocated Namespace' },
  attachedControllers: { value: 0x12, title: 'Controllers Attached to Namespace' },
  controllers: { value: 0x13, title: 'Controller List' },
  primaryControllerCapabilities: { value: 0x14, title: 'Primary Controller Capabilities' },
  secondaryControllers: { value: 0x15, title: 'Secondary Controller List' },
  namespaceGranularity: { value: 0x16, title: 'Namespace Granularity List' },
  uuidList: { value: 0x17, title: 'UUID List' },
  domainList: { value: 0x18, title: 'Domain List' },
  enduranceGroupList: { value: 0x19, title: 'Endurance Group List' },
  commandSets: { value: 0x1c, title: 'I/O Command Sets' },
  underlyingNamespaces: { value: 0x1d, title: 'Underlying Namespace List' },
  ports: { value: 0x1e, title: 'Ports List' },
  controllerStateFormats: { value: 0x20, title: 'Supported Controller State Formats' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Virtualization Management, CDW10 3:0 (NVMe Base 2.1, 5.2.6). */
export const virtualizationActions = {
  primaryAllocation: { value: 0x1, title: 'Primary Controller Flexible Allocation' },
  secondaryOffline: { value: 0x7, title: 'Secondary Offline' },
  secondaryAssign: { value: 0x8, title: 'Secondary Assign' },
  secondaryOnline: { value: 0x9, title: 'Secondary Online' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Virtualization Management, CDW10 10:8: which kind of controller resource. */
export const resourceTypes = {
  virtualQueue: { value: 0, title: 'VQ' },
  virtualInterrupt: { value: 1, title: 'VI' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Namespace Management, CDW10 3:0. */
export const namespaceManagementSelectors = {
  create: { value: 0, title: 'Create' },
  delete: { value: 1, title: 'Delete' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Namespace Attachment, CDW10 3:0. */
export const namespaceAttachmentSelectors = {
  attach: { value: 0, title: 'Attach' },
  detach: { value: 1, title: 'Detach' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Track Send, CDW10 7:0. */
export const trackSendSelectors = {
  logUserDataChanges: { value: 0, title: 'Log User Data Changes' },
  trackMemoryChanges: { value: 1, title: 'Track Memory Changes' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Track Receive, CDW10 7:0. */
export const trackReceiveSelectors = {
  trackedMemoryChanges: { value: 0, title: 'Tracked Memory Changes' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Migration Send, CDW10 7:0. */
export const migrationSendSelectors = {
  suspend: { value: 0, title: 'Suspend' },
  resume: { value: 1, title: 'Resume' },
  setControllerState: { value: 2, title: 'Set Controller State' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Migration Send, Suspend, CDW11 23:16. */
export const suspendTypes = {
  notification: { value: 0, title: 'notification' },
  suspend: { value: 1, title: 'suspend' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Migration Send, Set Controller State, CDW10 17:16: position of this command in the sequence. */
export const sequenceIndicators = {
  middle: { value: 0, title: 'middle' },
  first: { value: 1, title: 'first' },
  last: { value: 2, title: 'last' },
  only: { value: 3, title: 'only' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Migration Receive, CDW10 7:0. */
export const migrationReceiveSelectors = {
  getControllerState: { value: 0, title: 'Get Controller State' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Controller Data Queue, CDW10 7:0. */
export const controllerDataQueueSelectors = {
  create: { value: 0, title: 'Create' },
  delete: { value: 1, title: 'Delete' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Virtual Subsystem Management, CDW10 7:0 (Berth proposal). */
export const virtualSubsystemSelectors = {
  create: { value: 0, title: 'Create' },
  delete: { value: 1, title: 'Delete' },
  addController: { value: 2, title: 'Add Controller' },
  removeController: { value: 3, title: 'Remove Controller' },
  setIdentity: { value: 4, title: 'Set Identity' },
  setExposedCapabilities: { value: 5, title: 'Set Exposed Capabilities' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Virtual Subsystem Receive, CDW10 7:0 (Berth proposal). */
export const virtualSubsystemReceiveSelectors = {
  list: { value: 0, title: 'List Virtual Subsystems' },
  get: { value: 1, title: 'Get Virtual Subsystem' },
  offered: { value: 2, title: 'Get Offered Capabilities' },
  preview: { value: 3, title: 'Preview Answer' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Virtual Subsystem Receive, Preview Answer, CDW10 15:8: what is asked for (Berth proposal). */
export const previewKinds = {
  identify: { value: 0, title: 'Identify' },
  logPage: { value: 1, title: 'Get Log Page' },
  feature: { value: 2, title: 'Get Features, default value' },
  properties: { value: 3, title: 'Controller properties' },
  configuration: { value: 4, title: 'PCI configuration space' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Function Management, CDW10 7:0 (Berth proposal). */
export const functionSelectors = {
  provision: { value: 0, title: 'Provision' },
  destroy: { value: 1, title: 'Destroy' },
  enableMigration: { value: 2, title: 'Enable Live Migration' },
  disableMigration: { value: 3, title: 'Disable Live Migration' },
  makeVisible: { value: 4, title: 'Make Visible' },
  hide: { value: 5, title: 'Hide' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Function Receive, CDW10 7:0 (Berth proposal). */
export const functionReceiveSelectors = {
  list: { value: 0, title: 'List Functions' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Sanitize, CDW10 2:0 (NVMe Base 2.1, 5.1.22). */
export const sanitizeActions = {
  exitFailureMode: { value: 1, title: 'Exit Failure Mode' },
  blockErase: { value: 2, title: 'Block Erase' },
  overwrite: { value: 3, title: 'Overwrite' },
  cryptoErase: { value: 4, title: 'Crypto Erase' },
  exitMediaVerification: { value: 5, title: 'Exit Media Verification State' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Feature identifiers, Set and Get Features CDW10 7:0 (NVMe Base 2.1, 5.1.25). */
export const featureIdentifiers = {
  arbitration: { value: 0x01, title: 'Arbitration' },
  powerManagement: { value: 0x02, title: 'Power Management' },
  lbaRangeType: { value: 0x03, title: 'LBA Range Type' },
  temperatureThreshold: { value: 0x04, title: 'Temperature Threshold' },
  errorRecovery: { value: 0x05, title: 'Error Recovery' },
  volatileWriteCache: { value: 0x06, title: 'Volatile Write Cache' },
  numberOfQueues: { value: 0x07, title: 'Number of Queues' },
  interruptCoalescing: { value: 0x08, title: 'Interrupt Coalescing' },
  interruptVectorConfiguration: { value: 0x09, title: 'Interrupt Vector Configuration' },
  writeAtomicityNormal: { value: 0x0a, title: 'Write Atomicity Normal' },
  asynchronousEventConfiguration: { value: 0x0b, title: 'Asynchronous Event Configuration' },
  autonomousPowerStateTransition: { value: 0x0c, title: 'Autonomous Power State Transition' },
  hostMemoryBuffer: { value: 0x0d, title: 'Host Memory Buffer' },
  timestamp: { value: 0x0e, title: 'Timestamp' },
  keepAliveTimer: { value: 0x0f, title: 'Keep Alive Timer' },
  hostControlledThermalManagement: { value: 0x10, title: 'Host Controlled Thermal Management' },
  nonOperationalPowerState: { value: 0x11, title: 'Non-Operational Power State Config' },
  controllerDataQueue: { value: 0x21, title: 'Controller Data Queue' },
  softwareProgressMarker: { value: 0x80, title: 'Software Progress Marker' },
  hostIdentifier: { value: 0x81, title: 'Host Identifier' },
  reservationNotificationMask: { value: 0x82, title: 'Reservation Notification Mask' },
  reservationPersistence: { value: 0x83, title: 'Reservation Persistence' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Log page identifiers, Get Log Page CDW10 7:0 (NVMe Base 2.1, 5.1.12). */
export const logPageIdentifiers = {
  supportedLogPages: { value: 0x00, title: 'Supported Log Pages' },
  errorInformation: { value: 0x01, title: 'Error Information' },
  smart: { value: 0x02, title: 'SMART / Health Information' },
  firmwareSlot: { value: 0x03, title: 'Firmware Slot Information' },
  changedNamespaces: { value: 0x04, title: 'Changed Attached Namespace List' },
  commandsSupportedAndEffects: { value: 0x05, title: 'Commands Supported and Effects' },
  deviceSelfTest: { value: 0x06, title: 'Device Self-test' },
  telemetryHostInitiated: { value: 0x07, title: 'Telemetry Host-Initiated' },
  telemetryControllerInitiated: { value: 0x08, title: 'Telemetry Controller-Initiated' },
  enduranceGroup: { value: 0x09, title: 'Endurance Group Information' },
  asymmetricNamespaceAccess: { value: 0x0c, title: 'Asymmetric Namespace Access' },
  persistentEvent: { value: 0x0d, title: 'Persistent Event Log' },
  discovery: { value: 0x70, title: 'Discovery' },
  reservationNotification: { value: 0x80, title: 'Reservation Notification' },
  sanitizeStatus: { value: 0x81, title: 'Sanitize Status' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** The title of a value in one of these tables, or undefined for a reserved one. */
export function titleOf(table: Readonly<Record<string, NamedValue>>, value: number): string | undefined {
  return Object.values(table).find((entry) => entry.value === value)?.title;
}
