import { describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { fleetFileSchema } from '#shared/fleet-file/schema.ts';
import type { AdminCommand } from '#shared/nvme/command.ts';
import { definitionOf, type Step, type StepKind, stepDefinitions } from '#shared/procedure/step.ts';
import type { Result } from '#shared/result.ts';
import { discoverFleet } from '../../fleet/discovery.ts';
import { siovPair } from '../../hosts/simulated/built-in/siov-pair.ts';
import { twoHosts } from '../../hosts/simulated/built-in/two-hosts.ts';
import { createSimulatedFleet } from '../../hosts/simulated/simulated-fleet.ts';
import { SimulatedClock } from '../../simulation/simulated-clock.ts';
import { createTestClock } from '../../test-support/test-clock.ts';
import { performStep } from './perform.ts';
import type { StepOutcome } from './perform-context.ts';
import { type PerformCase, performCases } from './testing/perform-cases.ts';

const kinds = Object.keys(stepDefinitions) as StepKind[];
const commandKinds = kinds.filter((kind) => stepDefinitions[kind].command !== null);
/** Something travels over a link. */
const takesTime: readonly StepKind[] = ['vm-send-memory', 'vm-pre-copy', 'user-data-send'];
const timeoutMilliseconds = 1000;
const source = {
  kind: 'simulated',
  name: 'x',
  label: 'x',
  simulated: true,
  readOnly: null,
  seed: 1,
} as const;

/** The two hosts of the built-in fleet, with a drive more that provisions functions, under a clock of their own. */
function openHosts() {
  const clock = new SimulatedClock(createTestClock(), { mode: 'as-fast-as-possible', microseconds: 0 });
  const { subsystems, ...rest } = twoHosts.build();
  const file = fleetFileSchema.parse({ ...rest, subsystems: [...subsystems, siovPair('hv-a', 'hv-b')] });
  const silence = { kept: false };
  const simulated = createSimulatedFleet(file, {
    clock,
    trace: (queue) => ({
      ...queue,
      submit: (command: AdminCommand) =>
        silence.kept ? new Promise(() => undefined) : queue.submit(command),
    }),
  });
  if (!simulated.ok) throw new Error(simulated.error.message);
  const { hosts: connections } = simulated.value;
  const sent: number[] = [];
  const unanswered: Promise<unknown>[] = [];
  const read = async (): Promise<Fleet> => (await discoverFleet(connections, source)).fleet;
  const perform = (step: Step, fleet: Fleet, hosts = connections): Promise<Result<StepOutcome>> =>
    performStep(step, {
      ...{ fleet, connections: hosts, clock, timeoutMilliseconds },
      signal: new AbortController().signal,
      onMemorySent: (bytes) => sent.push(bytes),
      onUserDataSent: () => undefined,
      preCopy: {
        before: null,
        stepMilliseconds: null,
        stop: new AbortController().signal,
        takeDecision: () => null,
        onProgress: () => undefined,
      },
      onUnanswered: (answer) => unanswered.push(answer),
    });
  /** Performs steps that must succeed, each on the fleet as it is then. */
  const performAll = async (steps: readonly Step[]): Promise<void> => {
    for (const step of steps)
      expect([step.kind, await perform(step, await read())]).toEqual([
        step.kind,
        { ok: true, value: expect.anything() },
      ]);
  };
  return { read, perform, performAll, sent, unanswered, silence, clock };
}

/** Without what the kernel and the device give a function when it appears, and what a guest happens to write. */
function foreseeable(fleet: Fleet): unknown {
  const given = { pciAddress: '', deviceName: '', iommuGroup: '', vfioOffer: '' };
  const controllers = mapValues(fleet.controllers, (controller) => ({
    ...{ ...controller, ...given },
    ...(controller.role === 'secondary' ? { functionHandle: '', assignableDevice: '' } : {}),
  }));
  const virtualMachines = mapValues(fleet.virtualMachines, (machine) => ({
    ...machine,
    dirtyBytesPerSecond: '',
  }));
  return { ...fleet, controllers, virtualMachines };
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => unknown) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

const predicted = (fleet: Fleet, steps: readonly Step[]): Fleet =>
  steps.reduce((next, step) => definitionOf(step).predict(step, next), fleet);

describe('performing a step of every kind', () => {
  it('is tried for every kind', () => {
    expect(Object.keys(performCases).sort()).toEqual([...kinds].sort());
  });

  it.each(kinds)('%s does on the device what it foresees', async (kind) => {
    const { before = [], step, facts = {}, after = [] }: PerformCase = performCases[kind];
    const hosts = openHosts();
    await hosts.performAll(before);
    const start = await hosts.read();
    expect(definitionOf(step).blockers(step, start)).toEqual([]);

    expect(await hosts.perform(step, start)).toEqual({ ok: true, value: facts });
    const now = await hosts.read();
    expect(definitionOf(step).effect(step, now)).toMatchObject({ holds: true });
    await hosts.performAll(after);
    const end = await hosts.read();
    expect(foreseeable(end)).toEqual(foreseeable(predicted(start, [step, ...after])));
    expect(foreseeable(end)).not.toEqual(foreseeable(start));
  });

  it.each(kinds)('%s that is refused says why and of what, and changes nothing', async (kind) => {
    const { before = [], step, meanwhile = [], error }: PerformCase['refused'] = performCases[kind].refused;
    const hosts = openHosts();
    await hosts.performAll(before);
    const known = await hosts.read();
    await hosts.performAll(meanwhile);
    const start = await hosts.read();
    const refusal = await hosts.perform(step, known);
    if (refusal.ok) throw new Error('it was not refused');
    expect(refusal.error).toMatchObject({ code: error.code, object: error.object });
    expect(refusal.error.fix).toMatch(/./);
    expect(refusal.error.message).toMatch(error.message);
    expect(await hosts.read()).toEqual(start);
  });

  it.each(kinds)('%s on a host that is no longer connected says so', async (kind) => {
    const { before = [], step }: PerformCase = performCases[kind];
    const hosts = openHosts();
    await hosts.performAll(before);
    expect(await hosts.perform(step, await hosts.read(), [])).toMatchObject({
      ok: false,
      error: { code: 'not-found', object: expect.stringMatching(/^hv-/), fix: 'Read the fleet again.' },
    });
  });

  // What only reads may do so at any time.
  it.each(kinds.filter((kind) => kind !== 'migration-proof'))(
    '%s waits while the clock is paused, and goes on with steps alone',
    async (kind) => {
      const { before = [], step, facts = {} }: PerformCase = performCases[kind];
      const hosts = openHosts();
      await hosts.performAll(before);
      hosts.clock.setMode('paused');
      const pausedAt = hosts.clock.now();
      const start = await hosts.read();
      let performed: Result<StepOutcome> | null = null;
      const performing = hosts.perform(step, start).then((outcome) => {
        performed = outcome;
      });
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      expect([performed, await hosts.read()]).toEqual([null, start]);
      let steps = 0;
      for (; performed === null && steps < 2000; steps += 1) expect(await hosts.clock.step()).not.toBeNull();
      await performing;
      expect(performed).toEqual({ ok: true, value: facts });
      expect(steps).toBeGreaterThan(0);
      // Only memory and user data on their way take time here; nothing was given up, although a step after another was waited for.
      if (!takesTime.includes(kind)) expect(hosts.clock.now()).toBe(pausedAt);
      expect(definitionOf(step).effect(step, await hosts.read())).toMatchObject({ holds: true });
    },
  );

  it.each(commandKinds)('%s gives a controller up that never answers', async (kind) => {
    const { before = [], step }: PerformCase = performCases[kind];
    const hosts = openHosts();
    await hosts.performAll(before);
    const fleet = await hosts.read();
    hosts.silence.kept = true;
    const asked = hosts.clock.now();
    expect(await hosts.perform(step, fleet)).toMatchObject({
      ok: false,
      error: {
        code: 'device-timeout',
        // The one that manages the function, and what it was asked.
        field: expect.stringMatching(/Management|Attachment|Receive/),
        object: expect.stringMatching(/^hv-.\/nvme\d$/),
      },
    });
    expect(hosts.clock.now() - asked).toBe(timeoutMilliseconds);
  });
});

it('memory that is sent is counted from nothing to the last byte', async () => {
  const { before = [], step }: PerformCase = performCases['vm-send-memory'];
  const hosts = openHosts();
  await hosts.performAll(before);
  await hosts.perform(step, await hosts.read());
  expect([hosts.sent[0], hosts.sent.at(-1)]).toEqual([0, 32 * 2 ** 30]);
  expect(hosts.sent.length).toBeGreaterThan(10);
  expect(hosts.sent).toEqual([...hosts.sent].sort((left, right) => left - right));
});
