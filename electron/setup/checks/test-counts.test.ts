import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { holdingOutput, say } from '../progress.mjs';
import { countsIn, playwrightCounts, vitestCounts } from './test-counts.mjs';

test('the reports of both runners are counted alike', () => {
  expect(vitestCounts({ numPassedTests: 2319, numFailedTests: 1 })).toEqual({ passed: 2319, failed: 1 });
  expect(playwrightCounts({ stats: { expected: 38, unexpected: 1, flaky: 1 } })).toEqual({
    passed: 38,
    failed: 2,
  });
});

test('a report that is not there or cut off counts nothing', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'berth-counts-')), 'unit.json');
  expect(countsIn(file, vitestCounts)).toEqual({ passed: 0, failed: 0 });
  writeFileSync(file, '{"numPassedTests": 1');
  expect(countsIn(file, vitestCounts)).toEqual({ passed: 0, failed: 0 });
});

test('what works side by side says its lines together', async () => {
  const speak = (name: string) =>
    holdingOutput(async () => {
      say(`${name} begins`);
      await Promise.resolve();
      say(`${name} ends`);
      return name;
    });
  expect(await Promise.all([speak('a'), speak('b')])).toEqual([
    { result: 'a', held: 'a begins\na ends\n' },
    { result: 'b', held: 'b begins\nb ends\n' },
  ]);
});
