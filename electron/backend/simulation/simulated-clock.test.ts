import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClockMode } from '#shared/simulation/clock-state.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { giveWay } from '../event-loop.ts';
import { inTurns } from '../in-turns.ts';
import type { Clock } from '../ports.ts';
import { systemClock } from '../system-clock.ts';
import { SimulatedClock } from './simulated-clock.ts';

/** A machine's clock that stands until it is moved. */
function createMachine() {
  const sleepers: { due: number; end: () => void }[] = [];
  let microseconds = 1_000_000;
  const machine: Clock = {
    now: () => microseconds / 1000,
    microseconds: () => microseconds,
    sleep: (milliseconds, { signal } = {}) =>
      new Promise((resolve) => {
        const sleeper = { due: microseconds + milliseconds * 1000, end: resolve };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          resolve();
        });
      }),
  };
  const pass = async (milliseconds: number) => {
    const target = microseconds + milliseconds * 1000;
    for (;;) {
      await turns();
      const next = sleepers.filter(({ due }) => due <= target).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      microseconds = Math.max(microseconds, next.due);
      sleepers.splice(sleepers.indexOf(next), 1);
      next.end();
    }
    microseconds = target;
  };
  return { machine, pass };
}

async function turns(count = 6): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function opened(mode: ClockMode) {
  const { machine, pass } = createMachine();
  const clock = new SimulatedClock(machine, { mode, microseconds: 0 });
  const ended: string[] = [];
  const wait = (milliseconds: number, what: string, signal?: AbortSignal) =>
    clock
      .sleep(milliseconds, { what, ...(signal === undefined ? {} : { signal }) })
      .then(() => ended.push(`${what} ${clock.now()}`));
  return { clock, pass, ended, wait };
}

