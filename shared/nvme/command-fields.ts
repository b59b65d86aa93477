import type { AdminCommand } from './command.ts';

/**
 * The fields of admin commands, taken out of the command dwords once, for everything that reads commands: words,
 * command lines and the simulated device. Offsets as in the specification's figures of each command.
 */

/** Bits `high` to `low` of a dword. */
export function bitsOf(dword: number, high: number, low: number): number {
  return Math.floor((dword >>> 0) / 2 ** low) % 2 ** (high - low + 1);
}

/** Identify (NVMe Base 2.1, 5.1.13). */
export function identifyFields(command: AdminCommand) {
  return {
    cns: bitsOf(command.cdw10, 7, 0),
    cntid: bitsOf(command.cdw10, 31, 16),
    csi: bitsOf(command.cdw11, 31, 24),
    nsid: command.nsid >>> 0,
  };
}

/** Virtualization Management (NVMe Base 2.1, 5.2.6). `nr` is a plain count. */
export function virtualizationFields(command: AdminCommand) {
  return {
    cntlid: bitsOf(command.cdw10, 31, 16),
    rt: bitsOf(command.cdw10, 10, 8),
    act: bitsOf(command.cdw10, 3, 0),
    nr: bitsOf(command.cdw11, 15, 0),
  };
}

/** Get Log Page (NVMe Base 2.1, 5.1.12). `bytes` is what NUMD asks for, `offset` in bytes. */
export function logPageFields(command: AdminCommand) {
  const dwords = bitsOf(command.cdw10, 31, 16) + bitsOf(command.cdw11, 15, 0) * 0x10000 + 1;
  return {
    lid: bitsOf(command.cdw10, 7, 0),
    lsp: bitsOf(command.cdw10, 14, 8),
    retain: bitsOf(command.cdw10, 15, 15) === 1,
    bytes: dwords * 4,
    offset: (BigInt(command.cdw13 >>> 0) << 32n) | BigInt(command.cdw12 >>> 0),
    /** OT: the offset counts entries instead of bytes. */
    indexed: bitsOf(command.cdw14, 23, 23) === 1,
    csi: bitsOf(command.cdw14, 31, 24),
  };
}

/** Get and Set Features (NVMe Base 2.1, 5.1.11 and 5.1.25). */
export function featureFields(command: AdminCommand) {
  return {
    fid: bitsOf(command.cdw10, 7, 0),
    select: bitsOf(command.cdw10, 10, 8),
    save: bitsOf(command.cdw10, 31, 31) === 1,
    value: command.cdw11 >>> 0,
  };
}

/** Abort (NVMe Base 2.1, 5.1.1): the submission queue and the command identifier of the command to abort. */
export function abortFields(command: AdminCommand) {
  return { sqid: bitsOf(command.cdw10, 15, 0), cid: bitsOf(command.cdw10, 31, 16) };
}

/** Format NVM (NVMe Base 2.1, 5.1.10). `protection` is whether protection information is asked for. */
export function formatFields(command: AdminCommand) {
  return {
    lbaf: bitsOf(command.cdw10, 3, 0) + bitsOf(command.cdw10, 13, 12) * 16,
    protection: bitsOf(command.cdw10, 7, 5) !== 0,
    ses: bitsOf(command.cdw10, 11, 9),
  };
}

/** Sanitize (NVMe Base 2.1, 5.1.22). `passes` 0 stands for 16; `verify` asks for the media verification state. */
export function sanitizeFields(command: AdminCommand) {
  return {
    action: bitsOf(command.cdw10, 2, 0),
    passes: bitsOf(command.cdw10, 7, 4),
    verify: bitsOf(command.cdw10, 10, 10) === 1,
  };
}

/** Migration Send (NVMe Base 2.1, 5.1.17). `numd` is a plain count of dwords, `offset` in bytes. */
export function migrationSendFields(command: AdminCommand) {
  return {
    sel: bitsOf(command.cdw10, 7, 0),
    seqind: bitsOf(command.cdw10, 17, 16),
    cntlid: bitsOf(command.cdw11, 15, 0),
    stype: bitsOf(command.cdw11, 23, 16),
    dudmq: bitsOf(command.cdw11, 31, 31) === 1,
    csvi: bitsOf(command.cdw11, 23, 16),
    csuuidi: bitsOf(command.cdw11, 31, 24),
    offset: (BigInt(command.cdw13 >>> 0) << 32n) | BigInt(command.cdw12 >>> 0),
    uidx: bitsOf(command.cdw14, 6, 0),
    numd: command.cdw15 >>> 0,
  };
}

