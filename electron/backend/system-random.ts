import type { Random } from './ports.ts';

/** Randomness for ids; whatever must be repeatable takes a seeded one instead. */
export const systemRandom: Random = { next: () => Math.random() };
