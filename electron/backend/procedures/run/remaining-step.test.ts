import { expect, test } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { openSimulatedBackend } from '../../test-support/simulated-backend.ts';
import { remainingStep } from './remaining-step.ts';

const error = { code: 'device-status', message: 'it did not answer' } as const;

/** A secondary with a function, and one whose virtual function is not enabled. */
async function both(): Promise<{ fleet: Fleet; there: string; gone: string }> {
  const backend = await openSimulatedBackend();
  const fleet = await backend
    .openWith({ mode: 'as-fast-as-possible', microseconds: 0 })
    .then(() => backend.fleet());
  await backend.close();
  const secondaries = Object.values(fleet.controllers).filter(({ role }) => role === 'secondary');
  const there = secondaries.find(({ pciAddress }) => pciAddress !== null);
  const gone = secondaries.find(({ pciAddress }) => pciAddress === null);
  if (!there || !gone) throw new Error('the fleet has no such secondaries');
  return { fleet, there: there.id, gone: gone.id };
}

test('a reset of a function that is there is left with its command line, one of a lost function without', async () => {
  const { fleet, there, gone } = await both();
  const left = (controllerId: string) =>
    remainingStep({ kind: 'function-level-reset', controllerId }, error, fleet, '2.x');
  expect(left(there)).toMatchObject({ what: expect.stringContaining(error.message) });
  expect(left(there).commandLines.join()).toMatch(/^echo 1 > .*\/reset$/);
  for (const id of [gone, 'hv-x/0000:99:00.0/1'])
    expect(left(id)).toEqual({
      what: expect.stringContaining('the function and everything it held no longer exist'),
      commandLines: [],
    });
});
