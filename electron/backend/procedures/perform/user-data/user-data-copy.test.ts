import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PreCopyFacts } from '#shared/migration/pre-copy/round.ts';
import { copiedDeviceSchema } from '#shared/migration/user-data/copied-namespaces.ts';
import { type UserDataFacts, userDataFactsSchema } from '#shared/migration/user-data/facts.ts';
import type { StepOf } from '#shared/procedure/step.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { discoverFleet } from '../../../fleet/discovery.ts';
import { createSimulatedFleet } from '../../../hosts/simulated/simulated-fleet.ts';
import { isPrimary } from '../../../hosts/simulated/state/controller.ts';
import { SimulatedClock } from '../../../simulation/simulated-clock.ts';
import { createTestClock } from '../../../test-support/test-clock.ts';
import { twoDrives } from '../../../test-support/two-drives.ts';
import { performStep } from '../perform.ts';
import type { PerformContext } from '../perform-context.ts';
import { endLog, loggedController } from './data-queue.ts';
import { UserDataCopy } from './user-data-copy.ts';

const blocks = 2 ** 17;
const virtualMachineId = 'hv-a:db-primary';
const source = {
  kind: 'simulated',
  name: 'x',
  label: 'x',
  simulated: true,
  readOnly: null,
  seed: 1,
} as const;
const never = new AbortController().signal;
/** Both devices of the guest have namespace 2. */
const devices = [3, 4].map((cntlid) =>
  copiedDeviceSchema.parse({
    ...{ sourceId: `hv-a/0000:41:00.0/${cntlid}`, destinationId: `hv-b/0000:01:00.0/${64 + cntlid}` },
    namespaces: [
      { source: 2, destination: 2, blocks, blockSize: 4096, ...(cntlid === 4 ? { again: true } : {}) },
    ],
  }),
);
const sendRest: StepOf<'user-data-send'> = {
  ...{ kind: 'user-data-send', virtualMachineId, destinationHostId: 'hv-b', devices: [...devices] },
  ...{ rest: true, downtimeBudgetMilliseconds: 60_000 },
};

async function world(workload: { writesPerSecond: number; blocksPerCommand: number }, slots: number) {
  const clock = new SimulatedClock(createTestClock(), { mode: 'as-fast-as-possible', microseconds: 0 });
  const file = twoDrives({ blocks, workload: { ...workload, readsPerSecond: 0 } });
  const simulated = createSimulatedFleet(file, { clock, trace: (queue) => queue });
  if (!simulated.ok) throw new Error(simulated.error.message);
  const { hosts } = simulated.value;
  const [here, there] = hosts;
  if (here === undefined || there === undefined) throw new Error('two hosts');
  const { fleet } = await discoverFleet(hosts, source);
  const sending: [sentBytes: number, ofBytes: number][] = [];
  /** What the journal has. */
  let saved: UserDataFacts | undefined;
  const context = (): PerformContext => ({
    ...{ fleet, connections: hosts, clock, timeoutMilliseconds: 1000, signal: never },
    onMemorySent: () => undefined,
    onUserDataSent: (bytes, of) => sending.push([bytes, of]),
    onUnanswered: () => undefined,
    preCopy: {
      before: saved === undefined ? null : ({ userData: saved } as PreCopyFacts),
      ...{ stepMilliseconds: null, stop: never, takeDecision: () => null, onProgress: () => undefined },
    },
  });
  const open = async (): Promise<UserDataCopy> => {
    const opened = await UserDataCopy.open(devices, context(), { before: saved, slots });
    if (!opened.ok) throw new Error(opened.error.message);
    save(opened.value);
    return opened.value;
  };
  const save = (copy: UserDataCopy) => {
    saved = userDataFactsSchema.parse(JSON.parse(JSON.stringify(copy.facts())));
  };
  const namespaceOf = (host: typeof here) => {
    const primary = [...host.kernel.functions.values()].find(
      ({ controller, physicalFunction }) => physicalFunction === null && isPrimary(controller),
    );
    const namespace = primary?.controller.subsystem.namespaces.get(2);
    if (namespace === undefined) throw new Error(`no namespace on ${host.id}`);
    return namespace;
  };
  const guest = here.virtualMachines.machines.get('db-primary');
  if (guest === undefined) throw new Error('no guest');
  return { here, there, clock, guest, context, open, save, namespaceOf, sending, facts: () => saved };
}

type World = Awaited<ReturnType<typeof world>>;

/** Stops the guest with its devices, sends the rest, and compares what both drives hold by themselves. */
async function finish({ here, there, guest, context, namespaceOf }: World) {
  await here.virtualMachines.pause('db-primary');
  for (const { controller } of guest.devices) {
    controller.suspended = true;
    controller.dataQueue?.pause();
  }
  const sent = await performStep(sendRest, context());
  const equal = namespaceOf(here).contents.digest() === namespaceOf(there).contents.digest();
  return { sent, equal };
}

const events = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('round' as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('runs' as const), ms: fc.nat({ max: 400 }) }) },
    fc.record({ kind: fc.constant('aborted round' as const), ms: fc.integer({ min: 1, max: 500 }) }),
    fc.record({ kind: fc.constant('killed' as const) }),
    fc.record({ kind: fc.constant('killed in a round' as const), ms: fc.integer({ min: 1, max: 500 }) }),
    fc.record({ kind: fc.constant('function reset' as const), device: fc.nat({ max: 1 }) }),
    fc.record({ kind: fc.constant('queue lost' as const), device: fc.nat({ max: 1 }) }),
  ),
  { maxLength: 12 },
);

