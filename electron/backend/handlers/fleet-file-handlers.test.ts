import { describe, expect, test } from 'vitest';
import { largestFleetFile } from '#shared/bounds/sizes.ts';
import type { FleetSource } from '#shared/fleet/schema.ts';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import { createFleetFileHandlers } from './fleet-file-handlers.ts';

const source: FleetSource = {
  kind: 'simulated',
  name: 'two-hosts',
  label: '',
  simulated: true,
  readOnly: null,
  seed: 42,
};

function handlers(file: object | null) {
  const parts = () => new Map([['', JSON.stringify(file)]]);
  const current = () => ({ state: file === null ? null : { parts, prepare: async () => 0 } });
  return createFleetFileHandlers({ sources: { current }, source: () => source });
}

describe('what the fleet editor asks the backend', () => {
  test('a built-in fleet and the open one are fleet files to start from', async () => {
    const state = twoHosts.build();
    for (const request of [{ kind: 'built-in' as const, name: 'two-hosts' }, { kind: 'open' as const }]) {
      const template = await handlers(state)['fleet-file:template'](request);
      expect(template).toMatchObject({ ok: true, value: { name: 'two-hosts' } });
      if (template.ok) expect(fleetFileOf(template.value.text, 'x').ok).toBe(true);
    }
  });

  test('what does not exist and what is a recording is refused', async () => {
    const ask = handlers(null)['fleet-file:template'];
    expect(await ask({ kind: 'built-in', name: 'nothing' })).toMatchObject({
      ok: false,
      error: { code: 'not-found' },
    });
    expect(await ask({ kind: 'open' })).toMatchObject({ ok: false, error: { code: 'not-supported' } });
  });

  test('a fleet whose file nobody could open again is refused', async () => {
    const ballast = Array.from({ length: 5 }, () => 'x'.repeat(largestFleetFile / 4 - 1));
    const { 'fleet-file:template': ask } = handlers({ ...twoHosts.build(), ballast });
    expect(await ask({ kind: 'open' })).toMatchObject({
      ok: false,
      error: { code: 'not-supported', object: 'two-hosts' },
    });
    const smaller = await handlers({ ballast: ballast.slice(0, 3) })['fleet-file:template']({ kind: 'open' });
    expect(smaller.ok).toBe(true);
  });

  test('problems are those of opening the file', async () => {
    const check = handlers(null)['fleet-file:check'];
    expect(await check({ text: JSON.stringify(twoHosts.build()) })).toEqual({
      ok: true,
      value: { problems: [] },
    });
    expect(await check({ text: '{' })).toMatchObject({
      ok: true,
      value: { problems: [{ fix: 'Repair the JSON' }] },
    });
    const wrong = { ...twoHosts.build(), seed: -1 };
    expect(await check({ text: JSON.stringify(wrong) })).toMatchObject({
      ok: true,
      value: { problems: [{ field: 'seed' }] },
    });
  });
});
