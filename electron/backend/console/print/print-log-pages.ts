import { opcodeName } from '../../../../shared/nvme/commands/table.ts';
import type { ErrorInformation } from '../../../../shared/nvme/layouts/logs/error-information.ts';
import type { SmartHealth } from '../../../../shared/nvme/layouts/logs/smart-health.ts';
import type { NvmeCliObject, NvmeCliVersion } from '../../../../shared/nvme/nvme-cli/nvme-cli-text.ts';
import { printfHexadecimal } from './print-lists.ts';

/** What nvme-cli prints for log pages: JSON with its keys, and a line for each field without `-o`. */

const kelvinOffset = 273;
const smartKeys: readonly (readonly [key: string, field: keyof SmartHealth])[] = [
  ['critical_warning', 'criticalWarning'],
  ['temperature', 'temperature'],
  ['avail_spare', 'availableSpare'],
  ['spare_thresh', 'availableSpareThreshold'],
  ['percent_used', 'percentageUsed'],
  ['endurance_grp_critical_warning_summary', 'enduranceGroupWarnings'],
  ['data_units_read', 'dataUnitsRead'],
  ['data_units_written', 'dataUnitsWritten'],
  ['host_read_commands', 'hostReadCommands'],
  ['host_write_commands', 'hostWriteCommands'],
  ['controller_busy_time', 'controllerBusyTime'],
  ['power_cycles', 'powerCycles'],
  ['power_on_hours', 'powerOnHours'],
  ['unsafe_shutdowns', 'unsafeShutdowns'],
  ['media_errors', 'mediaErrors'],
  ['num_err_log_entries', 'errorLogEntries'],
  ['warning_temp_time', 'warningTemperatureTime'],
  ['critical_comp_time', 'criticalTemperatureTime'],
  ['temperature_sensor_1', 'temperatureSensor1'],
  ['temperature_sensor_2', 'temperatureSensor2'],
  ['temperature_sensor_3', 'temperatureSensor3'],
  ['temperature_sensor_4', 'temperatureSensor4'],
  ['temperature_sensor_5', 'temperatureSensor5'],
  ['temperature_sensor_6', 'temperatureSensor6'],
  ['temperature_sensor_7', 'temperatureSensor7'],
  ['temperature_sensor_8', 'temperatureSensor8'],
  ['thm_temp1_trans_count', 'thermalTransitions1'],
  ['thm_temp2_trans_count', 'thermalTransitions2'],
  ['thm_temp1_total_time', 'thermalTime1'],
  ['thm_temp2_total_time', 'thermalTime2'],
];
const isSensor = (key: string) => key.startsWith('temperature_sensor_');

/** Sensors that the drive does not have are left out; 2.3 writes 128-bit counters as text. */
export function smartJson(log: SmartHealth, version: NvmeCliVersion): NvmeCliObject {
  const shown = smartKeys.filter(([key, field]) => !isSensor(key) || log[field] !== 0);
  return Object.fromEntries(
    shown.map(([key, field]) => {
      const value = log[field];
      return [key, typeof value === 'bigint' && version === '2.3' ? String(value) : value];
    }),
  );
}

export function smartText(log: SmartHealth, device: string, nsid: number): string {
  const lines = [`Smart Log for NVME device:${device} namespace-id:${nsid.toString(16)}`];
  for (const [key, field] of smartKeys) {
    if (isSensor(key) && log[field] === 0) continue;
    lines.push(`${key.padEnd(39)}: ${smartValue(key, log[field])}`);
  }
  return `${lines.join('\n')}\n`;
}

function smartValue(key: string, value: number | bigint): string {
  if (key === 'temperature' || isSensor(key)) return `${Number(value) - kelvinOffset} °C (${value} K)`;
  if (key === 'critical_warning' || key.startsWith('endurance')) return printfHexadecimal(value);
  return key.endsWith('spare') || key === 'spare_thresh' || key === 'percent_used' ? `${value}%` : `${value}`;
}

export function errorJson(entries: readonly ErrorInformation[]): NvmeCliObject {
  return {
    errors: entries.map((entry) => ({
      error_count: entry.errorCount,
      sqid: entry.sqid,
      cmdid: entry.cmdid,
      status_field: entry.statusField >>> 1,
      phase_tag: entry.statusField & 1,
      parm_error_location: entry.parmErrorLocation,
      lba: entry.lba,
      nsid: entry.nsid,
      vs: entry.vs,
      trtype: entry.trtype,
      cs: entry.cs,
      trtype_spec_info: entry.trtypeSpecInfo,
    })),
  };
}

/** `statusWords` says what a status of 15 bits means. */
export function errorText(
  entries: readonly ErrorInformation[],
  device: string,
  statusWords: (status: number) => string,
): string {
  const rule = '.................';
  const lines = [`Error Log Entries for device:${device} entries:${entries.length}`, rule];
  for (const [index, entry] of entries.entries()) {
    const status = entry.statusField >>> 1;
    lines.push(
      ` Entry[${String(index).padStart(2)}]`,
      rule,
      `error_count     : ${entry.errorCount}`,
      `sqid            : ${entry.sqid}`,
      `cmdid           : ${printfHexadecimal(entry.cmdid)}`,
      `status_field    : ${printfHexadecimal(status)} (${statusWords(status)})`,
      `phase_tag       : ${printfHexadecimal(entry.statusField & 1)}`,
      `parm_err_loc    : ${printfHexadecimal(entry.parmErrorLocation)}`,
      `lba             : ${printfHexadecimal(entry.lba)}`,
      `nsid            : ${printfHexadecimal(entry.nsid)}`,
      `vs              : ${entry.vs}`,
      `trtype          : ${printfHexadecimal(entry.trtype)}`,
      `csi             : ${entry.csi}`,
      `opcode          : ${printfHexadecimal(entry.opcode)}`,
      `cs              : ${printfHexadecimal(entry.cs)}`,
      `trtype_spec_info: ${printfHexadecimal(entry.trtypeSpecInfo)}`,
      `log_page_version: ${entry.logPageVersion}`,
      rule,
    );
  }
  return `${lines.join('\n')}\n`;
}

