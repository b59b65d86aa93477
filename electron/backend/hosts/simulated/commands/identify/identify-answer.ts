import type { StatusName } from '#shared/nvme/status.ts';

/** Bytes of a structure, or the status with which the command is refused. */
export type IdentifyAnswer = Uint8Array | StatusName;
