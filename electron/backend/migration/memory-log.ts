import type { MigrationFacts } from '#shared/procedure/procedure.ts';

/** The chart needs no more points than it has pixels. */
const largestPoints = 400;
const shortestIntervalMicroseconds = 20_000;

/** What the destination said of the memory. */
export type KeptMemory = NonNullable<NonNullable<MigrationFacts['kept']>['memory']>;

/** Follows how the guest's memory leaves the source. Times are monotonic microseconds. */
export interface MemoryLog {
  sent(bytes: number, now: number): void;
  arrived(memory: KeptMemory): void;
  facts(): Pick<MigrationFacts, 'memorySentBytes' | 'memoryLeft' | 'bytesPerSecond'>;
  received(): KeptMemory;
}

/** The time of the first report is where the chart starts; nothing is known of the rate before the second one. */
export function createMemoryLog(memoryBytes: number): MemoryLog {
  let firstAt: number | null = null;
  let firstBytes = 0;
  let lastAt = 0;
  let sentBytes = 0;
  let received: KeptMemory = { bytes: 0, checksum: '' };
  let points: MigrationFacts['memoryLeft'] = [];
  let interval = shortestIntervalMicroseconds;
  let lastPointAt = Number.NEGATIVE_INFINITY;
  return {
    sent(bytes, now) {
      sentBytes = Math.max(sentBytes, bytes);
      lastAt = now;
      if (firstAt === null) {
        firstAt = now;
        firstBytes = sentBytes;
      }
      if (now - lastPointAt < interval && sentBytes < memoryBytes) return;
      if (points.at(-1)?.bytes === memoryBytes - sentBytes) return;
      points.push({
        milliseconds: (now - firstAt) / 1000,
        bytes: Math.max(0, memoryBytes - sentBytes),
      });
      lastPointAt = now;
      if (points.length <= largestPoints) return;
      // Half of the points, at twice the distance: the curve stays, the message stays small.
      points = points.filter((_, index) => index % 2 === 0);
      interval *= 2;
    },
    arrived(memory) {
      received = { ...memory };
    },
    facts() {
      const seconds = firstAt === null ? 0 : (lastAt - firstAt) / 1e6;
      return {
        memorySentBytes: sentBytes,
        memoryLeft: [...points],
        bytesPerSecond: seconds > 0 ? (sentBytes - firstBytes) / seconds : 0,
      };
    },
    received: () => received,
  };
}
