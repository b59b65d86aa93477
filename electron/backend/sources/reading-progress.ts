import type { OnRead } from '../hosts/capture/storage/unpack-archive.ts';

/** Milliseconds between two times that somebody is told; more often nobody sees. */
const tellEvery = 100;

/** Tells how far an archive is read, at most ten times a second; the end is always told. `now`: milliseconds. */
export function nowAndThen(tell: OnRead, now: () => number): OnRead {
  let told = Number.NEGATIVE_INFINITY;
  return (read, size) => {
    if (read < size && now() - told < tellEvery) return;
    told = now();
    tell(read, size);
  };
}
