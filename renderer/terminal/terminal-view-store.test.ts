// @vitest-environment jsdom
import { expect, it } from 'vitest';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { terminalHost } from './terminal-view-store.ts';

const fleet = fixtureFleet();
const [first = '', second = ''] = Object.keys(fleet.hosts);
const controller = Object.values(fleet.controllers).find(({ hostId }) => hostId === second);

it('the terminal is on the host of what was selected last, unless one was chosen', () => {
  expect(second).not.toBe('');
  expect(terminalHost(fleet, null, [])).toBe(first);
  expect(terminalHost(fleet, null, [first, controller?.id ?? ''])).toBe(second);
  expect(terminalHost(fleet, null, ['something else'])).toBe(first);
  expect(terminalHost(fleet, first, [second])).toBe(first);
  expect(terminalHost(fleet, 'a host that is gone', [second])).toBe(second);
  expect(terminalHost({ ...fleet, hosts: {} }, null, [])).toBeNull();
});
