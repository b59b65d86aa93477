import { offers } from '../../controller/announced.ts';
import type { SimulatedController } from '../../state/controller.ts';
import type { SupportedCommand } from '../handler.ts';

/** Bits of an entry of Commands Supported and Effects (NVMe Base 2.1, 5.1.12.1.6). */
export const commandEffects = {
  supported: 1 << 0,
  /** LBCC: logical block content may change. */
  content: 1 << 1,
  /** NCC: capabilities of a namespace may change. */
  namespace: 1 << 2,
  /** NIC: the inventory of namespaces may change. */
  inventory: 1 << 3,
  /** CCC: capabilities of the controller may change. */
  controller: 1 << 4,
  /** CSE 010b: no other command for any namespace while it runs. */
  exclusive: 2 << 16,
} as const;

/** I/O commands of the NVM command set; which optional ones there are, ONCS announces. */
const inputOutput: readonly { readonly opcode: number; readonly writes?: boolean }[] = [
  { opcode: 0x00 },
  { opcode: 0x01, writes: true },
  { opcode: 0x02 },
  { opcode: 0x04, writes: true },
  { opcode: 0x05 },
  { opcode: 0x08, writes: true },
  { opcode: 0x09, writes: true },
  { opcode: 0x0c },
  { opcode: 0x0d },
  { opcode: 0x0e },
  { opcode: 0x11 },
  { opcode: 0x15 },
  { opcode: 0x19, writes: true },
];
const inputOutputOffset = 1024;
const pageLength = 4096;

/** Commands Supported and Effects (log page 05h): admin commands from byte 0, I/O commands from byte 1024. */
export function commandEffectsPage(
  controller: SimulatedController,
  supported: readonly SupportedCommand[],
): Uint8Array {
  const bytes = new Uint8Array(pageLength);
  const view = new DataView(bytes.buffer);
  for (const { opcode, effects } of supported)
    view.setUint32(opcode * 4, commandEffects.supported | effects, true);
  for (const { opcode, writes } of inputOutput)
    if (offers(controller, 'inputOutputCommands', opcode))
      view.setUint32(
        inputOutputOffset + opcode * 4,
        commandEffects.supported | (writes ? commandEffects.content : 0),
        true,
      );
  return bytes;
}
