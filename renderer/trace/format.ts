/** Text forms of quantities for tables and cards. All pure; times are shown in the local zone of the person. */

/** `1Ch`, as the specification writes opcodes. */
export function opcodeText(opcode: number): string {
  return `${opcode.toString(16).toUpperCase().padStart(2, '0')}h`;
}

/** `0x0011`; `digits` is the least number of hex digits. */
export function hexText(value: number, digits: number): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** `14:22:03.421`, from milliseconds since the Unix epoch. */
export function clockText(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

/** `2026-11-23 14:22:03`, from milliseconds since the Unix epoch. */
export function dateText(at: number): string {
  const date = new Date(at);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockText(at).slice(0, 8)}`;
}

/** `184 µs`, `2.4 ms`, `1.25 s`, `2 min 5 s`, from microseconds. */
export function durationText(microseconds: number): string {
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`;
  const milliseconds = microseconds / 1000;
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** `142 ms`, from milliseconds. */
export function millisecondsText(milliseconds: number): string {
  return durationText(milliseconds * 1000);
}

const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `4.1 KiB`; memory and device state are counted in powers of 1024. */
export function bytesText(bytes: number): string {
  return scaled(bytes, 1024, binaryUnits);
}

/** `2.1 GB/s`; links are counted in powers of 1000. */
export function rateText(bytesPerSecond: number): string {
  return `${scaled(bytesPerSecond, 1000, decimalUnits)}/s`;
}

/** `400 GB`, from a decimal string that may exceed 2^53; drives are sold in powers of 1000. */
export function capacityText(sizeBytes: string): string {
  const bytes = Number(sizeBytes);
  return Number.isFinite(bytes) ? scaled(bytes, 1000, decimalUnits) : sizeBytes;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let unit = 0;
  let rest = value;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit += 1;
  }
  const text = unit === 0 || rest >= 100 ? Math.round(rest).toString() : Number(rest.toFixed(1)).toString();
  return `${text} ${units[unit]}`;
}

/** `1 warning`, `3 warnings`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`;
}
