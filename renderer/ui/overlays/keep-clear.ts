import { create } from 'zustand';

/** Elements that notices must never cover: footers, the dock, the status bar. */
export const useKeptClear = create<{ readonly elements: readonly Element[]; readonly version: number }>(
  () => ({ elements: [], version: 0 }),
);

const sizes =
  typeof ResizeObserver === 'undefined'
    ? null
    : new ResizeObserver(() => useKeptClear.setState(({ version }) => ({ version: version + 1 })));

/** As `ref` of such an element. */
export function keepClear(element: Element | null): (() => void) | undefined {
  if (element === null) return undefined;
  sizes?.observe(element);
  useKeptClear.setState(({ elements }) => ({ elements: [...elements, element] }));
  return () => {
    sizes?.unobserve(element);
    useKeptClear.setState(({ elements }) => ({ elements: elements.filter((other) => other !== element) }));
  };
}

/** In CSS pixels of the window. */
export interface Band {
  readonly left: number;
  readonly right: number;
}

/**
 * How far from the top of the window (pixels) something may reach that stands at its bottom, `height` pixels high, without
 * covering one of the boxes.
 */
export function clearBottom(
  boxes: readonly Pick<DOMRect, 'left' | 'right' | 'top' | 'width'>[],
  { left, right }: Band,
  height: number,
): number {
  const below = boxes.filter((box) => box.width > 0 && box.left < right && box.right > left);
  return Math.min(height, ...below.map(({ top }) => top));
}
