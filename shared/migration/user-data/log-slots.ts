/**
 * Entries of the queue in which a device's changes are logged: what a busy guest changes while one round is under way, in a
 * mebibyte of host memory.
 */
export const logSlots = 2 ** 15;
