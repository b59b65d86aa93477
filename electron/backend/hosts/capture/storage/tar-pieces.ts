import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { throughProgram } from './unpacking-program.ts';

/** Bytes that the parser gets at once, at most; everything else has a turn after each. */
export const bytesOfPiece = 256 * 1024;

/** How an archive is packed, by its first bytes. */
function packingOf(first: Uint8Array): 'gzip' | 'xz' | 'bzip2' | 'none' {
  const begins = (...bytes: readonly number[]) => bytes.every((byte, at) => first[at] === byte);
  if (begins(0x1f, 0x8b)) return 'gzip';
  if (begins(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00)) return 'xz';
  // `BZh`, the size of its blocks, and the first of them or the end; a name in a tar could begin with the former.
  const isBzip2 = begins(0x42, 0x5a, 0x68) && (first[4] === 0x31 || first[4] === 0x17);
  return isBzip2 ? 'bzip2' : 'none';
}

/** The tar inside, in pieces: out of gzip, xz or bzip2, or cut up. */
export async function* tarPieces(packed: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await packed.next();
  if (first.done) return;
  const all = startingWith(first.value, packed);
  const packing = packingOf(first.value);
  switch (packing) {
    case 'gzip': {
      const gunzip = createGunzip({ chunkSize: bytesOfPiece });
      // A fault of either ends the other, and the loop below.
      pipeline(all, gunzip, () => undefined);
      for await (const piece of gunzip) yield piece as Uint8Array;
      return;
    }
    case 'xz':
    case 'bzip2':
      yield* cutUp(throughProgram(packing, all));
      return;
    case 'none':
      yield* cutUp(all);
  }
}

async function* cutUp(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces)
    for (let at = 0; at < piece.length; at += bytesOfPiece) yield piece.subarray(at, at + bytesOfPiece);
}

async function* startingWith(
  first: Uint8Array,
  others: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* others;
}
