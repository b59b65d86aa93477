import { encodeUtf8 } from '../nvme/utf8.ts';

/** Bytes that an NQN takes as UTF-8; Infinity for text that is not Unicode. */
export function byteLengthOfNqn(nqn: string): number {
  return encodeUtf8(nqn)?.length ?? Number.POSITIVE_INFINITY;
}
