/** Strict UTF-8 in both directions, by the platform: every browser and Node have these two, the language itself does not. */
declare const TextDecoder: new (
  label: 'utf-8',
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean },
) => { decode(bytes: Uint8Array): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

// A byte order mark in front belongs to the name that a device gave, so it is not dropped.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The UTF-8 bytes of a text, or undefined when it holds half of a surrogate pair. */
export function encodeUtf8(text: string): Uint8Array | undefined {
  // The platform writes U+FFFD for such a half, which is another text.
  return /\p{Surrogate}/u.test(text) ? undefined : encoder.encode(text);
}

/** The text of UTF-8 bytes, or undefined for anything that is not shortest-form UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
