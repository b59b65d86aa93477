export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** One character for each byte, as the shell's library hands bytes on. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The bytes of a text with one character for each. */
export function bytesOfLatin1(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}
