import { expect, it } from 'vitest';
import { nowAndThen } from './reading-progress.ts';

it('is told ten times a second, and at the end', () => {
  let time = 0;
  const told: number[] = [];
  const onRead = nowAndThen(
    (read) => told.push(read),
    () => time,
  );
  for (let read = 1; read <= 100; read++) {
    time += 20;
    onRead(read, 100);
  }
  expect(told).toHaveLength(21);
  expect(told.slice(0, 3)).toEqual([1, 6, 11]);
  expect(told.at(-1)).toBe(100);
});
