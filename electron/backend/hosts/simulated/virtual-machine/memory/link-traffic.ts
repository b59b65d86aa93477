import { fairShare, joinLinks, type Link, throughput } from '#shared/migration/link-model.ts';

/** Something that is sent over a link, and the most that it could send of itself, bytes per second. */
export interface Stream {
  readonly most: number;
}

/** What passes over the migration link of one host, in either direction; it is shared fairly. */
export class LinkTraffic {
  readonly #bytesPerSecond: number;
  readonly #streams = new Set<Stream>();

  constructor({ bytesPerSecond, loss }: Link) {
    this.#bytesPerSecond = bytesPerSecond * (1 - loss);
  }

  /** Counts a stream until the answer is called. */
  enter(stream: Stream): () => void {
    this.#streams.add(stream);
    return () => this.#streams.delete(stream);
  }

  /** Bytes per second for a stream while `share` of the link passes, 0-1. */
  shareOf(stream: Stream, share = 1): number {
    const others = [...this.#streams].flatMap((other) => (other === stream ? [] : [other.most]));
    return fairShare(this.#bytesPerSecond * share, stream.most, others);
  }
}

/** What a host's end of a way is made for, and what passes there. */
export interface LinkEnd {
  readonly link: Link;
  readonly traffic: LinkTraffic;
}

/** The way of a guest's memory, or of its user data, over the links of two hosts. */
export class LinkRoute {
  /** What both ends together are made for. */
  readonly link: Link;
  readonly #source: LinkTraffic;
  readonly #destination: LinkTraffic | null;

  /** @param destination null: the other end is not simulated here */
  constructor(source: LinkEnd, destination: LinkEnd | null) {
    this.link = destination === null ? source.link : joinLinks(source.link, destination.link);
    this.#source = source.traffic;
    this.#destination = destination?.traffic ?? null;
  }

  /** Counts a stream at both ends until the answer is called. */
  enter(stream: Stream): () => void {
    const leave = [this.#source.enter(stream), this.#destination?.enter(stream)];
    return () => {
      for (const left of leave) left?.();
    };
  }

  /** Bytes per second for a stream now, while `share` of the source's link passes, 0-1. */
  speedOf(stream: Stream, share: number): number {
    return Math.min(
      ...[throughput(this.link) * share, stream.most, this.#source.shareOf(stream, share)],
      this.#destination?.shareOf(stream) ?? Number.POSITIVE_INFINITY,
    );
  }
}
