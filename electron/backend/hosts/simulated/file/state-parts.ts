import { isRecord } from '#shared/bounds/is-record.ts';
import type { Pieces } from '#shared/bounds/pieces.ts';
import { readJson } from '#shared/bounds/read-json.ts';
import { fleetFileBounds } from '#shared/bounds/sizes.ts';
import type { FileClock } from '#shared/simulation/clock-state.ts';
import type { StateParts } from '../../../store/kept-state.ts';

/*
 * The state of a simulated fleet in parts that are kept on their own, by name. The part without a name is the fleet file
 * without its lists; every other one is a list of additions to it: a path of names and indexes with slashes between them,
 * and what is added to the end of the list, or into the object, that it leads to. A step of a procedure changes a few parts.
 */

/** In this order: what is added to comes before what is added. */
const kinds = ['', 'hosts', 'subsystems', 'controllers', 'secondaries', 'functions', 'namespaces', 'passing'];

/** The timestamp of a controller goes on with the clock. Parts hold what it is ahead of it, in milliseconds. */
export const timestampAhead = 'timestampAhead';

/**
 * The fleet file that the parts are of, unchecked; undefined where they make none. Read in pieces, because there may be many
 * megabytes of them; the bounds of a file from outside hold for each part.
 */
export function* joinParts(parts: StateParts): Pieces<unknown> {
  const names = [...parts.keys()].sort(inOrder);
  let file: unknown;
  for (const name of names) {
    const read = yield* readJson(parts.get(name) ?? '', fleetFileBounds);
    if (read.kind !== 'value') return undefined;
    if (name === '') file = read.value;
    else if (!Array.isArray(read.value)) return undefined;
    else {
      for (const addition of read.value) if (!add(file, addition)) return undefined;
      yield;
    }
  }
  return file;
}

/** False: there is nothing to add to. */
function add(file: unknown, addition: unknown): boolean {
  const [path, value]: readonly unknown[] = Array.isArray(addition) ? addition : [];
  if (typeof path !== 'string' || typeof value !== 'object' || value === null) return false;
  let place = file;
  for (const name of path.split('/')) place = memberOf(place, name);
  if (Array.isArray(place) && Array.isArray(value)) {
    const now = millisecondsOf(file);
    for (const element of value) place.push(withTimestamp(element, now));
    return true;
  }
  if (!isRecord(place) || !isRecord(value)) return false;
  Object.assign(place, value);
  return true;
}

function withTimestamp(element: unknown, now: number): unknown {
  const live = isRecord(element) ? element.live : undefined;
  if (isRecord(live) && typeof live[timestampAhead] === 'number') {
    live.timestamp = live[timestampAhead] + now;
    delete live[timestampAhead];
  }
  return element;
}

/** Milliseconds on the clock of a fleet file. */
function millisecondsOf(file: unknown): number {
  const clock = memberOf(file, 'clock') as Partial<FileClock> | undefined;
  return typeof clock?.microseconds === 'number' ? Math.floor(clock.microseconds / 1000) : 0;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

function inOrder(left: string, right: string): number {
  const [of, to] = [left.split('/'), right.split('/')];
  const kind = kinds.indexOf(of[0] ?? '') - kinds.indexOf(to[0] ?? '');
  if (kind !== 0) return kind;
  for (let at = 1; at < Math.max(of.length, to.length); at++) {
    const distance = Number(of[at] ?? -1) - Number(to[at] ?? -1);
    if (distance !== 0) return distance;
  }
  return 0;
}
