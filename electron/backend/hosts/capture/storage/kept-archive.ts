import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Result } from '#shared/result.ts';
import type { Clock } from '../../../ports.ts';
import type { OpenedPlace } from './open-storage.ts';

/** Milliseconds for which an archive is kept that somebody looked into and did not open. */
const keptFor = 5 * 60_000;

interface KeptPlace {
  /** The path, and what tells whether the file there is still the same. */
  readonly key: string;
  readonly opened: Promise<Result<OpenedPlace>>;
  readonly dropped: AbortController;
}

/**
 * The archive that was read last: whoever opens one is told what it is and which snapshots it has before, and all of that
 * is one reading. It is in memory until it is forgotten, another one is read, or nobody opened it for some minutes.
 */
export class KeptArchive {
  readonly #clock: Pick<Clock, 'sleep'>;
  #last: KeptPlace | null = null;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  /** What was read of the archive, or is being read; `read` where there is nothing, or the file is another one by now. */
  async of(place: string, read: () => Promise<Result<OpenedPlace>>): Promise<Result<OpenedPlace>> {
    const key = await keyOf(place);
    if (key === null) return read();
    if (this.#last?.key === key) return this.#last.opened;
    this.forget();
    const opened = read();
    const kept: KeptPlace = { key, opened, dropped: new AbortController() };
    this.#last = kept;
    const drop = () => {
      if (this.#last === kept) this.forget();
    };
    // What could not be read may be mended in its place.
    opened.then(({ ok }) => ok || drop(), drop);
    void this.#clock.sleep(keptFor, { signal: kept.dropped.signal }).then(drop);
    return opened;
  }

  /** Gives the memory back. */
  forget(): void {
    this.#last?.dropped.abort();
    this.#last = null;
  }
}

async function keyOf(place: string): Promise<string | null> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(place, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs, path.resolve(place)].join(' ');
  } catch {
    return null;
  }
}
