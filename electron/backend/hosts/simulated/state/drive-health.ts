import type { FileDriveHealth } from '#shared/fleet-file/controller/health-schema.ts';

const millisecondsPerMinute = 60_000;
const microsecondsPerMillisecond = 1000;
const microsecondsPerHour = 3_600_000_000;
/** WCTEMP and CCTEMP of the simulated drive: 70 °C and 100 °C. */
export const warningKelvin = 343;
export const criticalKelvin = 373;

/** What the drive as a whole counts and measures, for the SMART / Health log page of each of its controllers. */
export class DriveHealth {
  /** Composite temperature; 50 °C unless something changes it. */
  kelvin = 323;
  powerCycles = 0;
  /** Power was lost while a controller ran. */
  unsafeShutdowns = 0;
  #changedAt = 0;
  #warningMilliseconds = 0;
  #criticalMilliseconds = 0;
  /** Microseconds for which it was on before the simulated clock began. */
  #poweredBefore = 0;

  /** As a fleet file writes it at a time of the simulated clock. */
  toFile(now: number): FileDriveHealth {
    const { kelvin, powerCycles, unsafeShutdowns } = this;
    const passed = this.#passed(now);
    return {
      kelvin,
      powerCycles,
      unsafeShutdowns,
      warningMilliseconds: this.#warningMilliseconds + passed.warning,
      criticalMilliseconds: this.#criticalMilliseconds + passed.critical,
      poweredMicroseconds: Math.round(this.#poweredBefore + now),
    };
  }

  /** Continues what a fleet file says, at a time of the simulated clock. */
  restore(file: FileDriveHealth, now: number): void {
    this.kelvin = file.kelvin;
    this.powerCycles = file.powerCycles;
    this.unsafeShutdowns = file.unsafeShutdowns;
    this.#warningMilliseconds = file.warningMilliseconds;
    this.#criticalMilliseconds = file.criticalMilliseconds;
    this.#poweredBefore = file.poweredMicroseconds - now;
    this.#changedAt = now;
  }

  setTemperature(kelvin: number, now: number): void {
    const passed = this.#passed(now);
    this.#warningMilliseconds += passed.warning;
    this.#criticalMilliseconds += passed.critical;
    this.#changedAt = now;
    this.kelvin = kelvin;
  }

  /** Minutes at or above the warning temperature, but below the critical one. */
  warningMinutes(now: number): number {
    return minutes(this.#warningMilliseconds + this.#passed(now).warning);
  }

  /** Minutes at or above the critical temperature. */
  criticalMinutes(now: number): number {
    return minutes(this.#criticalMilliseconds + this.#passed(now).critical);
  }

  /** Whole hours. */
  powerOnHours(now: number): number {
    return Math.floor((this.#poweredBefore + now) / microsecondsPerHour);
  }

  // How long the present temperature has counted.
  #passed(now: number): { readonly warning: number; readonly critical: number } {
    const passed = (now - this.#changedAt) / microsecondsPerMillisecond;
    if (this.kelvin >= criticalKelvin) return { warning: 0, critical: passed };
    return { warning: this.kelvin >= warningKelvin ? passed : 0, critical: 0 };
  }
}

function minutes(milliseconds: number): number {
  return Math.floor(milliseconds / millisecondsPerMinute);
}
