import type { Capability } from '#shared/fleet/schema.ts';
import type { AdminCommand } from '#shared/nvme/command.ts';
import {
  getOfferedCapabilities,
  getVirtualSubsystem,
  listVirtualSubsystems,
} from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
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
    listVirtualSubsystems.encode({}, transfer),
    'Virtual Subsystem List',
    decodeVirtualSubsystemList,
  );
  const virtualSubsystems: VirtualSubsystemWire[] = [];
  for (const { vsid } of list?.entries ?? []) {
    const read = await receive(
      reader,
      getVirtualSubsystem.encode({ vsid }, transfer),
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
          getOfferedCapabilities.encode({}, transfer),
          'Offered Capabilities',
          decodeOfferedCapabilities,
        );
  return { support: { available: true }, virtualSubsystems, offered };
}

const transfer = { readLength: virtualSubsystemListLength };

function receive<T>(
  reader: AdminReader,
  command: AdminCommand,
  what: string,
  decode: (bytes: Uint8Array) => Result<T>,
): Promise<T | null> {
  return reader.read(command, what, decode, 'required');
}
