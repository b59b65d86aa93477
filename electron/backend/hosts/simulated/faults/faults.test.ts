import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import type { CommandFault } from '#shared/simulation/faults.ts';
import {
  bringUp,
  createWorld,
  fleetInput,
  identifyCommand,
  primaryInput,
  run,
  virtMgmt,
} from '../testing/test-kit.ts';
import type { LinkCondition } from '../virtual-machine/link-condition.ts';
import { loseHostPower, losePower, stealResources } from './device-faults.ts';
import { FaultPlan } from './fault-plan.ts';

const anyCommand = { opcode: null, cntlid: null, occurrence: 1, count: 1 } as const;

function world() {
  const made = createWorld();
  const queue = made.host('one').adminQueue('0000:01:00.0');
  if (!queue.ok) throw new Error(queue.error.message);
  return { ...made, queue: queue.value, faults: made.primary(0).subsystem.faults };
}

describe('faults of commands', () => {
  test('a status comes instead of the execution', async () => {
    const { queue, faults, primary } = world();
    faults.add({ ...anyCommand, opcode: 0x1c, effect: { kind: 'status', status: 0x4122 } });
    expect(await queue.submit(identifyCommand(1))).toMatchObject({ value: { sct: 0, sc: 0 } });
    expect(await queue.submit(virtMgmt(8, 1, 0, 2))).toEqual({
      ok: true,
      value: { sct: 1, sc: 0x22, more: false, dnr: true, dw0: 0 },
    });
    expect(primary(0).part.vq.assigned).toBe(0);
    expect(await queue.submit(virtMgmt(8, 1, 0, 2))).toMatchObject({ value: { sct: 0, sc: 0, dw0: 2 } });
    faults.add({ ...anyCommand, effect: { kind: 'status', status: 0x2122 } });
    expect(await queue.submit(virtMgmt(8, 1, 0, 2))).toMatchObject({
      value: { sct: 1, sc: 0x22, more: true, dnr: false },
    });
  });

  test('delay, silence, delay beyond the timeout and wrong length', async () => {
    const { queue, faults, clock, primary } = world();
    faults.add({ ...anyCommand, effect: { kind: 'delay', milliseconds: 300 } });
    expect(await queue.submit(virtMgmt(8, 1, 0, 2))).toMatchObject({ value: { dw0: 2 } });
    expect(clock.now()).toBe(300);
    faults.add({ ...anyCommand, effect: { kind: 'silence' } });
    expect(await queue.submit(virtMgmt(8, 1, 0, 3))).toMatchObject({ error: { code: 'device-timeout' } });
    expect(primary(0).part.vq.assigned).toBe(2);
    faults.add({ ...anyCommand, effect: { kind: 'delay', milliseconds: 5000 } });
    expect(await queue.submit(virtMgmt(8, 1, 0, 3))).toMatchObject({ error: { code: 'device-timeout' } });
    expect(primary(0).part.vq.assigned).toBe(3);
    for (const bytes of [12, 5000]) {
      faults.add({ ...anyCommand, effect: { kind: 'wrong-length', bytes } });
      const answer = await queue.submit(identifyCommand(1));
      expect(answer.ok && answer.value.data?.length).toBe(bytes);
    }
    expect(faults.list()).toEqual([]);
  });

  test('meet exactly the commands that they name, in any mixture', () => {
    fc.assert(
      fc.property(
        fc.record({
          opcode: fc.constantFrom(null, 6, 9),
          cntlid: fc.constantFrom(null, 0, 1),
          occurrence: fc.integer({ min: 1, max: 4 }),
          count: fc.integer({ min: 1, max: 3 }),
        }),
        fc.array(fc.record({ opcode: fc.constantFrom(6, 9, 10), cntlid: fc.constantFrom(0, 1) })),
        (which, commands) => {
          const plan = new FaultPlan();
          const fault: CommandFault = { ...which, effect: { kind: 'silence' } };
          plan.add(fault);
          const matching = commands.filter(
            ({ opcode, cntlid }) =>
              (fault.opcode ?? opcode) === opcode && (fault.cntlid ?? cntlid) === cntlid,
          );
          const expected = matching.slice(fault.occurrence - 1, fault.occurrence - 1 + fault.count);
          const met = commands.filter((command) => plan.meet(command.cntlid, command) !== undefined);
          expect(met).toEqual(expected);
        },
      ),
    );
  });

  test('of two that match, the older one wins, and both count', () => {
    const plan = new FaultPlan();
    plan.add({ ...anyCommand, effect: { kind: 'silence' } });
    plan.add({ ...anyCommand, count: 2, effect: { kind: 'delay', milliseconds: 1 } });
    const command = { opcode: adminOpcodes.identify };
    expect([1, 2, 3].map(() => plan.meet(0, command)?.effect.kind)).toEqual(['silence', 'delay', undefined]);
  });
});

