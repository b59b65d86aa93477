import type { z } from 'zod';

/** Reads a whole number and checks it against the setting's own range. */
export function parseNumberSetting(
  text: string,
  schema: z.ZodNumber,
): { readonly ok: true; readonly value: number } | { readonly ok: false; readonly error: string } {
  const trimmed = text.trim();
  const parsed = schema.safeParse(/^\d+$/.test(trimmed) ? Number(trimmed) : Number.NaN);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, error: `Enter a whole number from ${schema.minValue} to ${schema.maxValue}.` };
}
