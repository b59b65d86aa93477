import type { Capability } from '#shared/fleet/schema.ts';
import { adminCommand } from '#shared/nvme/command.ts';
import { virtualSubsystemReceiveSelectors } from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import type { IdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import {
  decodeVirtualSubsystem,
  type VirtualSubsystemWire,
} from '#shared/nvme/layouts/proposal/virtual-subsystem.ts';
import {
  decodeVirtualSubsystemList,
  virtualSubsystemListLength,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-list.ts';
import {
  decodeOfferedCapabilities,
  type OfferedCapabilitiesWire,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-offered.ts';
import { decodeVirtualSubsystemSupport } from '#shared/nvme/layouts/proposal/virtual-subsystem-support.ts';
import type { Result } from '#shared/result.ts';
import { type AdminReader, problemOf } from './admin-reader.ts';

/** What a controlling function said of virtual subsystems. */
export interface VirtualSubsystemReading {
  readonly support: Capability;
  readonly virtualSubsystems: VirtualSubsystemWire[];
  /** What its secondaries can show; null when it does not say. */
  readonly offered: OfferedCapabilitiesWire | null;
}

/** VSCAP bit 4: Get Offered Capabilities and Preview Answer. */
const offersBit = 1 << 4;

/**
 * The virtual subsystems of one controlling function. The commands are vendor specific, so they are sent only to a
 * controller that announces them in the vendor part of Identify Controller.
 */
export async function readVirtualSubsystems(
  reader: AdminReader,
  identify: IdentifyController | null,
  device: string,
): Promise<VirtualSubsystemReading> {
  const announced = identify === null ? null : decodeVirtualSubsystemSupport(identify.vs);
  if (announced !== null && !announced.ok)
    reader.problems.push(problemOf(`${device} · Identify Controller`, announced.error));
  if (!announced?.ok || announced.value === undefined)
    return {
      support: {
        available: false,
        reason:
          `${device} has no virtual subsystem commands. They are a proposal, not part of the NVMe standard; ` +
          'the simulated device of profile berth has them.',
      },
      virtualSubsystems: [],
      offered: null,
    };
  const list = await receive(
    reader,
    { selector: virtualSubsystemReceiveSelectors.list.value, vsid: 0 },
    'Virtual Subsystem List',
    decodeVirtualSubsystemList,
  );
  const virtualSubsystems: VirtualSubsystemWire[] = [];
  for (const { vsid } of list?.entries ?? []) {
    const read = await receive(
      reader,
      { selector: virtualSubsystemReceiveSelectors.get.value, vsid },
      `Virtual Subsystem ${vsid}`,
      decodeVirtualSubsystem,
    );
    if (read !== null) virtualSubsystems.push(read);
  }
  const offered =
    (announced.value.vscap & offersBit) === 0
      ? null
      : await receive(
          reader,
          { selector: virtualSubsystemReceiveSelectors.offered.value, vsid: 0 },
          'Offered Capabilities',
          decodeOfferedCapabilities,
        );
  return { support: { available: true }, virtualSubsystems, offered };
}

function receive<T>(
  reader: AdminReader,
  { selector, vsid }: { selector: number; vsid: number },
  what: string,
  decode: (bytes: Uint8Array) => Result<T>,
): Promise<T | null> {
  const command = adminCommand({
    opcode: adminOpcodes.virtualSubsystemReceive,
    cdw10: selector,
    // VSID in CDW11 31:16; multiplication, because a shift would turn the sign bit on.
    cdw11: vsid * 0x1_0000,
    readLength: virtualSubsystemListLength,
  });
  return reader.read(command, what, decode, 'required');
}