describe('failures of devices and hosts', () => {
  test('a fatal error silences the controller until a reset', async () => {
    const { queue, primary, host } = world();
    primary(0).fatal = true;
    expect(primary(0).csts).toBe(3);
    expect(await queue.submit(identifyCommand(1))).toMatchObject({ error: { code: 'device-timeout' } });
    await host('one').pci.controllerReset('0000:01:00.0');
    expect(primary(0).csts).toBe(1);
    expect(await queue.submit(identifyCommand(1))).toMatchObject({ ok: true });
  });

  test('power loss of a drive takes its virtual functions from their virtual machines', async () => {
    const vf = { vfn: 1, vq: 4, vi: 3, online: true, driver: 'vfio-pci' as const };
    const machine = { name: 'vm', vcpus: 2, memoryBytes: 1 << 30, devices: ['0000:01:00.1'] };
    const pool = {
      kind: 'flexible',
      total: 16,
      secondaryMaximum: 6,
      privateToPrimary: 3,
      pendingAllocation: 2,
    } as const;
    const input = fleetInput({
      controllers: [primaryInput({ secondaries: [vf], vq: pool })],
      namespaces: [],
    });
    const { host, primary, controller } = createWorld({
      ...input,
      hosts: input.hosts.map((each, index) => (index === 0 ? { ...each, virtualMachines: [machine] } : each)),
    });
    const physical = host('one').kernel.find('0000:01:00.0');
    if (physical?.physicalFunction !== null) throw new Error('no physical function');
    losePower(host('one'), physical as Parameters<typeof losePower>[1]);
    expect(primary(0).part).toMatchObject({ numVfs: 0, vq: { assigned: 0, allocatedToPrimary: 2 } });
    expect(controller(1).isOffline).toBe(true);
    expect(primary(0).isEnabled).toBe(true);
    const listed = await host('one').virtualMachines.list();
    expect(listed).toMatchObject({ value: [{ name: 'vm', state: 'running', devices: [] }] });
    loseHostPower(host('one'));
    expect(await host('one').virtualMachines.list()).toMatchObject({ value: [{ state: 'stopped' }] });
  });

  test('stolen resources leave the pool whole', () => {
    const { primary, controller } = world();
    bringUp(controller(0), 1, 4, 2);
    expect(stealResources(primary(0), 'vq', 100)).toBe(12);
    expect(primary(0).part.vq).toMatchObject({ total: 16, assigned: 4, allocatedToPrimary: 12, free: 0 });
    expect(run(controller(0), virtMgmt(8, 2, 0, 2))).toMatchObject({ sct: 1, sc: 0x22 });
    expect(stealResources(primary(0), 'vq', 1)).toBe(0);
  });

  test('a link that is down, slow or flapping', async () => {
    const seconds = async (prepare: (link: LinkCondition) => void, bytes = 1_000_000_000) => {
      const { host, clock } = world();
      const [one, two] = [host('one').virtualMachines, host('two').virtualMachines];
      one.machines.set('vm', {
        name: 'vm',
        vcpus: 1,
        memoryBytes: bytes,
        viommu: false,
        state: 'paused',
        devices: [],
        lostDevices: new Set(),
        memoryDigest: '0123456789abcdef',
        receivedBytes: 0,
        workload: null,
        dirtyLog: null,
        outgoing: null,
        incoming: null,
        throttle: 0,
      });
      await two.createIncoming({ name: 'vm', vcpus: 1, memoryBytes: bytes });
      prepare(one.link);
      const sent = await one.sendMemory('vm', two, () => undefined, new AbortController().signal);
      return sent.ok ? clock.now() / 1000 : sent.error.message;
    };
    expect(await seconds(() => undefined)).toBeCloseTo(1, 1);
    expect(await seconds((link) => link.set({ kind: 'up', share: 0.25 }, 0))).toBeCloseTo(4, 1);
    const flapping = { kind: 'flapping', upMilliseconds: 100, downMilliseconds: 300 } as const;
    const took = await seconds((link) => link.set(flapping, 0));
    expect(took).toBeGreaterThan(2.5);
    expect(took).toBeLessThan(5);
    expect(await seconds((link) => link.set({ kind: 'down' }, 0))).toMatch(/link of one is down/);
  });
});
