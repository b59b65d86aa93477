import type { GuestField } from '#shared/ipc/contract.ts';

/** One stretch of bytes of a line that belongs to the same field, or to none. */
export interface HexRun {
  /** Bytes as text: `36 1b f4 1a`. */
  readonly text: string;
  readonly kind: 'virtual' | 'physical' | 'plain';
  /** The field that the bytes belong to; null when Berth does not know it. */
  readonly field: GuestField | null;
}

/** A line of the hexadecimal view. */
export interface HexLine {
  /** Of its first byte, in bytes from the start of the structure. */
  readonly offset: number;
  readonly runs: readonly HexRun[];
}

/** Decodes base64; null when it is not base64. */
export function bytesFromBase64(text: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/**
 * Lines of `width` bytes, each cut where a field begins or ends. Bytes that differ from the physical controller's answer
 * are marked virtual; an equal identity byte is physical, since it shows the guest the drive below.
 */
export function hexLines(
  bytes: Uint8Array,
  fields: readonly GuestField[],
  width: number,
): readonly HexLine[] {
  // By byte offset; fields of one structure never overlap.
  const owner = new Map<number, GuestField>();
  for (const field of fields) {
    for (let offset = field.offset; offset < field.offset + field.size; offset += 1) owner.set(offset, field);
  }
  const lines: HexLine[] = [];
  for (let start = 0; start < bytes.length; start += width) {
    const runs: { values: string[]; field: GuestField | null }[] = [];
    for (let offset = start; offset < Math.min(start + width, bytes.length); offset += 1) {
      const field = owner.get(offset) ?? null;
      const value = (bytes[offset] ?? 0).toString(16).padStart(2, '0');
      const last = runs.at(-1);
      if (last !== undefined && last.field === field) last.values.push(value);
      else runs.push({ values: [value], field });
    }
    lines.push({
      offset: start,
      runs: runs.map(({ values, field }) => ({
        text: values.join(' '),
        kind: field === null ? 'plain' : field.differs ? 'virtual' : 'physical',
        field,
      })),
    });
  }
  return lines;
}

/** Lines whose bytes are all zero and belong to no known field say nothing: three or more in a row become one gap. */
export function collapseZeroLines(
  lines: readonly HexLine[],
): readonly (HexLine | { readonly gap: number })[] {
  const result: (HexLine | { gap: number })[] = [];
  let zeros: HexLine[] = [];
  const flush = () => {
    if (zeros.length >= 3) result.push({ gap: zeros.length });
    else result.push(...zeros);
    zeros = [];
  };
  for (const line of lines) {
    if (line.runs.every((run) => run.field === null && /^[0 ]*$/.test(run.text))) zeros.push(line);
    else {
      flush();
      result.push(line);
    }
  }
  flush();
  return result;
}
