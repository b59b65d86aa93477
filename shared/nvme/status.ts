import { type AdminCompletion, statusValue } from './command.ts';

/** A status code: SCT in `sct` (0 generic, 1 command specific), SC in `sc`. */
export interface StatusCode {
  readonly sct: number;
  readonly sc: number;
  /** The specification's name. */
  readonly name: string;
  /**
   * The text for a terminal, in nvme-cli's form `name: description`. It is nvme-cli 2.3's own to the byte for every
   * status in the recordings; the other descriptions are ours. Codes newer than 2.3 print as `unrecognized` there.
   */
  readonly printed: string;
}

function generic(sc: number, name: string, description: string): StatusCode {
  return { sct: 0, sc, name, printed: `${name}: ${description}` };
}

function specific(sc: number, name: string, description?: string): StatusCode {
  return {
    sct: 1,
    sc,
    name,
    printed: description === undefined ? 'unrecognized' : `${name}: ${description}`,
  };
}

/**
 * The status codes that admin commands of this project's controllers answer (NVMe Base 2.1, 4.2.3). This file is
 * long because it is one table.
 */
export const statusCodes = {
  success: generic(0x00, 'Successful Completion', 'Completed without error'),
  invalidOpcode: generic(
    0x01,
    'Invalid Command Opcode',
    'A reserved coded value or an unsupported value in the command opcode field',
  ),
  invalidField: generic(
    0x02,
    'Invalid Field in Command',
    'A reserved coded value or an unsupported value in a defined field',
  ),
  commandIdConflict: generic(0x03, 'Command ID Conflict', 'Another outstanding command has this identifier'),
  dataTransferError: generic(0x04, 'Data Transfer Error', 'Data or metadata could not be transferred'),
  powerLoss: generic(0x05, 'Commands Aborted due to Power Loss Notification', 'Power is about to be lost'),
  internalError: generic(0x06, 'Internal Error', 'The controller failed inside'),
  abortRequested: generic(0x07, 'Command Abort Requested', 'An Abort command named this command'),
  abortedByQueueDeletion: generic(
    0x08,
    'Command Aborted due to SQ Deletion',
    'The submission queue of the command was deleted',
  ),
  invalidNamespace: generic(
    0x0b,
    'Invalid Namespace or Format',
    'The namespace does not exist here, or its format does not fit',
  ),
  commandSequenceError: generic(
    0x0c,
    'Command Sequence Error',
    'The command does not fit into the sequence under way',
  ),
  prpOffsetInvalid: generic(0x13, 'PRP Offset Invalid', 'A PRP entry does not start at an allowed offset'),
  operationDenied: generic(0x15, 'Operation Denied', 'Access rights are missing'),
  sanitizeInProgress: generic(
    0x1d,
    'Sanitize In Progress',
    'The command is not allowed while a sanitize operation runs',
  ),
  commandInterrupted: generic(
    0x21,
    'Command Interrupted',
    'Processing stopped halfway; the command may be retried',
  ),
  transientTransportError: generic(0x22, 'Transient Transport Error', 'The transport failed for a moment'),
  lbaOutOfRange: generic(0x80, 'LBA Out of Range', 'Logical blocks past the end of the namespace'),
  capacityExceeded: generic(0x81, 'Capacity Exceeded', 'The namespace has no capacity left for this'),
  namespaceNotReady: generic(0x82, 'Namespace Not Ready', 'The namespace cannot be accessed yet'),
  completionQueueInvalid: specific(0x00, 'Completion Queue Invalid', 'The completion queue does not exist'),
  invalidQueueIdentifier: specific(
    0x01,
    'Invalid Queue Identifier',
    'The queue identifier is in use or out of range',
  ),
  invalidQueueSize: specific(0x02, 'Invalid Queue Size', 'The number of entries is out of range'),
  abortLimitExceeded: specific(
    0x03,
    'Abort Command Limit Exceeded',
    'More Abort commands are outstanding than Identify Controller allows',
  ),
  asynchronousEventLimitExceeded: specific(
    0x05,
    'Asynchronous Event Request Limit Exceeded',
    'More event requests are outstanding than Identify Controller allows',
  ),
  invalidInterruptVector: specific(
    0x08,
    'Invalid Interrupt Vector',
    'The controller has no such interrupt vector',
  ),
  invalidLogPage: specific(0x09, 'Invalid Log Page', 'The controller has no such log page'),
  invalidFormat: specific(0x0a, 'Invalid Format', 'The controller has no such LBA format'),
  invalidQueueDeletion: specific(
    0x0c,
    'Invalid Queue Deletion',
    'The completion queue still serves a submission queue',
  ),
  featureNotSaveable: specific(
    0x0d,
    'Feature Identifier Not Saveable',
    'The value of this feature cannot be saved',
  ),
  featureNotChangeable: specific(0x0e, 'Feature Not Changeable', 'The value of this feature is fixed'),
  featureNotNamespaceSpecific: specific(
    0x0f,
    'Feature Not Namespace Specific',
    'This feature belongs to the controller, not to a namespace',
  ),
  namespaceInsufficientCapacity: specific(
    0x15,
    'Namespace Insufficient Capacity',
    'Not enough unallocated capacity for the namespace',
  ),
  namespaceIdentifierUnavailable: specific(
    0x16,
    'Namespace Identifier Unavailable',
    'All namespace identifiers are in use',
  ),
  namespaceAlreadyAttached: specific(
    0x18,
    'Namespace Already Attached',
    'The controller is already attached to the namespace specified',
  ),
  namespaceIsPrivate: specific(
    0x19,
    'Namespace Is Private',
    'The namespace is private and is already attached to one controller',
  ),
  namespaceNotAttached: specific(
    0x1a,
    'Namespace Not Attached',
    'The request to detach the controller could not be completed because the controller is not attached to the namespace',
  ),
  thinProvisioningNotSupported: specific(
    0x1b,
    'Thin Provisioning Not Supported',
    'The controller allocates all capacity at once',
  ),
  controllerListInvalid: specific(
    0x1c,
    'Controller List Invalid',
    'The controller list provided contains invalid controller ids',
  ),
  invalidControllerIdentifier: specific(
    0x1f,
    'Invalid Controller Identifier',
    'An invalid controller id was specified',
  ),
  invalidSecondaryControllerState: specific(
    0x20,
    'Invalid Secondary Controller State',
    'The requested secondary controller action is invalid based on the secondary and primary controllers current states',
  ),
  invalidNumberOfResources: specific(
    0x21,
    'Invalid Number of Controller Resources',
    'The specified number of Flexible Resources is invalid',
  ),
  invalidResourceIdentifier: specific(
    0x22,
    'Invalid Resource Identifier',
    'At least one of the specified resource identifiers was invalid',
  ),
  namespaceAttachmentLimitExceeded: specific(
    0x27,
    'Namespace Attachment Limit Exceeded',
    'The controller cannot take one more namespace',
  ),
  invalidHost: specific(0x35, 'Invalid Host'),
  invalidSubsystem: specific(0x36, 'Invalid NVM Subsystem'),
  invalidControllerDataQueue: specific(0x37, 'Invalid Controller Data Queue'),
  notEnoughResources: specific(0x38, 'Not Enough Resources'),
  controllerSuspended: specific(0x39, 'Controller Suspended'),
  controllerNotSuspended: specific(0x3a, 'Controller Not Suspended'),
  controllerDataQueueFull: specific(0x3b, 'Controller Data Queue Full'),
} as const satisfies Readonly<Record<string, StatusCode>>;

