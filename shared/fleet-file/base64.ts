import { base64 } from '@scure/base';

/** Bytes that a base64 text stands for. */
export function base64Length(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

/** Whether the last digit has only bits that belong to a byte. Others would be lost, so a file with them is refused. */
export function endsCleanly(text: string): boolean {
  return !text.endsWith('=') || /(?:[AQgw]=|[AEIMQUYcgkosw048])=$/.test(text);
}

/** Decodes a text that the schema has checked to be base64. */
export function decodeBase64(text: string): Uint8Array {
  return base64.decode(text);
}

export function encodeBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}