describe('a simulated clock', () => {
  test('in real time and ten times as fast waits end when the machine says so', async () => {
    const { clock, pass, ended, wait } = opened('real-time');
    void wait(300, 'late');
    void wait(100, 'early');
    await pass(99);
    expect(ended).toEqual([]);
    await pass(1);
    await turns();
    expect(ended).toEqual(['early 100']);
    clock.setMode('ten-times');
    await pass(19);
    expect(ended).toEqual(['early 100']);
    await pass(1);
    await turns();
    expect(ended).toEqual(['early 100', 'late 300']);
    await pass(10);
    expect(clock.now()).toBe(400);
  });

  test('as fast as possible every wait ends at once, in the order in which it is due', async () => {
    const { clock, ended, wait } = opened('as-fast-as-possible');
    void wait(3_600_000, 'an hour');
    void wait(5, 'soon');
    // What goes on after a wait may wait again, and is due before the hour.
    void clock.sleep(10).then(() => wait(20, 'again'));
    await turns(60);
    expect(ended).toEqual(['soon 5', 'again 30', 'an hour 3600000']);
    expect(clock.state()).toMatchObject({ waiting: 0, next: null, milliseconds: 3_600_000 });
  });

  test('paused nothing ends; a step ends exactly one, a time all that become due in it', async () => {
    const { clock, pass, ended, wait } = opened('paused');
    void wait(100, 'one');
    void wait(100, 'two');
    void wait(500, 'three');
    await pass(100_000);
    expect(ended).toEqual([]);
    expect(clock.state()).toEqual({
      mode: 'paused',
      milliseconds: 0,
      waiting: 3,
      next: { what: 'one', at: 100 },
    });
    expect(await clock.step()).toEqual({ what: 'one', at: 100 });
    expect(ended).toEqual(['one 100']);
    await clock.advance(399);
    expect(ended).toEqual(['one 100', 'two 100']);
    await clock.advance(1);
    expect(ended).toEqual(['one 100', 'two 100', 'three 500']);
    expect(await clock.step()).toBeNull();
    expect(clock.now()).toBe(500);
  });

  test('a step pauses a clock that runs', async () => {
    const { clock, ended, wait } = opened('real-time');
    void wait(1000, 'one');
    void wait(2000, 'two');
    expect(await clock.step()).toEqual({ what: 'one', at: 1000 });
    await turns(20);
    expect(clock.mode).toBe('paused');
    expect(ended).toEqual(['one 1000']);
  });

  test('a wait that is given up ends at once and no step meets it', async () => {
    const { clock, ended, wait } = opened('paused');
    const abort = new AbortController();
    void wait(100, 'given up', abort.signal);
    abort.abort();
    await turns();
    expect(ended).toEqual(['given up 0']);
    expect(clock.state().waiting).toBe(0);
    await clock.sleep(100, { signal: abort.signal });
  });

  test('what changes something waits for its turn while paused, a step each, and for nothing otherwise', async () => {
    const { clock, pass, ended } = opened('paused');
    const change = (what: string) => clock.turn(what)?.then(() => ended.push(`${what} ${clock.now()}`));
    void change('one');
    void change('two');
    await pass(100_000);
    expect(ended).toEqual([]);
    expect(clock.state()).toMatchObject({ waiting: 2, next: { what: 'one', at: 0 } });
    expect(await clock.step()).toEqual({ what: 'one', at: 0 });
    expect(ended).toEqual(['one 0']);
    clock.setMode('real-time');
    await pass(1);
    await turns();
    expect(ended.map((line) => line.slice(0, 3))).toEqual(['one', 'two']);
    expect(clock.turn('three')).toBeNull();
    clock.setMode('paused');
    const given = new AbortController();
    const up = clock.turn('four', given.signal);
    given.abort();
    await up;
    expect(clock.state().waiting).toBe(0);
  });

  test('who is in a hurry gets through a pause, and it holds again afterwards', async () => {
    const { clock, ended, wait } = opened('paused');
    void wait(100, 'one');
    const release = clock.hurry();
    await turns(20);
    expect(ended).toEqual(['one 100']);
    release();
    release();
    void wait(100, 'two');
    await turns(20);
    expect(ended).toEqual(['one 100']);
    expect(clock.state()).toMatchObject({ mode: 'paused', milliseconds: 100 });
    const other = opened('real-time');
    void other.wait(100, 'three');
    other.clock.hurry();
    await turns(20);
    expect(other.ended).toEqual(['three 100']);
  });

  test('what is announced is due like a wait', async () => {
    const { clock } = opened('paused');
    clock.announce(500, 'probe');
    expect(await clock.step()).toEqual({ what: 'probe', at: 500 });
  });

  test('it stands still when only time gets on with what waits', async () => {
    const { clock, wait } = opened('paused');
    const calm = new AbortController();
    const stands = clock.standsStill(calm.signal);
    void wait(10, 'one');
    expect(await stands).toBe(true);
    clock.setMode('as-fast-as-possible');
    const again = clock.standsStill(calm.signal);
    await turns(20);
    calm.abort();
    expect(await again).toBe(false);
  });

  test('time never runs backwards, whatever happens to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.constantFrom('real-time', 'ten-times', 'as-fast-as-possible', 'paused', 'step', 'hurry'),
            fc.integer({ min: 0, max: 1000 }),
          ),
          { maxLength: 12 },
        ),
        async (happenings) => {
          const { clock, pass } = opened('real-time');
          let last = 0;
          for (const what of happenings) {
            void clock.sleep(typeof what === 'number' ? what : 7);
            if (what === 'step') await clock.step();
            else if (what === 'hurry') clock.hurry()();
            else if (typeof what === 'number') await pass(what);
            else clock.setMode(what as ClockMode);
            expect(clock.microseconds()).toBeGreaterThanOrEqual(last);
            last = clock.microseconds();
          }
          expect(clock.toFile().microseconds).toBeGreaterThanOrEqual(last);
        },
      ),
      { numRuns: numRuns(30, 300) },
    );
  });

  test('it goes on where a file left off', async () => {
    const clock = new SimulatedClock(systemClock, { mode: 'paused', microseconds: 1500 });
    expect(clock.now()).toBe(1);
    expect(clock.toFile()).toEqual({ mode: 'paused', microseconds: 1500 });
    clock.setMode('real-time');
    await systemClock.sleep(2);
    expect(clock.microseconds()).toBeGreaterThan(1500);
  });
});

describe('work that gives way', () => {
  const longWork = {
    'in turns of its own': async () => {
      for (let turn = 0; turn < 50; turn += 1) await giveWay();
    },
    'in pieces': () =>
      inTurns(
        (function* () {
          for (let piece = 0; piece < 8; piece += 1) {
            const end = performance.now() + 11;
            while (performance.now() < end);
            yield;
          }
        })(),
      ),
  };

  for (const [how, work] of Object.entries(longWork))
    test(`${how} keeps time from jumping until it is done`, async () => {
      const { clock, ended, wait } = opened('as-fast-as-possible');
      const waiting = wait(60_000, 'the next wait');
      await work();
      expect([clock.now(), ended]).toEqual([0, []]);
      await waiting;
      expect(ended).toEqual(['the next wait 60000']);
    });
});