interface FirmwareSlots {
  /** AFI. */
  readonly active: number;
  /** Revision in each of the seven slots, 8 bytes; empty slots start with 0. */
  readonly revisions: readonly Uint8Array[];
}

function firmwareSlots(page: Uint8Array): FirmwareSlots {
  const revisions = Array.from({ length: 7 }, (_, slot) => page.subarray(8 + slot * 8, 16 + slot * 8));
  return { active: page[0] ?? 0, revisions };
}

function revisionWords(bytes: Uint8Array): { readonly number: bigint; readonly text: string } {
  const number = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
  return { number, text: String.fromCharCode(...bytes.filter((byte) => byte !== 0)).trimEnd() };
}

export function firmwareJson(page: Uint8Array, device: string): NvmeCliObject {
  const { active, revisions } = firmwareSlots(page);
  const slots: Record<string, number | string> = { 'Active Firmware Slot (afi)': active };
  for (const [index, bytes] of revisions.entries()) {
    if (bytes[0] === 0) continue;
    const { number, text } = revisionWords(bytes);
    slots[`Firmware Rev Slot ${index + 1}`] = `${number} (${text})`;
  }
  return { [device]: slots };
}

export function firmwareText(page: Uint8Array, device: string): string {
  const { active, revisions } = firmwareSlots(page);
  const lines = [`Firmware Log for device:${device}`, `afi  : ${printfHexadecimal(active)}`];
  for (const [index, bytes] of revisions.entries()) {
    if (bytes[0] === 0) continue;
    const { number, text } = revisionWords(bytes);
    lines.push(`frs${index + 1} : 0x${number.toString(16).padStart(14, '0')} (${text})`);
  }
  return `${lines.join('\n')}\n`;
}

/** 2.3 calls the list by another name; more than fit are told by nothing at all. */
export function changedNamespacesJson(
  nsids: readonly number[],
  device: string,
  version: NvmeCliVersion,
): NvmeCliObject | null {
  if (nsids[0] === 0xffffffff) return null;
  const title = version === '2.3' ? 'Changed Namespace List Log' : 'Changed Attached Namespace List Log';
  const list = nsids.map((nsid, index) => [`[${String(index + 1).padStart(4)}]`, printfHexadecimal(nsid)]);
  return { [title]: device, [device]: Object.fromEntries(list) };
}

// As nvme-cli does, which says so behind the last of those that changed, too.
export function changedNamespacesText(nsids: readonly number[]): string {
  if (nsids[0] === 0xffffffff) return 'more than 1024 ns changed\n';
  const lines = nsids.map((nsid, index) => `[${String(index).padStart(4)}]:${printfHexadecimal(nsid)}\n`);
  return `${lines.join('')}${nsids.length < 1024 ? 'no ns changed\n' : ''}`;
}

const inputOutputNames: Readonly<Record<number, string>> = {
  0: 'Flush',
  1: 'Write',
  2: 'Read',
  4: 'Write Uncorrectable',
  5: 'Compare',
  8: 'Write Zeroes',
  9: 'Dataset Management',
  12: 'Verify',
  13: 'Reservation Register',
  14: 'Reservation Report',
  17: 'Reservation Acquire',
  21: 'Reservation Release',
  25: 'Copy',
};

interface EffectsEntry {
  readonly opcode: number;
  readonly name: string;
  readonly effect: number;
}

function effectsEntries(page: Uint8Array, isAdmin: boolean): readonly EffectsEntry[] {
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const entries: EffectsEntry[] = [];
  for (let opcode = 0; opcode < 256; opcode++) {
    const effect = view.getUint32((isAdmin ? 0 : 1024) + opcode * 4, true);
    if ((effect & 1) === 0) continue;
    const name = isAdmin ? opcodeName(opcode) : (inputOutputNames[opcode] ?? 'Unknown');
    entries.push({ opcode, name, effect });
  }
  return entries;
}

export function effectsJson(page: Uint8Array, commandSet: number): NvmeCliObject {
  const list = (isAdmin: boolean) =>
    Object.fromEntries(
      effectsEntries(page, isAdmin).map(({ opcode, name, effect }) => [
        `${isAdmin ? 'ACS' : 'IOCS'}_${opcode} (${name})`,
        effect,
      ]),
    );
  return { command_set_identifier: commandSet, admin_cmd_set: list(true), io_cmd_set: list(false) };
}

export function effectsText(page: Uint8Array, commandSet: number): string {
  const title = commandSet === 0 ? 'NVM' : commandSet === 2 ? 'ZNS' : 'Unknown';
  const lines = [`${title} Command Set Log Page`, '-'.repeat(80)];
  for (const isAdmin of [true, false]) {
    lines.push(isAdmin ? 'Admin Commands' : 'I/O Commands');
    for (const { opcode, name, effect } of effectsEntries(page, isAdmin)) {
      const label = isAdmin ? `ACS${String(opcode).padEnd(6)}` : `IOCS${String(opcode).padEnd(5)}`;
      lines.push(`${label}[${name.padEnd(32)}] ${effect.toString(16).padStart(8, '0')}`);
    }
    lines.push('');
  }
  return `${lines.join('\n')}\n`;
}
