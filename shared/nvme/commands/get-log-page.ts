import { nvmeCliLine } from '../nvme-cli/nvme-cli-line.ts';
import { bits, double, flag, nsid, split } from './command-codec.ts';
import { defineCommand } from './define-command.ts';
import { type NamedValue, selected } from './named-value.ts';
import { namespaceWords, unlessZero } from './option-text.ts';

/** Log page identifiers, Get Log Page CDW10 7:0 (NVMe Base 2.1, 5.1.12). */
export const logPageIdentifiers = {
  supportedLogPages: { value: 0x00, title: 'Supported Log Pages' },
  errorInformation: { value: 0x01, title: 'Error Information' },
  smart: { value: 0x02, title: 'SMART / Health Information' },
  firmwareSlot: { value: 0x03, title: 'Firmware Slot Information' },
  changedNamespaces: { value: 0x04, title: 'Changed Attached Namespace List' },
  commandsSupportedAndEffects: { value: 0x05, title: 'Commands Supported and Effects' },
  deviceSelfTest: { value: 0x06, title: 'Device Self-test' },
  telemetryHostInitiated: { value: 0x07, title: 'Telemetry Host-Initiated' },
  telemetryControllerInitiated: { value: 0x08, title: 'Telemetry Controller-Initiated' },
  enduranceGroup: { value: 0x09, title: 'Endurance Group Information' },
  asymmetricNamespaceAccess: { value: 0x0c, title: 'Asymmetric Namespace Access' },
  persistentEvent: { value: 0x0d, title: 'Persistent Event Log' },
  discovery: { value: 0x70, title: 'Discovery' },
  reservationNotification: { value: 0x80, title: 'Reservation Notification' },
  sanitizeStatus: { value: 0x81, title: 'Sanitize Status' },
} as const satisfies Readonly<Record<string, NamedValue>>;

/** Get Log Page (NVMe Base 2.1, 5.1.12). */
export const getLogPage = defineCommand({
  opcode: 0x02,
  name: 'Get Log Page',
  clause: 'NVMe Base 2.1, 5.1.12',
  fields: {
    nsid,
    lid: bits('cdw10', 7, 0),
    lsp: bits('cdw10', 14, 8),
    /** Retain Asynchronous Event. */
    rae: flag('cdw10', 15),
    /** Dwords to return, 0's based: see `zeroBasedDwords`. */
    numd: split(bits('cdw10', 31, 16), bits('cdw11', 15, 0)),
    lsi: bits('cdw11', 31, 16),
    /** Where to begin in the page: bytes, or entries if OT is set. */
    lpo: double('cdw12', 'cdw13'),
    uidx: bits('cdw14', 6, 0),
    /** Offset Type. */
    ot: flag('cdw14', 23),
    csi: bits('cdw14', 31, 24),
  },
  words: ({ lid, numd, lpo }, command) => [
    selected(logPageIdentifiers, lid, 'LID'),
    `${bytesOfZeroBased(numd)} bytes${lpo === 0n ? '' : ` at ${lpo}`}${namespaceWords(command)}`,
  ],
  line: ({ lid, lsp, rae, numd, lsi, lpo, uidx, ot, csi, nsid: of }) => {
    if (lsp !== 0 || rae || lsi !== 0 || uidx !== 0 || ot || csi !== 0) return undefined;
    const length = bytesOfZeroBased(numd);
    return nvmeCliLine('get-log', {
      'log-id': lid,
      'log-len': length,
      lpo: unlessZero(lpo),
      // nvme-cli asks for all namespaces unless it is told otherwise.
      'namespace-id': of,
    });
  },
});

/** Bytes that a 0's based number of dwords stands for. */
export function bytesOfZeroBased(dwords: number): number {
  return (dwords + 1) * 4;
}

/** The 0's based number of dwords that so many bytes are; `bytes` is a multiple of 4 and not 0. */
export function zeroBasedDwords(bytes: number): number {
  return bytes / 4 - 1;
}
