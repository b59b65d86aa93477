import type { Result } from '../../../result.ts';
import { checkLength } from '../../byte-view.ts';
import {
  blankFields,
  decodeFields,
  encodeFields,
  type FieldBit,
  type FieldValues,
  fieldsOf,
} from '../../layout.ts';

const structure = 'SMART / Health Information';

export const smartHealthLength = 512;

const criticalWarningBits: readonly FieldBit[] = [
  { bit: 0, title: 'Available spare is below its threshold' },
  { bit: 1, title: 'A temperature is beyond a threshold' },
  { bit: 2, title: 'Reliability is degraded' },
  { bit: 3, title: 'All media is read-only' },
  { bit: 4, title: 'The volatile memory backup device failed' },
  { bit: 5, title: 'The persistent memory region is read-only or unreliable' },
];

/** SMART / Health Information log page (02h). */
export const smartHealthFields = fieldsOf('NVMe Base 2.1, 5.1.12.1.3', [
  ['criticalWarning', 0, 1, 'unsigned', 'Critical Warning', { bits: criticalWarningBits }],
  ['temperature', 1, 2, 'unsigned', 'Composite Temperature in kelvin'],
  ['availableSpare', 3, 1, 'unsigned', 'Available Spare in percent'],
  ['availableSpareThreshold', 4, 1, 'unsigned', 'Available Spare Threshold in percent'],
  ['percentageUsed', 5, 1, 'unsigned', 'Percentage Used'],
  ['enduranceGroupWarnings', 6, 1, 'unsigned', 'Endurance Group Critical Warning Summary'],
  ['dataUnitsRead', 32, 16, 'big', 'Data Units Read, each 1000 times 512 bytes'],
  ['dataUnitsWritten', 48, 16, 'big', 'Data Units Written, each 1000 times 512 bytes'],
  ['hostReadCommands', 64, 16, 'big', 'Host Read Commands'],
  ['hostWriteCommands', 80, 16, 'big', 'Host Write Commands'],
  ['controllerBusyTime', 96, 16, 'big', 'Controller Busy Time in minutes'],
  ['powerCycles', 112, 16, 'big', 'Power Cycles'],
  ['powerOnHours', 128, 16, 'big', 'Power On Hours'],
  ['unsafeShutdowns', 144, 16, 'big', 'Unsafe Shutdowns'],
  ['mediaErrors', 160, 16, 'big', 'Media and Data Integrity Errors'],
  ['errorLogEntries', 176, 16, 'big', 'Number of Error Information Log Entries'],
  ['warningTemperatureTime', 192, 4, 'unsigned', 'Warning Composite Temperature Time in minutes'],
  ['criticalTemperatureTime', 196, 4, 'unsigned', 'Critical Composite Temperature Time in minutes'],
  ['temperatureSensor1', 200, 2, 'unsigned', 'Temperature Sensor 1 in kelvin'],
  ['temperatureSensor2', 202, 2, 'unsigned', 'Temperature Sensor 2 in kelvin'],
  ['temperatureSensor3', 204, 2, 'unsigned', 'Temperature Sensor 3 in kelvin'],
  ['temperatureSensor4', 206, 2, 'unsigned', 'Temperature Sensor 4 in kelvin'],
  ['temperatureSensor5', 208, 2, 'unsigned', 'Temperature Sensor 5 in kelvin'],
  ['temperatureSensor6', 210, 2, 'unsigned', 'Temperature Sensor 6 in kelvin'],
  ['temperatureSensor7', 212, 2, 'unsigned', 'Temperature Sensor 7 in kelvin'],
  ['temperatureSensor8', 214, 2, 'unsigned', 'Temperature Sensor 8 in kelvin'],
  ['thermalTransitions1', 216, 4, 'unsigned', 'Thermal Management Temperature 1 Transition Count'],
  ['thermalTransitions2', 220, 4, 'unsigned', 'Thermal Management Temperature 2 Transition Count'],
  ['thermalTime1', 224, 4, 'unsigned', 'Total Time For Thermal Management Temperature 1 in seconds'],
  ['thermalTime2', 228, 4, 'unsigned', 'Total Time For Thermal Management Temperature 2 in seconds'],
]);
export type SmartHealth = FieldValues<typeof smartHealthFields>;

export function blankSmartHealth(): SmartHealth {
  return blankFields(smartHealthFields);
}

export function decodeSmartHealth(bytes: Uint8Array): Result<SmartHealth> {
  const length = checkLength(structure, bytes, smartHealthLength);
  return length.ok ? decodeFields(structure, smartHealthFields, bytes) : length;
}

export function encodeSmartHealth(value: SmartHealth): Result<Uint8Array> {
  return encodeFields(structure, smartHealthFields, value, new Uint8Array(smartHealthLength));
}
