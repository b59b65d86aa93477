import { type AdminCompletion, statusValue } from './command.ts';

/** A status code: SCT in `sct` (0 generic, 1 command specific), SC in `sc`. */
export interface StatusCode {
  readonly sct: number;
  readonly sc: number;
  /** The specification's name. */
  readonly name: string;
  /**
   * The text for a terminal, in nvme-cli's form `name: description`. It is nvme-cli 2.3's own to the byte, because
   * people search for what they see (libnvme, `nvme_status_to_string`). Codes newer than 2.3 print as `unrecognized`
   * there.
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
  success: generic(0x00, 'Successful Completion', 'The command completed without error'),
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
  commandIdConflict: generic(0x03, 'Command ID Conflict', 'The command identifier is already in use'),
  dataTransferError: generic(
    0x04,
    'Data Transfer Error',
    'Transferring the data or metadata associated with a command experienced an error',
  ),
  powerLoss: generic(
    0x05,
    'Commands Aborted due to Power Loss Notification',
    'Indicates that the command was aborted due to a power loss notification',
  ),
  internalError: generic(
    0x06,
    'Internal Error',
    'The command was not completed successfully due to an internal error',
  ),
  abortRequested: generic(0x07, 'Command Abort Requested', 'The command was aborted due to an Abort command'),
  abortedByQueueDeletion: generic(
    0x08,
    'Command Aborted due to SQ Deletion',
    'The command was aborted due to a Delete I/O Submission Queue',
  ),
  invalidNamespace: generic(
    0x0b,
    'Invalid Namespace or Format',
    'The namespace or the format of that namespace is invalid',
  ),
  commandSequenceError: generic(
    0x0c,
    'Command Sequence Error',
    'The command was aborted due to a protocol violation in a multi- command sequence',
  ),
  prpOffsetInvalid: generic(0x13, 'PRP Offset Invalid', 'The Offset field for a PRP entry is invalid'),
  operationDenied: generic(0x15, 'Operation Denied', 'The command was denied due to lack of access rights'),
  sanitizeInProgress: generic(
    0x1d,
    'Sanitize In Progress',
    'The requested function is prohibited while a sanitize operation is in progress',
  ),
  commandInterrupted: generic(
    0x21,
    'Command Interrupted',
    'Command processing was interrupted and the controller is unable to successfully complete the command',
  ),
  transientTransportError: generic(
    0x22,
    'Transient Transport Error',
    'A transient transport error was detected',
  ),
  lbaOutOfRange: generic(
    0x80,
    'LBA Out of Range',
    'The command references an LBA that exceeds the size of the namespace',
  ),
  capacityExceeded: generic(
    0x81,
    'Capacity Exceeded',
    'Execution of the command has caused the capacity of the namespace to be exceeded',
  ),
  namespaceNotReady: generic(0x82, 'Namespace Not Ready', 'The namespace is not ready to be accessed'),
  completionQueueInvalid: specific(
    0x00,
    'Completion Queue Invalid',
    'The Completion Queue identifier specified in the command does not exist',
  ),
  invalidQueueIdentifier: specific(
    0x01,
    'Invalid Queue Identifier',
    'The creation of the I/O Completion Queue failed due to an invalid queue identifier specified as part of the command',
  ),
  invalidQueueSize: specific(
    0x02,
    'Invalid Queue Size',
    'The host attempted to create an I/O Completion Queue with an invalid number of entries',
  ),
  abortLimitExceeded: specific(
    0x03,
    'Abort Command Limit Exceeded',
    'The number of concurrently outstanding Abort commands has exceeded the limit indicated in the Identify Controller data structure',
  ),
  asynchronousEventLimitExceeded: specific(
    0x05,
    'Asynchronous Event Request Limit Exceeded',
    'The number of concurrently outstanding Asynchronous Event Request commands has been exceeded',
  ),
  invalidInterruptVector: specific(
    0x08,
    'Invalid Interrupt Vector',
    'The creation of the I/O Completion Queue failed due to an invalid interrupt vector specified as part of the command',
  ),
  invalidLogPage: specific(0x09, 'Invalid Log Page', 'The log page indicated is invalid'),
  invalidFormat: specific(0x0a, 'Invalid Format', 'The LBA Format specified is not supported'),
  invalidQueueDeletion: specific(
    0x0c,
    'Invalid Queue Deletion',
    'Invalid I/O Completion Queue specified to delete',
  ),
  featureNotSaveable: specific(
    0x0d,
    'Feature Identifier Not Saveable',
    'The Feature Identifier specified does not support a saveable value',
  ),
  featureNotChangeable: specific(
    0x0e,
    'Feature Not Changeable',
    'The Feature Identifier is not able to be changed',
  ),
  featureNotNamespaceSpecific: specific(
    0x0f,
    'Feature Not Namespace Specific',
    'The Feature Identifier specified is not namespace specific',
  ),
  namespaceInsufficientCapacity: specific(
    0x15,
    'Namespace Insufficient Capacity',
    'Creating the namespace requires more free space than is currently available',
  ),
  namespaceIdentifierUnavailable: specific(
    0x16,
    'Namespace Identifier Unavailable',
    'The number of namespaces supported has been exceeded',
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
    'Thin provisioning is not supported by the controller',
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
    'Attaching the ns to a controller causes max number of ns attachments allowed to be exceeded',
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
