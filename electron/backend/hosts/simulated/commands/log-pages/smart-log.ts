import { blankSmartHealth, encodeSmartHealth } from '#shared/nvme/layouts/logs/smart-health.ts';
import { isBeyondThreshold, temperatureOf } from '../../controller/temperature.ts';
import type { SimulatedController } from '../../state/controller.ts';
import { temperatureSensors } from '../features/feature-table.ts';

const bytesPerDataUnit = 512_000;
const spareThreshold = 10;
/** Critical Warning bit 1. */
const temperatureWarning = 2;

/** SMART / Health Information (log page 02h): what the drive measures and what this controller has counted. */
export function smartPage(controller: SimulatedController): Uint8Array {
  const { subsystem } = controller;
  const { profile, health: drive } = subsystem;
  const now = subsystem.time();
  const counted = controller.hasHealth ? controller.health : null;
  const units = (bytes = 0) => BigInt(Math.ceil(bytes / bytesPerDataUnit));
  const sensors = temperatureSensors(controller);
  const encoded = encodeSmartHealth({
    ...blankSmartHealth(),
    ...(profile.measuresTemperature
      ? {
          criticalWarning: isBeyondThreshold(controller) ? temperatureWarning : 0,
          temperature: temperatureOf(controller),
          warningTemperatureTime: drive.warningMinutes(now),
          criticalTemperatureTime: drive.criticalMinutes(now),
        }
      : {}),
    availableSpare: profile.availableSpare,
    availableSpareThreshold: profile.availableSpare === 0 ? 0 : spareThreshold,
    dataUnitsRead: units(counted?.bytesRead),
    dataUnitsWritten: units(counted?.bytesWritten),
    hostReadCommands: BigInt(counted?.readCommands ?? 0),
    hostWriteCommands: BigInt(counted?.writeCommands ?? 0),
    powerCycles: BigInt(drive.powerCycles),
    powerOnHours: BigInt(drive.powerOnHours(now)),
    unsafeShutdowns: BigInt(drive.unsafeShutdowns),
    errorLogEntries: BigInt(counted?.errorCount ?? 0),
    temperatureSensor1: sensors >= 1 ? temperatureOf(controller, 1) : 0,
    temperatureSensor2: sensors >= 2 ? temperatureOf(controller, 2) : 0,
  });
  // Values come from checked state, so encoding them cannot fail unless the simulator itself is wrong.
  if (!encoded.ok) throw new Error(encoded.error.message);
  return encoded.value;
}
