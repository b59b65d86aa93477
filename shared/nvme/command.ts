/**
 * One NVMe admin command as a host submits it. Bytes and dwords are those of the submission queue entry
 * (NVMe Base 2.1, 3.3.3.1); data pointers are replaced by the data itself.
 */
export interface AdminCommand {
  /** Opcode, 00h-FFh (NVMe Base 2.1, figure "Opcodes for Admin Commands"). */
  readonly opcode: number;
  /** Namespace identifier, 0-FFFFFFFFh; 0 where not used. */
  readonly nsid: number;
  readonly cdw10: number;
  readonly cdw11: number;
  readonly cdw12: number;
  readonly cdw13: number;
  readonly cdw14: number;
  readonly cdw15: number;
  /** Command identifier, CDW0 31:16, where the sender chooses one; otherwise the queue takes a free one. */
  readonly commandIdentifier?: number;
  /** Data that travels from host to controller, if the opcode's direction bits say so. */
  readonly data?: Uint8Array;
  /** Length in bytes of the buffer offered for data that travels from controller to host; 0 for none. */
  readonly readLength: number;
  /** Controller Data Queue, Create: the host memory that PRP1 names. The controller writes to it until deletion. */
  readonly queueMemory?: QueueMemory;
}

/** Host memory of a queue that the controller goes on writing to after the command completed. */
export interface QueueMemory {
  /** PRP Entry 1: physical address of the first byte; the offset inside its 4 KiB page must be 0. */
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** The completion of one admin command (NVMe Base 2.1, 3.3.3.2). */
export interface AdminCompletion {
  /** Status Code Type, 0-7: 0 generic, 1 command specific. */
  readonly sct: number;
  /** Status Code, 00h-FFh. */
  readonly sc: number;
  /** More: the Error Information log page says more about this command. Absent means not set. */
  readonly more?: boolean;
  /** Do Not Retry. */
  readonly dnr: boolean;
  /** Command-specific result, completion dword 0. */
  readonly dw0: number;
  /** Completion dword 1; only a few commands define it. */
  readonly dw1?: number;
  /** Data from controller to host; absent when the command failed or transfers none. */
  readonly data?: Uint8Array;
}

/** Builds a command with every field that is not named set to zero. */
export function adminCommand(fields: Partial<AdminCommand> & { readonly opcode: number }): AdminCommand {
  return {
    nsid: 0,
    cdw10: 0,
    cdw11: 0,
    cdw12: 0,
    cdw13: 0,
    cdw14: 0,
    cdw15: 0,
    readLength: 0,
    ...fields,
  };
}

export function isSuccess(completion: AdminCompletion): boolean {
  return completion.sct === 0 && completion.sc === 0;
}

/**
 * The 15-bit status value as Linux and nvme-cli print it: DNR in bit 14, More in bit 13, SCT in bits 10:8, SC in
 * bits 7:0. Secondary Online refused with Do Not Retry reads 4120h.
 */
export function statusValue(completion: Pick<AdminCompletion, 'sct' | 'sc' | 'dnr' | 'more'>): number {
  return (
    (completion.dnr ? 0x4000 : 0) | (completion.more ? 0x2000 : 0) | (completion.sct << 8) | completion.sc
  );
}

/** The fields of such a value; what is above bit 14 is ignored, and so is the Command Retry Delay in bits 12:11. */
export function statusOfValue(
  value: number,
): Pick<AdminCompletion, 'sct' | 'sc' | 'dnr'> & { readonly more: boolean } {
  return {
    sct: (value >>> 8) & 7,
    sc: value & 0xff,
    more: (value & 0x2000) !== 0,
    dnr: (value & 0x4000) !== 0,
  };
}
