import type { Pieces } from '#shared/bounds/pieces.ts';

/** Bytes that are decoded between two pauses; such with characters beyond ASCII take some milliseconds. */
const bytesOfPiece = 512 * 1024;

/** The text of a file in UTF-8; what is no UTF-8 becomes U+FFFD. `keepMark`: a byte order mark stays in it. */
export function* decodeText(bytes: Uint8Array, keepMark = false): Pieces<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: keepMark });
  let text = '';
  for (let at = 0; at < bytes.length; at += bytesOfPiece) {
    if (at > 0) yield;
    text += decoder.decode(bytes.subarray(at, at + bytesOfPiece), { stream: true });
  }
  return text + decoder.decode();
}
