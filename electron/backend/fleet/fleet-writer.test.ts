import { describe, expect, it } from 'vitest';
import type { FleetChange } from '#shared/fleet/change.ts';
import { openSource } from '../sources/open-source.ts';
import { openLab } from '../test-support/procedure-lab.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { createFleetWriter } from './fleet-writer.ts';

async function openedWriter() {
  const opened = await openSource(
    { kind: 'built-in', name: 'two-hosts' },
    { clock: createTestClock(), trace: (queue) => queue },
  );
  if (!opened.ok) throw new Error(opened.error.message);
  const changes: FleetChange[] = [];
  const writer = createFleetWriter((channel, message) => {
    if (channel === 'fleet:change') changes.push(message as FleetChange);
  }, opened.value.source);
  await writer.open(opened.value.connections, opened.value.source);
  const [first] = opened.value.connections;
  if (!first) throw new Error('two-hosts has hosts');
  return { writer, changes, first };
}

describe('the fleet writer', () => {
  it('leaves the objects of hosts that are not read again as they are', async () => {
    const { writer, changes, first } = await openedWriter();
    const before = writer.fleet;
    const primary = Object.values(before.controllers).find(
      (one) => one.role === 'primary' && one.hostId === first.id && one.numVfs > 0,
    );
    if (primary?.pciAddress == null) throw new Error('two-hosts has primaries with functions');
    const set = await first.pci.setDriversAutoprobe(
      primary.pciAddress,
      primary.role === 'primary' && !primary.driversAutoprobe,
    );
    expect(set.ok).toBe(true);
    const after = await writer.refresh([{ hostId: first.id, controllers: [] }]);
    expect(changes.map(({ upserts }) => Object.keys(upserts.controllers ?? {}))).toEqual([[primary.id]]);
    const others = Object.values(after.controllers).filter((one) => one.hostId !== first.id);
    expect(others.length).toBeGreaterThan(0);
    expect(others.filter((one) => before.controllers[one.id] !== one)).toEqual([]);
  });

  it('reads whole hosts again without a change when nothing differs', async () => {
    const { writer, changes } = await openedWriter();
    const { fleet, revision } = writer;
    expect(await writer.reread(Object.keys(fleet.hosts))).toBe(fleet);
    expect([changes, writer.revision]).toEqual([[], revision]);
  });
});

describe('a fleet whose time goes as fast as possible', () => {
  it('is read without time jumping ahead: whoever reads is at work', async () => {
    const lab = await openLab();
    const { clock } = lab.simulation ?? { clock: undefined };
    if (clock === undefined) throw new Error('it is simulated');
    const stop = new AbortController();
    const before = clock.now();
    const waiting = clock.sleep(60_000, { signal: stop.signal });
    for (let reading = 0; reading < 20; reading += 1) await lab.writer.refresh([]);
    expect(clock.now()).toBe(before);
    stop.abort();
    await waiting;
  });
});
