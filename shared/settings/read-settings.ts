import { defaultSettings } from './defaults.ts';
import { type Settings, settingsSchema } from './schema.ts';

/** Reads stored settings: takes every valid field, default for the rest; tells which fields were dropped. */
export function readSettings(stored: unknown): { settings: Settings; dropped: (keyof Settings)[] } {
  const record = typeof stored === 'object' && stored !== null ? (stored as Record<string, unknown>) : {};
  const dropped: (keyof Settings)[] = [];
  const entries = Object.entries(settingsSchema.shape).map(([key, schema]) => {
    const name = key as keyof Settings;
    if (!(key in record)) return [key, defaultSettings[name]];
    const parsed = schema.safeParse(record[key]);
    if (parsed.success) return [key, parsed.data];
    dropped.push(name);
    return [key, defaultSettings[name]];
  });
  return { settings: Object.fromEntries(entries) as Settings, dropped };
}
