/** Powers of 1024, for memory. */
const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
/** Powers of 1000, for disks and links, as drives and networks are labelled. */
const decimalUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** One decimal below 100 in a unit above bytes, none otherwise; never `.0`. */
function scaled(value: number, base: number, units: readonly string[]): string {
  let rest = value;
  let unit = 0;
  while (rest >= base && unit < units.length - 1) {
    rest /= base;
    unit += 1;
  }
  const digits = unit === 0 || rest >= 100 ? 0 : 1;
  return `${rest.toFixed(digits).replace(/\.0$/, '')} ${units[unit] ?? ''}`;
}

/** Memory: `32 GiB`. */
export function formatMemory(bytes: number): string {
  return scaled(bytes, 1024, binaryUnits);
}

/** Disk capacity: `1.6 TB`. Takes the fleet's decimal string. */
export function formatCapacity(bytes: string | number): string {
  return scaled(Number(bytes), 1000, decimalUnits);
}

/** Rate: `2.1 GB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${scaled(bytesPerSecond, 1000, decimalUnits)}/s`;
}

/** A CNTLID or another 16-bit number: `0x0041`. */
export function formatHex(value: number, digits = 4): string {
  return `0x${value.toString(16).padStart(digits, '0')}`;
}

/** `184 µs`, `12.4 ms`, `3.2 s`, `4 min 5 s`. */
export function formatDuration(microseconds: number): string {
  if (microseconds < 1000) return `${Math.round(microseconds)} µs`;
  const milliseconds = microseconds / 1000;
  if (milliseconds < 1000)
    return `${milliseconds.toFixed(milliseconds < 100 ? 1 : 0).replace(/\.0$/, '')} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1).replace(/\.0$/, '')} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Two digits of a date or a time. */
function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Local time of day with milliseconds: `14:22:01.418`. */
export function formatTime(at: number): string {
  const date = new Date(at);
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

/** Local date and time: `2026-11-23 14:22`. */
export function formatDateTime(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
