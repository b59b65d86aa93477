import { z } from 'zod';

export const boundsSchema = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(1),
  height: z.number().int().min(1),
});
export type Bounds = z.infer<typeof boundsSchema>;

/** What the shell itself remembers between starts; everything else is in the store. */
export const windowStateSchema = z.object({
  bounds: boundsSchema.nullable().catch(null),
  maximized: z.boolean().catch(false),
  theme: z.enum(['system', 'dark', 'light']).catch('system'),
});
export type WindowState = z.infer<typeof windowStateSchema>;

export const smallestSize = { width: 900, height: 600 } as const;
export const usualSize = { width: 1440, height: 900 } as const;

/** At least this much of the window must lie on a display, so that it can be grabbed. Pixels. */
const visiblePart = 100;

/**
 * Bounds to open with: the remembered ones if a grabbable part of them lies on a display that exists now, no larger
 * than that display; otherwise null, and the window opens centred.
 */
export function usableBounds(remembered: Bounds | null, workAreas: readonly Bounds[]): Bounds | null {
  if (remembered === null) return null;
  for (const area of workAreas) {
    const width =
      Math.min(remembered.x + remembered.width, area.x + area.width) - Math.max(remembered.x, area.x);
    const height =
      Math.min(remembered.y + remembered.height, area.y + area.height) - Math.max(remembered.y, area.y);
    if (width < visiblePart || height < visiblePart || remembered.y < area.y) continue;
    return {
      x: remembered.x,
      y: remembered.y,
      width: clamp(remembered.width, smallestSize.width, Math.max(area.width, smallestSize.width)),
      height: clamp(remembered.height, smallestSize.height, Math.max(area.height, smallestSize.height)),
    };
  }
  return null;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