export type StatusName = keyof typeof statusCodes;

const statusByValue: ReadonlyMap<number, StatusCode> = new Map(
  Object.values<StatusCode>(statusCodes).map((code) => [(code.sct << 8) | code.sc, code]),
);

const statusTypeNames = ['Generic', 'Command Specific', 'Media and Data Integrity', 'Path Related'] as const;

/** The specification's name of a status, or its number where this table has none. */
export function statusName(status: Pick<AdminCompletion, 'sct' | 'sc'>): string {
  const known = statusByValue.get((status.sct << 8) | status.sc);
  if (known) return known.name;
  if (status.sct === 7) return 'Vendor Specific Status';
  return `${statusTypeNames[status.sct] ?? 'Reserved'} status ${hexadecimal(status.sc)}h`;
}

/** A completion without data that carries this status; refusals carry Do Not Retry unless told otherwise. */
export function completionOf(
  status: StatusName,
  options: { dw0?: number; dnr?: boolean } = {},
): AdminCompletion {
  const { sct, sc } = statusCodes[status];
  return { sct, sc, dnr: options.dnr ?? status !== 'success', dw0: options.dw0 ?? 0 };
}

/** `success`, or `Invalid Field in Command (4002h)`. */
export function describeStatus(completion: Pick<AdminCompletion, 'sct' | 'sc' | 'dnr' | 'more'>): string {
  if (completion.sct === 0 && completion.sc === 0) return 'success';
  return `${statusName(completion)} (${hexadecimal(statusValue(completion))}h)`;
}

/**
 * The line that nvme-cli writes to standard error for a failed command, without a line end:
 * `NVMe status: Invalid Field in Command: A reserved coded value …(0x4002)`.
 */
export function nvmeCliStatusLine(completion: Pick<AdminCompletion, 'sct' | 'sc' | 'dnr' | 'more'>): string {
  return `NVMe status: ${nvmeCliStatusText(completion)}(0x${statusValue(completion).toString(16)})`;
}

/** Name and description, see `StatusCode.printed`. */
export function nvmeCliStatusText(status: Pick<AdminCompletion, 'sct' | 'sc'>): string {
  const known = statusByValue.get((status.sct << 8) | status.sc);
  if (known) return known.printed;
  if (status.sct === 7) return 'Vendor Specific Status';
  return status.sct <= 3 ? 'unrecognized' : 'Unknown status';
}

function hexadecimal(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, '0');
}
