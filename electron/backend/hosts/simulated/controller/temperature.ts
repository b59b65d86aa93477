import { featureIdentifiers as ids } from '#shared/nvme/commands/features.ts';
import { featureSlot, temperatureSensors, thresholdSelector } from '../commands/features/feature-table.ts';
import type { SimulatedController } from '../state/controller.ts';
import { criticalWarning } from './asynchronous-events.ts';

/** Over temperature threshold of the composite temperature in kelvin after a reset: 70 °C, as WCTEMP. */
const warningThreshold = 0x0157;
/** Thresholds that no temperature reaches. */
const never = { over: 0xffff, under: 0 } as const;
/** The sensors stand at different places: how much cooler each is than the composite temperature. */
const coolerBy = [0, 0, 6] as const;

/** Kelvin: the composite temperature for sensor 0, otherwise that of sensor 1 and up. */
export function temperatureOf(controller: SimulatedController, sensor = 0): number {
  return controller.subsystem.health.kelvin - (coolerBy[sensor] ?? 0);
}

/** The threshold in kelvin that is in effect, or the default one. */
export function thresholdOf(
  controller: SimulatedController,
  sensor: number,
  isUnder: boolean,
  which: 'current' | 'default' = 'current',
): number {
  const standard = isUnder ? never.under : sensor === 0 ? warningThreshold : never.over;
  if (which === 'default' || !controller.hasLiveState) return standard;
  const slot = featureSlot(ids.temperatureThreshold.value, thresholdSelector(sensor, isUnder));
  return controller.live.features.get(slot) ?? standard;
}

/** Critical Warning bit 1: a temperature is at or above its over threshold, or at or below its under threshold. */
export function isBeyondThreshold(controller: SimulatedController): boolean {
  for (let sensor = 0; sensor <= temperatureSensors(controller); sensor++) {
    const kelvin = temperatureOf(controller, sensor);
    if (kelvin >= thresholdOf(controller, sensor, false)) return true;
    if (kelvin <= thresholdOf(controller, sensor, true)) return true;
  }
  return false;
}

/** Tells the host if the temperature is beyond a threshold now. */
export function reportTemperature(controller: SimulatedController): void {
  if (isBeyondThreshold(controller)) criticalWarning(controller, 'temperature');
}

/** The drive gets warmer or cooler; controllers whose threshold is crossed by that tell their hosts. */
export function setTemperature(controller: SimulatedController, kelvin: number): void {
  const { subsystem } = controller;
  const running = [...subsystem.controllers.values()].filter((each) => each.isEnabled);
  const before = new Set(running.filter(isBeyondThreshold));
  subsystem.health.setTemperature(kelvin, subsystem.time());
  for (const each of running) if (!before.has(each)) reportTemperature(each);
}
