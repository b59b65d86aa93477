import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Fleet, fleetSchema } from '#shared/fleet/schema.ts';
import { secondariesOf } from '#shared/fleet/selectors.ts';
import type { AdminCommand } from '#shared/nvme/command.ts';
import { succeed } from '#shared/result.ts';
import { brokenLinks } from '#shared/test-support/broken-links.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import type { QueueTracer } from '../hosts/traced-admin-queue.ts';
import { openSource } from '../sources/open-source.ts';
import { systemClock } from '../system-clock.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { discoverFleet } from './discovery.ts';

const captures = path.resolve(import.meta.dirname, '../../../e2e/captures');
const captureNames = readdirSync(captures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

async function openFleet(
  request: Parameters<typeof openSource>[0],
  trace: QueueTracer = (queue) => queue,
  timeoutMilliseconds = 1000,
): Promise<Fleet> {
  const opened = await openSource(request, { clock: createTestClock(), trace });
  if (!opened.ok) throw new Error(opened.error.message);
  const { connections, source } = opened.value;
  const { fleet } = await discoverFleet(connections, source, {
    ...{ timeoutMilliseconds, clock: systemClock, parallel: 4 },
  });
  return fleet;
}

describe('discovery of the built-in fleet', () => {
  it('finds hosts, controllers, namespaces, virtual subsystems and machines, all linked', async () => {
    const fleet = await openFleet({ kind: 'built-in', name: 'two-hosts' });
    expect(fleetSchema.parse(fleet)).toEqual(fleet);
    expect(brokenLinks(fleet)).toEqual([]);
    const controllers = Object.values(fleet.controllers);
    expect(Object.keys(fleet.hosts)).toEqual(['hv-a', 'hv-b']);
    expect(controllers.filter((one) => one.role === 'primary').length).toBeGreaterThanOrEqual(3);
    expect(controllers.filter((one) => one.role === 'secondary').length).toBeGreaterThanOrEqual(60);
    expect(controllers.some((one) => one.role === 'plain')).toBe(true);
    expect(Object.keys(fleet.virtualMachines).length).toBeGreaterThan(0);
    expect(controllers.flatMap((one) => one.problems)).toEqual([]);
    const inUse = controllers.find((one) => one.role === 'secondary' && one.virtualMachineId !== null);
    expect(inUse).toMatchObject({ online: true, driver: 'vfio-pci', vfioState: 'RUNNING', identity: null });
    const noFlexible = controllers.find((one) => one.role === 'primary' && !one.vq.supported);
    expect(noFlexible).toMatchObject({ vq: { total: 0 } });
  });

  it('sends nothing that could change a device', async () => {
    const opcodes = new Set<number>();
    await openFleet({ kind: 'built-in', name: 'two-hosts' }, (queue) => ({
      ...queue,
      submit: (command) => {
        opcodes.add(command.opcode);
        return queue.submit(command);
      },
    }));
    // Identify, Migration Receive (whether a guest's function is suspended), Virtual Subsystem Receive and Function Receive.
    expect([...opcodes].sort((left, right) => left - right)).toEqual([0x06, 0x42, 0xc2, 0xc6]);
  });

  it('pages through lists of more secondaries than one answer holds', async () => {
    const fleet = await openFleet({ kind: 'built-in', name: 'rack' });
    const primaries = Object.values(fleet.controllers).filter((one) => one.role === 'primary');
    const counts = primaries.map((primary) => secondariesOf(fleet, primary).length);
    expect(counts).toEqual(primaries.map((primary) => primary.secondaryIds.length));
    expect(brokenLinks(fleet)).toEqual([]);
  });
});

describe('discovery of captures', () => {
  it('shows the five controllers of a drive with four VFs and their states', async () => {
    const fleet = await openFleet({ kind: 'path', path: path.join(captures, '02-sriov-4vf') });
    const primary = Object.values(fleet.controllers).find((one) => one.role === 'primary');
    expect(primary).toMatchObject({ deviceName: 'nvme0', totalVfs: 4, migration: { available: false } });
    if (primary?.role !== 'primary') throw new Error('no primary');
    const secondaries = secondariesOf(fleet, primary);
    expect(secondaries.map(({ cntlid, vfn, online }) => [cntlid, vfn, online])).toEqual(
      [1, 2, 3, 4].map((number) => [number, number, false]),
    );
    expect(primary.problems).toEqual([]);
    expect(fleet.source.readOnly).toContain('A capture cannot be changed');
    expect(brokenLinks(fleet)).toEqual([]);
  });

  it.each(captureNames)('reads every snapshot of %s without broken links', async (name) => {
    const folder = path.join(captures, name);
    const snapshots = readdirSync(folder).filter((entry) => /^\d\d-/.test(entry));
    expect(snapshots.length).toBeGreaterThan(0);
    for (const snapshot of snapshots) {
      const fleet = await openFleet({ kind: 'path', path: folder, snapshot });
      expect(fleetSchema.safeParse(fleet).error).toBeUndefined();
      expect(brokenLinks(fleet)).toEqual([]);
      expect(Object.keys(fleet.controllers).length).toBeGreaterThan(0);
      const problems = Object.values(fleet.controllers).flatMap((one) => one.problems);
      expect(problems.filter((problem) => /RFA|FRT|VFN|PCID/.test(problem.field ?? ''))).toEqual([]);
    }
  });
});

describe('discovery of devices that answer nonsense', () => {
  it('names device and field, whatever bytes come, and throws nothing', async () => {
    const garble = fc.record({
      every: fc.integer({ min: 1, max: 6 }),
      how: fc.constantFrom('truncate', 'ones', 'noise', 'empty', 'status', 'nothing'),
      seed: fc.integer(),
    });
    await fc.assert(
      fc.asyncProperty(garble, async ({ every, how, seed }) => {
        let count = 0;
        const fleet = await openFleet({ kind: 'built-in', name: 'two-hosts' }, (queue) => ({
          ...queue,
          submit: async (command: AdminCommand) => {
            const answer = await queue.submit(command);
            count += 1;
            if (!answer.ok || answer.value.data === undefined || count % every !== 0) return answer;
            const bytes = answer.value.data;
            switch (how) {
              case 'truncate':
                return succeed({ ...answer.value, data: bytes.slice(0, Math.abs(seed) % bytes.length) });
              case 'ones':
                return succeed({ ...answer.value, data: bytes.slice().fill(0xff) });
              case 'noise':
                return succeed({
                  ...answer.value,
                  data: bytes.map((byte, index) => byte ^ Math.imul(index + 1, seed)),
                });
              case 'empty':
                return succeed({ ...answer.value, data: new Uint8Array(0) });
              case 'status':
                return succeed({ sct: 0, sc: 6, dnr: true, dw0: 0 });
              default:
                return { ok: false, error: { code: 'device-timeout', message: 'gone' } };
            }
          },
        }));
        expect(fleetSchema.safeParse(fleet).error).toBeUndefined();
        expect(brokenLinks(fleet)).toEqual([]);
      }),
      { numRuns: numRuns(10, 250), seed: 5 },
    );
  });

  it('tells which controller did not answer, and asks it no more', async () => {
    let asked = 0;
    const fleet = await openFleet(
      { kind: 'built-in', name: 'two-hosts' },
      (queue, owner) => ({
        ...queue,
        submit: (command) => {
          if (owner.controller !== 'nvme1') return queue.submit(command);
          asked += 1;
          return new Promise(() => undefined);
        },
      }),
      30,
    );
    const silent = Object.values(fleet.controllers).find(
      (one) => one.hostId === 'hv-a' && one.deviceName === 'nvme1',
    );
    expect(silent?.problems[0]).toMatchObject({
      source: 'hv-a/nvme1 · Identify Controller',
      message: expect.stringContaining('hv-a/nvme1 did not answer Identify · Controller within 30 ms'),
    });
    expect(asked).toBeLessThanOrEqual(2);
  });

  it('reports numbers that contradict each other', async () => {
    const fleet = await openFleet({ kind: 'built-in', name: 'two-hosts' }, (queue) => ({
      ...queue,
      submit: async (command) => {
        const answer = await queue.submit(command);
        // CNS 14h: VQRFA at bytes 36-39.
        if (answer.ok && command.opcode === 6 && (command.cdw10 & 0xff) === 0x14 && answer.value.data)
          answer.value.data[36] = (answer.value.data[36] ?? 0) + 1;
        return answer;
      },
    }));
    const problems = Object.values(fleet.controllers).flatMap((one) => one.problems);
    expect(problems.some((problem) => problem.field === 'VQRFA')).toBe(true);
  });
});
