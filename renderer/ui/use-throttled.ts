import { useEffect, useRef, useState } from 'react';

/** The value, at most every `milliseconds`. Throttled, not debounced: a steady stream of changes still gets through. */
export function useThrottled<Value>(value: Value, milliseconds: number): Value {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  // When the value was last shown, on the clock of `performance.now()`.
  const last = useRef(0);
  useEffect(() => {
    latest.current = value;
    if (timer.current !== null) return;
    const wait = Math.max(0, last.current + milliseconds - performance.now());
    timer.current = setTimeout(() => {
      timer.current = null;
      last.current = performance.now();
      setShown(latest.current);
    }, wait);
  }, [value, milliseconds]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return shown;
}
