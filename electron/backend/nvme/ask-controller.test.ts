import { beforeEach, describe, expect, it } from 'vitest';
import type { Fleet } from '#shared/fleet/schema.ts';
import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import { virtualizationManagement } from '#shared/nvme/commands/virtualization-management.ts';
import { type BerthError, fail, type Result, succeed } from '#shared/result.ts';
import { executeNvme } from '../console/commands/execute-nvme.ts';
import { parseNvme } from '../console/grammar/parse-nvme.ts';
import { createSimulatedConsole } from '../console/simulated-console.ts';
import { discoverFleet } from '../fleet/discovery.ts';
import { readGuestAnswers } from '../guest-view/guest-answers.ts';
import { viewAsGuest } from '../guest-view/view-as-guest.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import { createSimulatedFleet } from '../hosts/simulated/simulated-fleet.ts';
import { releaseProof } from '../migration/proof/source-proof.ts';
import { readBackState } from '../migration/read-back-state.ts';
import { findVsid } from '../procedures/find-vsid.ts';
import { SimulatedClock } from '../simulation/simulated-clock.ts';
import { createTestClock } from '../test-support/test-clock.ts';
import { checkLeaks } from '../virtual-subsystem/leak-check.ts';
import type { FleetConnections } from '../virtual-subsystem/predict-answers.ts';
import { askController, controllerToAsk } from './ask-controller.ts';

const timeoutMilliseconds = 7000;
const source = {
  kind: 'simulated',
  name: 'x',
  label: 'x',
  simulated: true,
  readOnly: null,
  seed: 1,
} as const;
const primaryId = 'hv-a/0000:41:00.0';
const otherId = 'hv-b/0000:01:00.0';
const memberId = `${primaryId}/3`;
const never = new Promise<never>(() => undefined);

/** Two simulated hosts whose controllers answer only so many commands, and a clock that jumps to what is due next. */
async function openHosts() {
  const clock = new SimulatedClock(createTestClock(), { mode: 'as-fast-as-possible', microseconds: 0 });
  const queues = { answered: 0, answers: Number.POSITIVE_INFINITY };
  const made = createSimulatedFleet(twoHosts.build(), {
    clock,
    trace: (queue) => ({
      ...queue,
      submit(command) {
        queues.answered += 1;
        return queues.answered > queues.answers ? never : queue.submit(command);
      },
    }),
  });
  if (!made.ok) throw new Error(made.error.message);
  const [first] = made.value.hosts;
  if (first === undefined) throw new Error('there is no host');
  const { fleet } = await discoverFleet(made.value.hosts, source);
  const connection = (id: string) => made.value.hosts.find((host) => host.id === id);
  const timeout = { timeoutMilliseconds, clock };
  const surroundings: FleetConnections = { fleet, connection, timeout };
  const asked = (queue: Result<AdminQueue>, object: string) => {
    if (!queue.ok) throw new Error(queue.error.message);
    return controllerToAsk(queue.value, object, timeout);
  };
  return {
    ...{ clock, queues, surroundings, timeout },
    host: createSimulatedConsole(first, { timeout }),
    controlling: asked(first.adminQueue('0000:41:00.0'), 'hv-a/nvme1'),
    guest: asked(first.guestQueue('0000:41:00.4'), 'hv-a VF 3'),
  };
}
/** A queue as a real controller has one. */
function lookedIntoByNobody(submit: AdminQueue['submit']): AdminQueue {
  return { submit, refusalOf: () => null };
}
type Hosts = Awaited<ReturnType<typeof openHosts>>;

/** A fleet with no free secondary online, so that only controlling functions can say what a guest would get. */
function withoutFree(fleet: Fleet): Fleet {
  const controllers = Object.entries(fleet.controllers).filter(
    ([, one]) => one.role !== 'secondary' || one.virtualSubsystemId !== null,
  );
  return { ...fleet, controllers: Object.fromEntries(controllers) };
}

/** Whatever asks controllers and answers with a result. */
const askings: Readonly<Record<string, (hosts: Hosts) => Promise<Result<unknown>>>> = {
  'guest view of Identify Controller': ({ surroundings }) =>
    viewAsGuest(surroundings, memberId, [otherId], 'identify-controller'),
  'guest view of the properties': ({ surroundings }) =>
    viewAsGuest(surroundings, memberId, [otherId], 'properties'),
  'guest view where only controlling functions can be asked': ({ surroundings }) =>
    viewAsGuest(
      { ...surroundings, fleet: withoutFree(surroundings.fleet) },
      ...([memberId, [otherId], 'configuration'] as const),
    ),
  'leak check': ({ surroundings }) => checkLeaks(surroundings, memberId, [primaryId, otherId]),
  'what a guest reads, for the proof': ({ guest }) => readGuestAnswers(guest),
  'search for a virtual subsystem': ({ controlling }) =>
    findVsid(controlling, 'nqn.2026-11.io.berth:tenant-web'),
};

let hosts: Hosts;
beforeEach(async () => {
  hosts = await openHosts();
  hosts.queues.answered = 0;
});

