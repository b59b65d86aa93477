import { suffixedHexadecimal } from '../hexadecimal.ts';
import { type AdminCompletion, statusValue } from './command.ts';
import { namedStatus } from './status-names.ts';

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

function generic(sc: number, description: string): StatusCode {
  return statusCode(0, sc, description);
}

function specific(sc: number, description?: string): StatusCode {
  return statusCode(1, sc, description);
}

function statusCode(sct: number, sc: number, description: string | undefined): StatusCode {
  const name = statusName({ sct, sc });
  return { sct, sc, name, printed: description === undefined ? 'unrecognized' : `${name}: ${description}` };
}

const statusTypeNames = ['Generic', 'Command Specific', 'Media and Data Integrity', 'Path Related'] as const;

/** The specification's name of a status, or its number where it has none. */
export function statusName(status: Pick<AdminCompletion, 'sct' | 'sc'>): string {
  const known = namedStatus(status);
  if (known) return known.name;
  if (status.sct === 7) return 'Vendor Specific Status';
  return `${statusTypeNames[status.sct] ?? 'Reserved'} status ${suffixedHexadecimal(status.sc)}`;
}

/**
 * The status codes that admin commands of this project's controllers answer (NVMe Base 2.1, 4.2.3). This file is
 * long because it is one table.
 */
export const statusCodes = {
  success: generic(0x00, 'The command completed without error'),
  invalidOpcode: generic(0x01, 'A reserved coded value or an unsupported value in the command opcode field'),
  invalidField: generic(0x02, 'A reserved coded value or an unsupported value in a defined field'),
  commandIdConflict: generic(0x03, 'The command identifier is already in use'),
  dataTransferError: generic(
    0x04,
    'Transferring the data or metadata associated with a command experienced an error',
  ),
  powerLoss: generic(0x05, 'Indicates that the command was aborted due to a power loss notification'),
  internalError: generic(0x06, 'The command was not completed successfully due to an internal error'),
  abortRequested: generic(0x07, 'The command was aborted due to an Abort command'),
  abortedByQueueDeletion: generic(0x08, 'The command was aborted due to a Delete I/O Submission Queue'),
  invalidNamespace: generic(0x0b, 'The namespace or the format of that namespace is invalid'),
  commandSequenceError: generic(
    0x0c,
    'The command was aborted due to a protocol violation in a multi- command sequence',
  ),
  prpOffsetInvalid: generic(0x13, 'The Offset field for a PRP entry is invalid'),
  operationDenied: generic(0x15, 'The command was denied due to lack of access rights'),
  sanitizeInProgress: generic(
    0x1d,
    'The requested function is prohibited while a sanitize operation is in progress',
  ),
  commandInterrupted: generic(
    0x21,
    'Command processing was interrupted and the controller is unable to successfully complete the command',
  ),
  transientTransportError: generic(0x22, 'A transient transport error was detected'),
  lbaOutOfRange: generic(0x80, 'The command references an LBA that exceeds the size of the namespace'),
  capacityExceeded: generic(
    0x81,
    'Execution of the command has caused the capacity of the namespace to be exceeded',
  ),
  namespaceNotReady: generic(0x82, 'The namespace is not ready to be accessed'),
  completionQueueInvalid: specific(
    0x00,
    'The Completion Queue identifier specified in the command does not exist',
  ),
  invalidQueueIdentifier: specific(
    0x01,
    'The creation of the I/O Completion Queue failed due to an invalid queue identifier specified as part of the command',
  ),
  invalidQueueSize: specific(
    0x02,
    'The host attempted to create an I/O Completion Queue with an invalid number of entries',
  ),
  abortLimitExceeded: specific(
    0x03,
    'The number of concurrently outstanding Abort commands has exceeded the limit indicated in the Identify Controller data structure',
  ),
  asynchronousEventLimitExceeded: specific(
    0x05,
    'The number of concurrently outstanding Asynchronous Event Request commands has been exceeded',
  ),
  invalidInterruptVector: specific(
    0x08,
    'The creation of the I/O Completion Queue failed due to an invalid interrupt vector specified as part of the command',
  ),
  invalidLogPage: specific(0x09, 'The log page indicated is invalid'),
  invalidFormat: specific(0x0a, 'The LBA Format specified is not supported'),
  invalidQueueDeletion: specific(0x0c, 'Invalid I/O Completion Queue specified to delete'),
  featureNotSaveable: specific(0x0d, 'The Feature Identifier specified does not support a saveable value'),
  featureNotChangeable: specific(0x0e, 'The Feature Identifier is not able to be changed'),
  featureNotNamespaceSpecific: specific(0x0f, 'The Feature Identifier specified is not namespace specific'),
  namespaceInsufficientCapacity: specific(
    0x15,
    'Creating the namespace requires more free space than is currently available',
  ),
  namespaceIdentifierUnavailable: specific(0x16, 'The number of namespaces supported has been exceeded'),
  namespaceAlreadyAttached: specific(0x18, 'The controller is already attached to the namespace specified'),
  namespaceIsPrivate: specific(0x19, 'The namespace is private and is already attached to one controller'),
  namespaceNotAttached: specific(
    0x1a,
    'The request to detach the controller could not be completed because the controller is not attached to the namespace',
  ),
  thinProvisioningNotSupported: specific(0x1b, 'Thin provisioning is not supported by the controller'),
  controllerListInvalid: specific(0x1c, 'The controller list provided contains invalid controller ids'),
  invalidControllerIdentifier: specific(0x1f, 'An invalid controller id was specified'),
  invalidSecondaryControllerState: specific(
    0x20,
    'The requested secondary controller action is invalid based on the secondary and primary controllers current states',
  ),
  invalidNumberOfResources: specific(0x21, 'The specified number of Flexible Resources is invalid'),
  invalidResourceIdentifier: specific(0x22, 'At least one of the specified resource identifiers was invalid'),
  namespaceAttachmentLimitExceeded: specific(
    0x27,
    'Attaching the ns to a controller causes max number of ns attachments allowed to be exceeded',
  ),
  invalidHost: specific(0x35),
  invalidSubsystem: specific(0x36),
  invalidControllerDataQueue: specific(0x37),
  notEnoughResources: specific(0x38),
  controllerSuspended: specific(0x39),
  controllerNotSuspended: specific(0x3a),
  controllerDataQueueFull: specific(0x3b),
} as const satisfies Readonly<Record<string, StatusCode>>;

export type StatusName = keyof typeof statusCodes;

const statusByValue: ReadonlyMap<number, StatusCode> = new Map(
  Object.values<StatusCode>(statusCodes).map((code) => [(code.sct << 8) | code.sc, code]),
);

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
  return `${statusName(completion)} (${suffixedHexadecimal(statusValue(completion))})`;
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
