import { bits, type CommandField, whole } from '../command-codec.ts';
import { defineCommand } from '../define-command.ts';

const clause = 'Linux series "Add live migration support for NVMe", December 2022';
/** The virtual function, counted from 1. */
const index: CommandField<'number'> = bits('cdw10', 15, 0);

/*
 * The migration commands of the vendor-opcode device of the series of December 2022. No device has both these and the
 * commands of the proposal, and no opcode has two meanings.
 */

/** Vendor Query Data Size: how many bytes the state has now. */
export const vendorQueryDataSize = defineCommand({
  opcode: 0xc4,
  name: 'Vendor Query Data Size (December 2022)',
  clause,
  fields: { index },
  /** Bytes. */
  result: { size: [31, 0] },
  words: (values) => [undefined, `VF ${values.index}`],
});

export const vendorSuspend = defineCommand({
  opcode: 0xc8,
  name: 'Vendor Suspend (December 2022)',
  clause,
  fields: { index },
  words: (values) => [undefined, `VF ${values.index}`],
});

export const vendorResume = defineCommand({
  opcode: 0xcc,
  name: 'Vendor Resume (December 2022)',
  clause,
  fields: { index },
  words: (values) => [undefined, `VF ${values.index}`],
});

export const vendorSaveData = defineCommand({
  opcode: 0xd2,
  name: 'Vendor Save Data (December 2022)',
  clause,
  fields: { index },
  words: (values) => [undefined, `VF ${values.index}`],
});

export const vendorLoadData = defineCommand({
  opcode: 0xd5,
  name: 'Vendor Load Data (December 2022)',
  clause,
  fields: {
    index,
    /** Bytes of the state that follows as data. */
    size: whole('cdw11'),
  },
  words: (values) => [undefined, `VF ${values.index} ${values.size} bytes`],
});

/** The opcodes of all of them; each command names a virtual function in `index`. */
export const vendorMigrationOpcodes: readonly number[] = [
  vendorQueryDataSize.opcode,
  vendorSuspend.opcode,
  vendorResume.opcode,
  vendorSaveData.opcode,
  vendorLoadData.opcode,
];