/** Asks after `answers` more answers, from when on no controller answers any more; with the time that it took. */
async function inSilence<T>(answers: number, ask: () => Promise<T>) {
  Object.assign(hosts.queues, { answered: 0, answers });
  const begin = hosts.clock.now();
  const answer = await ask();
  return { answer, milliseconds: hosts.clock.now() - begin };
}

describe('a controller that never answers', () => {
  it.each(Object.entries(askings))('%s: ends in time, whichever command it is silent at', async (_, ask) => {
    expect(await ask(hosts)).toMatchObject({ ok: true });
    const commands = hosts.queues.answered;
    expect(commands).toBeGreaterThan(0);
    for (let answers = 0; answers < commands; answers += 1) {
      const { answer, milliseconds } = await inSilence(answers, () => ask(hosts));
      expect(answer).toMatchObject({
        ok: false,
        error: {
          code: 'device-timeout',
          object: expect.stringMatching(/\bhv-[ab][/ ]/),
          field: expect.stringMatching(/^(Identify|Get |Virtual Subsystem Receive)/),
          fix: expect.stringMatching(/./),
        } satisfies Partial<Record<keyof BerthError, unknown>>,
      });
      expect(milliseconds).toBe(timeoutMilliseconds);
    }
  });

  it('is named in the proof, with what was asked', async () => {
    const released = await inSilence(0, () => releaseProof('virtual id 20', hosts.controlling, 3));
    expect(released.answer).toMatchObject({
      source: `unknown: hv-a/nvme1 did not answer Identify · Secondary Controller List within 7000 ms.`,
      equal: false,
    });
    const target = { cntlid: 3, bytes: 8192, vendorPart: false };
    const state = await inSilence(0, () => readBackState(hosts.controlling, target));
    expect([released.milliseconds, state.answer, state.milliseconds]).toEqual([7000, null, 7000]);
  });

  it('makes a console line fail as Linux does, and hides the attributes that it would tell', async () => {
    const parsed = parseNvme('2.3', ['id-ctrl', '/dev/nvme1']);
    if (!parsed.ok) throw new Error(parsed.error.message);
    const line = await inSilence(0, () => executeNvme(hosts.host, parsed.value, null));
    expect(line.answer).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('Interrupted system call'),
    });
    // The driver keeps what the controller said of itself when it started, so reading that takes no command.
    const read = async () => hosts.host.sysfs.read('/sys/class/nvme/nvme1/serial');
    const attribute = await inSilence(0, read);
    expect([line.milliseconds, attribute.answer, attribute.milliseconds]).toEqual([
      7000,
      { ok: true, text: 'BR7-S6XW0042\n' },
      0,
    ]);
  });
});

describe('a controller that answers', () => {
  const question = {
    command: identifyCommand(identifyStructures.controller),
    what: 'Identify Controller',
    decode: (data: Uint8Array) => succeed(data.length),
  };

  it('holds no time up', async () => {
    const { answer, milliseconds } = await inSilence(1, () => askController(hosts.controlling, question));
    expect([answer, milliseconds, hosts.clock.state().waiting]).toEqual([succeed(4096), 0, 0]);
  });

  it('but without a completion is believed before its time is over', async () => {
    const gone = fail('not-found', 'gone', { object: 'hv-a/nvme1' });
    const controller = controllerToAsk(
      lookedIntoByNobody(async () => gone),
      'hv-a/nvme1',
      hosts.timeout,
    );
    expect(await askController(controller, question)).toEqual(gone);
  });

  it('too late is not heard any more', async () => {
    const { clock, timeout } = hosts;
    const late = lookedIntoByNobody(async () => {
      await clock.sleep(timeoutMilliseconds + 1);
      return succeed({ sct: 0, sc: 0, dnr: false, dw0: 0 });
    });
    expect(await askController(controllerToAsk(late, 'hv-a/nvme1', timeout), question)).toMatchObject({
      ok: false,
      error: { code: 'device-timeout', object: 'hv-a/nvme1', field: expect.stringContaining('Identify') },
    });
  });
});

describe('a controller that refuses', () => {
  const question = {
    command: virtualizationManagement.encode({ cntlid: 9999, rt: 0, act: 9, nr: 0 }),
    what: 'Virtualization Management',
    decode: () => succeed(null),
  };

  it('says why, from the state that it is in', async () => {
    expect(await askController(hosts.controlling, question)).toMatchObject({
      error: {
        code: 'device-status',
        message: expect.stringMatching(
          /Invalid Controller Identifier \(411Fh\)\. There is no controller CNTLID 9999 in the NVM subsystem of \/dev\/nvme1 /,
        ),
        fix: expect.stringMatching(/^Give one of the secondary controllers of \/dev\/nvme1 .*\.$/),
      },
    });
  });

  it('and cannot be looked into has what is known of the status, and for the command', async () => {
    const real = controllerToAsk(lookedIntoByNobody(hosts.controlling.submit), 'real', hosts.timeout);
    expect(await askController(real, question)).toMatchObject({
      error: {
        message: 'real refused Virtualization Management: Invalid Controller Identifier (411Fh).',
        fix: expect.stringMatching(/^Enable the virtual functions first: .*; look at cat .*sriov_numvfs/),
      },
    });
  });
});
