const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** `39.1 GiB`, `512 B`: three significant digits at most. */
export function bytesWords(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1024 && unit < byteUnits.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : trimmed(value)} ${byteUnits[unit]}`;
}

/** `138 ms`, `22.4 s`, `3 min 20 s`. */
export function durationWords(milliseconds: number): string {
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)} µs`;
  if (milliseconds < 10) return `${trimmed(milliseconds)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${trimmed(milliseconds / 1000)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

function trimmed(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toFixed(1)));
}

/** `23 November 2026, 14:22:14 UTC`, or with an end on the same day `…, 14:22:14 to 14:22:36 UTC`. */
export function periodWords(startedAt: string, endedAt: string | null): string {
  const start = `${dayWords(startedAt)}, ${timeWords(startedAt)}`;
  if (endedAt === null) return `${start} UTC`;
  const end = dayWords(endedAt) === dayWords(startedAt) ? '' : `${dayWords(endedAt)}, `;
  return `${start} to ${end}${timeWords(endedAt)} UTC`;
}

function dayWords(time: string): string {
  const date = new Date(time);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

function timeWords(time: string): string {
  return new Date(time).toISOString().slice(11, 19);
}
