/** A window's place on the desktop, in pixels. */
export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What the shell itself remembers between starts; everything else is in the store. */
export interface WindowState {
  readonly bounds: Bounds | null;
  readonly maximized: boolean;
  readonly theme: 'system' | 'dark' | 'light';
}

/**
 * Reads the remembered state, field by field; what makes no sense becomes the default. Checked by hand because this
 * happens before the first window exists, and loading a schema library first would show.
 */
export function parseWindowState(stored: unknown): WindowState {
  const { bounds, maximized, theme } =
    typeof stored === 'object' && stored !== null ? (stored as Partial<WindowState>) : {};
  return {
    bounds: isBounds(bounds)
      ? { x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height }
      : null,
    maximized: maximized === true,
    theme: theme === 'dark' || theme === 'light' ? theme : 'system',
  };
}

function isBounds(value: unknown): value is Bounds {
  if (typeof value !== 'object' || value === null) return false;
  const { x, y, width, height } = value as Partial<Bounds>;
  return [x, y, width, height].every(Number.isSafeInteger) && Number(width) > 0 && Number(height) > 0;
}

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
