const pageBytes = 4096;

/**
 * Memory that a guest writes to in a time, bytes, each page counted once: random writes all over its memory, of which
 * `dirtyBytesPerSecond` different ones fall into one second. A guest that writes to the same places again and again writes
 * less than that.
 */
export function writtenWithin(
  seconds: number,
  {
    memoryBytes,
    dirtyBytesPerSecond,
  }: { readonly memoryBytes: number; readonly dirtyBytesPerSecond: number },
): number {
  if (seconds <= 0 || dirtyBytesPerSecond <= 0) return 0;
  const pages = memoryBytes / pageBytes;
  const share = Math.min(dirtyBytesPerSecond / memoryBytes, 1 - 1 / (pages + 1));
  // Writes a second that leave the measured share untouched: (1 − share) = e^(−writes ÷ pages).
  const writesPerPage = -Math.log1p(-share);
  return memoryBytes * -Math.expm1(-writesPerPage * seconds);
}
