import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { MigrationBatch } from '#shared/migration/batch/batch.ts';
import { createBatchPublisher } from './batch-publisher.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('tells a change at once, and what follows in the same tenth of a second together', () => {
  const told: string[] = [];
  const publisher = createBatchPublisher(({ title }) => void told.push(title));
  const batch = (title: string) => ({ id: 'one', title }) as MigrationBatch;
  for (const title of ['a', 'b', 'c']) publisher.changed(batch(title));
  publisher.changed({ id: 'other', title: 'x' } as MigrationBatch);
  expect(told).toEqual(['a', 'x']);
  vi.advanceTimersByTime(100);
  expect(told).toEqual(['a', 'x', 'c']);
  vi.advanceTimersByTime(1000);
  publisher.changed(batch('d'));
  publisher.changed(batch('e'));
  publisher.close();
  expect(told).toEqual(['a', 'x', 'c', 'd', 'e']);
});