/** Migration Receive (NVMe Base 2.1, 5.1.16). `numdl` is 0's based, unlike NUMD of Migration Send. */
export function migrationReceiveFields(command: AdminCommand) {
  return {
    sel: bitsOf(command.cdw10, 7, 0),
    csvi: bitsOf(command.cdw10, 23, 16),
    cntlid: bitsOf(command.cdw11, 15, 0),
    csuuidi: bitsOf(command.cdw11, 23, 16),
    csuidxp: bitsOf(command.cdw11, 31, 24),
    offset: (BigInt(command.cdw13 >>> 0) << 32n) | BigInt(command.cdw12 >>> 0),
    uidx: bitsOf(command.cdw14, 6, 0),
    numdl: command.cdw15 >>> 0,
  };
}

/** Track Send (NVMe Base 2.1, 5.1.27). `target` is a CDQID for user data and a CNTLID for memory. */
export function trackSendFields(command: AdminCommand) {
  return {
    sel: bitsOf(command.cdw10, 7, 0),
    action: bitsOf(command.cdw10, 19, 16),
    target: bitsOf(command.cdw11, 15, 0),
  };
}

/** Track Receive (NVMe Base 2.1, 5.1.26). `numdl` is 0's based. */
export function trackReceiveFields(command: AdminCommand) {
  return {
    sel: bitsOf(command.cdw10, 7, 0),
    cntlid: bitsOf(command.cdw11, 15, 0),
    numdl: command.cdw12 >>> 0,
  };
}

/** Controller Data Queue (NVMe Base 2.1, 5.1.4). `size` is in dwords. */
export function controllerDataQueueFields(command: AdminCommand) {
  return {
    sel: bitsOf(command.cdw10, 7, 0),
    queueType: bitsOf(command.cdw10, 23, 16),
    cntlid: bitsOf(command.cdw11, 31, 16),
    contiguous: bitsOf(command.cdw11, 0, 0) === 1,
    cdqid: bitsOf(command.cdw11, 15, 0),
    size: command.cdw12 >>> 0,
  };
}

/**
 * Virtual Subsystem Management and Virtual Subsystem Receive (Berth proposal, not an NVMe standard): SEL in CDW10 7:0,
 * the physical CNTLID in CDW10 31:16, the virtual controller identifier in CDW11 15:0 and the virtual subsystem
 * identifier in CDW11 31:16.
 */
export function virtualSubsystemFieldsOf(command: AdminCommand) {
  return {
    sel: bitsOf(command.cdw10, 7, 0),
    cntlid: bitsOf(command.cdw10, 31, 16),
    vcid: bitsOf(command.cdw11, 15, 0),
    vsid: bitsOf(command.cdw11, 31, 16),
  };
}

/** Virtual Subsystem Receive, Preview Answer (Berth proposal): kind and number of what is asked; the NSID is dword 1. */
export function previewFields(command: AdminCommand) {
  return {
    kind: bitsOf(command.cdw10, 15, 8),
    number: bitsOf(command.cdw10, 31, 16),
    nsid: command.nsid,
  };
}

/**
 * Function Management and Function Receive (Berth proposal, not an NVMe standard): SEL in CDW10 7:0, CNTLID in CDW10
 * 31:16 (Function Receive: the lowest one to list), function handle in CDW11 15:0, 0 for whichever has the CNTLID now.
 */
export function functionFieldsOf(command: AdminCommand) {
  return {
    sel: bitsOf(command.cdw10, 7, 0),
    cntlid: bitsOf(command.cdw10, 31, 16),
    handle: bitsOf(command.cdw11, 15, 0),
  };
}

/** CNTLID of Provision that leaves the choice to the controlling function. */
export const anyFreeController = 0xffff;

/** The vendor commands of December 2022: `index` is the 1-based virtual function, `size` (Load Data) is in bytes. */
export function vendorMigrationFields(command: AdminCommand) {
  return { index: bitsOf(command.cdw10, 15, 0), size: command.cdw11 >>> 0 };
}
