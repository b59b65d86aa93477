import { fairShare, type Link } from '#shared/migration/link-model.ts';

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

/** The way of a guest's memory: what both ends of the link are made for, and what passes there. */
export interface MemoryRoute {
  readonly link: Link;
  readonly source: LinkTraffic;
  /** null: the other end is not simulated here. */
  readonly destination: LinkTraffic | null;
}