describe('user data of a guest that goes on', { timeout: 600_000 }, () => {
  it('is at the destination what it is at the source when the guest stops, whatever it did and whatever broke off', async () => {
    let moved = 0;
    let brokeOff = 0;
    await fc.assert(
      fc.asyncProperty(
        events,
        fc.record({
          writesPerSecond: fc.integer({ min: 0, max: 3000 }),
          blocksPerCommand: fc.integer({ min: 1, max: 64 }),
        }),
        fc.constantFrom(3, 8, 64, 1024),
        async (happenings, workload, slots) => {
          const all = await world(workload, slots);
          const { here, guest, clock } = all;
          let copy = await all.open();
          const round = async (signal: AbortSignal) => {
            const done = await copy.round({ save: () => all.save(copy), tell: () => undefined }, signal);
            // A queue that was taken away, or a log that cannot keep up, ends an attempt: the next one begins.
            if (!done.ok && done.error.code !== 'aborted') copy = await all.open();
            else all.save(copy);
          };
          const broken = async (ms: number) => {
            const over = new AbortController();
            void clock.sleep(ms, { what: 'an abort' }).then(() => over.abort());
            await copy.round({ save: () => all.save(copy), tell: () => undefined }, over.signal);
          };
          for (const happening of happenings)
            switch (happening.kind) {
              case 'round':
                await round(never);
                break;
              case 'runs':
                await clock.advance(happening.ms);
                here.virtualMachines.settle();
                break;
              case 'aborted round':
                await broken(happening.ms);
                break;
              case 'killed':
                copy = await all.open();
                break;
              case 'killed in a round':
                // What it knew and had not written into the journal is lost.
                await broken(happening.ms);
                copy = await all.open();
                break;
              case 'function reset': {
                const entry = guest.devices[happening.device];
                if (entry !== undefined) here.kernel.functionReset(entry);
                break;
              }
              case 'queue lost': {
                const ends = loggedController(all.context(), devices[happening.device]?.sourceId ?? '');
                if (ends.ok) await endLog(ends.value);
                copy = await all.open();
                break;
              }
            }
          // The guest is stopped only when the journal and the queues have all that is left.
          for (let turn = 0; turn < 20 && !copy.isExact; turn++) await round(never);
          const { sent, equal } = await finish(all);
          // Nothing is ever wrong without being said.
          expect([sent.ok ? '' : sent.error.message, equal]).toEqual(['', true]);
          moved++;
          brokeOff += all.facts()?.queues.reduce((sum, queue) => sum + queue.brokeOff, 0) ?? 0;
        },
      ),
      { numRuns: numRuns(40, 1000), seed: 20261128 },
    );
    expect(moved).toBeGreaterThan(20);
    expect(brokeOff).toBeGreaterThan(10);
  });

  it('is sent once in full, then only what the log says', async () => {
    const all = await world({ writesPerSecond: 200, blocksPerCommand: 2 }, 2 ** 15);
    const copy = await all.open();
    const rounds: number[] = [];
    for (let round = 0; round < 3; round++) {
      const done = await copy.round({ save: () => all.save(copy), tell: () => undefined }, never);
      if (!done.ok) throw new Error(done.error.message);
      rounds.push(done.value.sentBytes);
      await all.clock.advance(100);
      all.here.virtualMachines.settle();
    }
    // With what the second device changed while the first one's part was copied.
    expect(rounds[0]).toBeGreaterThanOrEqual(blocks * 4096);
    expect(rounds[0]).toBeLessThan(blocks * 4096 + 2 ** 20);
    // 20 writes of 2 blocks in 100 ms, and those of the round before.
    for (const bytes of rounds.slice(1)) expect(bytes).toBeLessThan(100 * 2 * 4096);
    expect(rounds[1]).toBeGreaterThan(0);
    all.save(copy);
    const left = copy.leftBytes;
    expect(left).toBeGreaterThan(0);
    expect(await finish(all)).toMatchObject({ sent: { ok: true }, equal: true });
    // What is left is told beforehand, and in the end it has all been sent.
    const [begin, end] = [all.sending[0] ?? [], all.sending.at(-1) ?? []];
    expect(begin).toEqual([0, end[1]]);
    expect(end[0]).toBe(end[1]);
    expect(end[1]).toBeGreaterThanOrEqual(left / 2);
  });

  it('goes on where a killed program left off, and begins anew where its log has a gap', async () => {
    const all = await world({ writesPerSecond: 200, blocksPerCommand: 2 }, 2 ** 15);
    const copy = await all.open();
    const first = await copy.round({ save: () => all.save(copy), tell: () => undefined }, never);
    expect(first.ok).toBe(true);
    all.save(copy);
    expect((await all.open()).leftBytes).toBeLessThan(2 ** 22);
    const ends = loggedController(all.context(), devices[0]?.sourceId ?? '');
    if (!ends.ok) throw new Error(ends.error.message);
    expect((await endLog(ends.value)).ok).toBe(true);
    expect((await all.open()).leftBytes).toBeGreaterThanOrEqual(blocks * 4096);
  });
});
