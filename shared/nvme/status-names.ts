/** A status of the specification: type, code, name, and the names that nvme-cli up to 1.16 printed. */
export interface NamedStatus {
  readonly sct: number;
  readonly sc: number;
  readonly name: string;
  readonly oldNames: readonly string[];
}

/** `code|name|old name,old name` for each line; a code has two hexadecimal digits. */
function namesOf(sct: number, rows: string): NamedStatus[] {
  return rows
    .trim()
    .split('\n')
    .map((row) => {
      const [code = '', name = '', old = ''] = row.trim().split('|');
      return { sct, sc: Number.parseInt(code, 16), name, oldNames: old === '' ? [] : old.split(',') };
    });
}

/**
 * Every status of NVMe Base 2.1, 4.2.3, and the NVM Command Set 1.1, with the names that nvme-cli 1.x printed instead of
 * them (its `nvme_status_to_string`). Where fabrics and NVM commands share a code, the name is that of both.
 */
export const namedStatuses: readonly NamedStatus[] = [
  ...namesOf(
    0,
    `00|Successful Completion|SUCCESS
    01|Invalid Command Opcode|INVALID_OPCODE
    02|Invalid Field in Command|INVALID_FIELD
    03|Command ID Conflict|CMDID_CONFLICT
    04|Data Transfer Error|DATA_XFER_ERROR
    05|Commands Aborted due to Power Loss Notification|POWER_LOSS
    06|Internal Error|INTERNAL
    07|Command Abort Requested|ABORT_REQ
    08|Command Aborted due to SQ Deletion|ABORT_QUEUE
    09|Command Aborted due to Failed Fused Command|FUSED_FAIL
    0a|Command Aborted due to Missing Fused Command|FUSED_MISSING
    0b|Invalid Namespace or Format|INVALID_NS
    0c|Command Sequence Error|CMD_SEQ_ERROR
    0d|Invalid SGL Segment Descriptor|SGL_INVALID_LAST
    0e|Invalid Number of SGL Descriptors|SGL_INVALID_COUNT
    0f|Data SGL Length Invalid|SGL_INVALID_DATA
    10|Metadata SGL Length Invalid|SGL_INVALID_METADATA
    11|SGL Descriptor Type Invalid|SGL_INVALID_TYPE
    12|Invalid Use of Controller Memory Buffer|CMB_INVALID_USE
    13|PRP Offset Invalid|PRP_INVALID_OFFSET
    14|Atomic Write Unit Exceeded|AWU_EXCEEDED,ATOMIC_WRITE_UNIT_EXCEEDED
    15|Operation Denied|OPERATION_DENIED,OP_DENIED
    16|SGL Offset Invalid|SGL_INVALID_OFFSET
    18|Host Identifier Inconsistent Format|HOSTID_FORMAT
    19|Keep Alive Timer Expired|KAT_EXPIRED
    1a|Keep Alive Timeout Invalid|KAT_INVALID
    1b|Command Aborted due to Preempt and Abort|CMD_ABORTED_PREMEPT
    1c|Sanitize Failed|SANITIZE_FAILED
    1d|Sanitize In Progress|SANITIZE_IN_PROGRESS
    1e|SGL Data Block Granularity Invalid|SGL_INVALID_GRANULARITY
    1f|Command Not Supported for Queue in CMB|CMD_IN_CMBQ_NOT_SUPP
    20|Namespace is Write Protected|NS_WRITE_PROTECTED
    21|Command Interrupted|CMD_INTERRUPTED
    22|Transient Transport Error|TRAN_TPORT_ERROR
    23|Command Prohibited by Command and Feature Lockdown|PROHIBITED_BY_CMD_AND_FEAT
    24|Admin Command Media Not Ready|ADMIN_CMD_MEDIA_NOT_READY
    25|Invalid Key Tag|INVALID_KEY_TAG
    26|Host Dispersed Namespace Support Not Enabled|
    27|Host Identifier Not Initialized|
    28|Incorrect Key|
    29|FDP Disabled|
    2a|Invalid Placement Handle List|
    80|LBA Out of Range|LBA_RANGE
    81|Capacity Exceeded|CAP_EXCEEDED
    82|Namespace Not Ready|NS_NOT_READY
    83|Reservation Conflict|RESERVATION_CONFLICT
    84|Format In Progress|FORMAT_IN_PROGRESS`,
  ),
  ...namesOf(
    1,
    `00|Completion Queue Invalid|CQ_INVALID
    01|Invalid Queue Identifier|QID_INVALID
    02|Invalid Queue Size|QUEUE_SIZE
    03|Abort Command Limit Exceeded|ABORT_LIMIT
    05|Asynchronous Event Request Limit Exceeded|ASYNC_LIMIT
    06|Invalid Firmware Slot|FIRMWARE_SLOT
    07|Invalid Firmware Image|FIRMWARE_IMAGE
    08|Invalid Interrupt Vector|INVALID_VECTOR
    09|Invalid Log Page|INVALID_LOG_PAGE
    0a|Invalid Format|INVALID_FORMAT
    0b|Firmware Activation Requires Conventional Reset|FW_NEEDS_CONVENTIONAL_RESET
    0c|Invalid Queue Deletion|INVALID_QUEUE
    0d|Feature Identifier Not Saveable|FEATURE_NOT_SAVEABLE
    0e|Feature Not Changeable|FEATURE_NOT_CHANGEABLE
    0f|Feature Not Namespace Specific|FEATURE_NOT_PER_NS
    10|Firmware Activation Requires NVM Subsystem Reset|FW_NEEDS_SUBSYSTEM_RESET
    11|Firmware Activation Requires Controller Level Reset|FW_NEEDS_RESET
    12|Firmware Activation Requires Maximum Time Violation|FW_NEEDS_MAX_TIME_VIOLATION
    13|Firmware Activation Prohibited|FW_ACTIVATION_PROHIBITED
    14|Overlapping Range|OVERLAPPING_RANGE
    15|Namespace Insufficient Capacity|NS_INSUFFICIENT_CAPACITY,NS_INSUFFICIENT_CAP
    16|Namespace Identifier Unavailable|NS_ID_UNAVAILABLE
    18|Namespace Already Attached|NS_ALREADY_ATTACHED
    19|Namespace Is Private|NS_IS_PRIVATE
    1a|Namespace Not Attached|NS_NOT_ATTACHED
    1b|Thin Provisioning Not Supported|THIN_PROVISIONING_NOT_SUPPORTED,THIN_PROV_NOT_SUPP
    1c|Controller List Invalid|CONTROLLER_LIST_INVALID,CTRL_LIST_INVALID
    1d|Device Self-test In Progress|DEVICE_SELF_TEST_IN_PROGRESS,SELF_TEST_IN_PROGRESS
    1e|Boot Partition Write Prohibited|BOOT PARTITION WRITE PROHIBITED,BP_WRITE_PROHIBITED
    1f|Invalid Controller Identifier|INVALID_CTRL_ID
    20|Invalid Secondary Controller State|INVALID_SECONDARY_CTRL_STATE,INVALID_SEC_CTRL_STATE
    21|Invalid Number of Controller Resources|INVALID_NUM_CTRL_RESOURCE,INVALID_CTRL_RESOURCES
    22|Invalid Resource Identifier|INVALID_RESOURCE_ID
    23|Sanitize Prohibited While Persistent Memory Region is Enabled|PMR_SAN_PROHIBITED
    24|ANA Group Identifier Invalid|ANA_GROUP_ID_INVALID,ANA_INVALID_GROUP_ID
    25|ANA Attach Failed|ANA_ATTACH_FAIL,ANA_ATTACH_FAILED
    26|Insufficient Capacity|INSUFFICIENT_CAP
    27|Namespace Attachment Limit Exceeded|NS_ATTACHMENT_LIMIT_EXCEEDED
    28|Prohibition of Command Execution Not Supported|PROHIBIT_CMD_EXEC_NOT_SUPPORTED
    29|I/O Command Set Not Supported|IOCS_NOT_SUPPORTED
    2a|I/O Command Set Not Enabled|IOCS_NOT_ENABLED
    2b|I/O Command Set Combination Rejected|IOCS_COMBINATION_REJECTED
    2c|Invalid I/O Command Set|INVALID_IOCS
    2d|Identifier Unavailable|ID_UNAVAILABLE
    35|Invalid Host|
    36|Invalid NVM Subsystem|
    37|Invalid Controller Data Queue|
    38|Not Enough Resources|
    39|Controller Suspended|
    3a|Controller Not Suspended|
    3b|Controller Data Queue Full|
    80|Conflicting Attributes, or of Connect: Incompatible Format|BAD_ATTRIBUTES,CONNECT_FORMAT
    81|Invalid Protection Information, or of Connect: Controller Busy|INVALID_PI,CONNECT_CTRL_BUSY
    82|Attempted Write to Read Only Range, or of Connect: Invalid Parameters|READ_ONLY,CONNECT_INVALID_PARAM
    83|Command Size Limit Exceeded, or of Connect: Restart Discovery|CMD_SIZE_LIMIT_EXCEEDED,CONNECT_RESTART_DISC
    84|Connect Invalid Host|CONNECT_INVALID_HOST
    85|Invalid Queue Type|DISCONNECT_INVALID_QTYPE
    90|Discover Restart|DISCOVERY_RESTART
    91|Authentication Required|AUTH_REQUIRED`,
  ),
  ...namesOf(
    2,
    `80|Write Fault|WRITE_FAULT
    81|Unrecovered Read Error|READ_ERROR
    82|End-to-end Guard Check Error|GUARD_CHECK
    83|End-to-end Application Tag Check Error|APPTAG_CHECK
    84|End-to-end Reference Tag Check Error|REFTAG_CHECK
    85|Compare Failure|COMPARE_FAILED
    86|Access Denied|ACCESS_DENIED
    87|Deallocated or Unwritten Logical Block|UNWRITTEN_BLOCK`,
  ),
  ...namesOf(
    3,
    `00|Internal Path Error|ANA_INTERNAL_PATH_ERROR,INTERNAL_PATH_ERROR
    01|Asymmetric Access Persistent Loss|ANA_PERSISTENT_LOSS,ASYMMETRIC_NAMESPACE_ACCESS_PERSISTENT_LOSS
    02|Asymmetric Access Inaccessible|ANA_INACCESSIBLE,ASYMMETRIC_NAMESPACE_ACCESS_INACCESSIBLE
    03|Asymmetric Access Transition|ANA_TRANSITION,ASYMMETRIC_NAMESPACE_ACCESS_TRANSITION
    60|Controller Pathing Error|CTRL_PATH_ERROR
    70|Host Pathing Error|HOST_PATH_ERROR
    71|Command Aborted By Host|HOST_CMD_ABORT`,
  ),
];

const byNumber: ReadonlyMap<number, NamedStatus> = new Map(
  namedStatuses.map((status) => [(status.sct << 8) | status.sc, status]),
);

/** The status of that type and code; undefined where the specification has none. */
export function namedStatus({ sct, sc }: Pick<NamedStatus, 'sct' | 'sc'>): NamedStatus | undefined {
  return byNumber.get((sct << 8) | sc);
}
