import { expect, test } from 'vitest';
import { fleetFileOf } from '../../test-support/fleet-file-of.ts';

const fleet = (linkState: unknown) => ({
  format: 'berth-fleet',
  version: 1,
  name: 'links',
  hosts: [{ name: 'one', linkState }],
});

test.each([
  { kind: 'down' },
  { kind: 'up', share: 0.5 },
  { kind: 'flapping', upMilliseconds: 100, downMilliseconds: 50 },
  { kind: 'flapping', upMilliseconds: 100, downMilliseconds: 50, elapsedMicroseconds: 149_999 },
])('a link may be %o', (state) => {
  expect(fleetFileOf(fleet(state), 'test')).toMatchObject({
    ok: true,
    value: { hosts: [{ linkState: state }] },
  });
});

test.each([
  ['no share', { kind: 'up' }, 'share'],
  ['nothing of its speed', { kind: 'up', share: 0 }, 'share'],
  ['an unknown kind', { kind: 'cut' }, 'linkState'],
  ['never up', { kind: 'flapping', upMilliseconds: 0, downMilliseconds: 50 }, 'upMilliseconds'],
  [
    'further than one turn',
    { kind: 'flapping', upMilliseconds: 100, downMilliseconds: 50, elapsedMicroseconds: 150_000 },
    'elapsedMicroseconds',
  ],
])('refused: %s', (_, state, field) => {
  const checked = fleetFileOf(fleet(state), 'test');
  expect(checked.ok).toBe(false);
  expect(!checked.ok && [checked.error.message, ...(checked.error.details ?? [])].join()).toContain(field);
});
