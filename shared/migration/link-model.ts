/** What a migration link does to a stream. */
export interface Link {
  /** Bytes per second; 0 when unknown. */
  readonly bytesPerSecond: number;
  /** One way, milliseconds; a round trip takes twice as long. */
  readonly latencyMilliseconds: number;
  /** Share of packets that get lost, 0 up to but not including 1. */
  readonly loss: number;
}

/** Payload of a TCP segment on Ethernet, with timestamps, bytes. */
const segmentBytes = 1448;
/** Constant of Mathis, Semke, Mahdavi and Ott, "The macroscopic behavior of the TCP congestion avoidance algorithm". */
const mathis = Math.sqrt(3 / 2);

/**
 * Bytes per second that arrive in one stream over a link. A simple model:
 *
 *     sent again = rate × (1 − loss)                           lost segments are sent again
 *     congestion = segment ÷ round trip × √(3/2) ÷ √loss       with loss and latency, TCP keeps below this
 *     throughput = the smaller of the two
 */
export function throughput({ bytesPerSecond, latencyMilliseconds, loss }: Link): number {
  const repeated = bytesPerSecond * (1 - loss);
  if (loss === 0 || latencyMilliseconds === 0) return repeated;
  const roundTripSeconds = (2 * latencyMilliseconds) / 1000;
  return Math.min(repeated, ((segmentBytes / roundTripSeconds) * mathis) / Math.sqrt(loss));
}

/** Two links one after the other: the slower rate, both latencies, a packet survives both. */
export function joinLinks(source: Link, destination: Link): Link {
  return {
    bytesPerSecond: Math.min(source.bytesPerSecond, destination.bytesPerSecond),
    latencyMilliseconds: source.latencyMilliseconds + destination.latencyMilliseconds,
    loss: 1 - (1 - source.loss) * (1 - destination.loss),
  };
}

/** Milliseconds that a round adds to what it sends: the last byte travels, the answer comes back. */
export function roundMilliseconds(link: Link): number {
  return 2 * link.latencyMilliseconds;
}

/**
 * Bytes per second of a link for one of several streams. Each gets the same, but none more than it can use; what it leaves is
 * for the others.
 * @param own the most that it can use, bytes per second; `others`: the same of each other stream
 */
export function fairShare(capacity: number, own: number, others: readonly number[]): number {
  let left = capacity;
  const sorted = [...others].sort((one, other) => one - other);
  for (const [index, most] of sorted.entries()) {
    const each = left / (sorted.length - index + 1);
    if (most >= each || own <= most) return Math.min(own, each);
    left -= most;
  }
  return Math.min(own, left);
}
