import { useEffect, useState } from 'react';

/** How many of `count` rows are drawn: `step` more with each frame, so that no frame has to draw all of a long table. */
export function useGrowing(count: number, step: number): number {
  const [shown, setShown] = useState(step);
  useEffect(() => {
    if (shown >= count) return undefined;
    const frame = requestAnimationFrame(() => setShown((before) => before + step));
    return () => cancelAnimationFrame(frame);
  }, [shown, count, step]);
  return Math.min(count, shown);
}
