import { createHash } from 'node:crypto';

/** Stands for what logical blocks hold, 16 hexadecimal digits: the same tag in the same place is the same bytes. */
export type ContentTag = string;

/** What blocks hold that were deallocated, formatted or sanitized: zeroes. */
export const zeroTag: ContentTag = '0'.repeat(16);

/** A tag that says nothing of what it was made from, and is the same for the same. */
export function tagOf(...parts: readonly (string | number)[]): ContentTag {
  return createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 16);
}
