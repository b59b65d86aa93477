import { beforeEach, expect, test } from 'vitest';
import { runChange } from '#shared/procedure/run/run-change.ts';
import { succeed } from '#shared/result.ts';
import { installFakeBridge } from '../test-support/fake-bridge.ts';
import { migrationRun } from '../test-support/run-fixture.ts';
import { takeRunChange, useRuns } from './runs-store.ts';

const running = migrationRun({ id: 'run-9', status: 'running' });
const done = { ...running, status: 'done', progress: 1 } as const;
const shown = () => useRuns.getState().runs[running.id];

beforeEach(() => useRuns.setState({ runs: {}, order: [] }));

test('a run that the page does not know is asked for once', async () => {
  const bridge = installFakeBridge({ 'history:get': () => succeed(running) });
  takeRunChange(runChange(running, running, false));
  takeRunChange(runChange(running, running, false));
  await expect.poll(shown).toEqual(running);
  expect(bridge.requests).toEqual([{ channel: 'history:get', request: { runId: 'run-9' } }]);
});

test('what changes of it before the answer comes is not lost', async () => {
  installFakeBridge({ 'history:get': () => succeed(running) });
  takeRunChange(runChange(running, running, false));
  takeRunChange(runChange(done, running, false));
  await expect.poll(shown).toMatchObject({ status: 'done', progress: 1 });
});
