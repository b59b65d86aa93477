import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../system-clock.ts';
import { openTestTerminal } from '../test-support/open-terminal.ts';
import { ended, openSimulatedBackend } from '../test-support/simulated-backend.ts';

const capture = path.join(import.meta.dirname, '../../../e2e/captures/02-sriov-4vf');

describe('a terminal', () => {
  it('runs lines on the host, whose fleet and trace follow', async () => {
    const backend = await openSimulatedBackend();
    const terminal = await openTestTerminal(backend);
    const free = Object.values((await backend.fleet()).controllers).find(
      (one) => one.role === 'secondary' && one.hostId === 'hv-a' && !one.online && one.pciAddress !== null,
    );
    const { cntlid = 0, id = '' } = free ?? {};
    const lines = `nvme virt-mgmt /dev/nvme1 -c ${cntlid} -r 0 -a 8 -n 2; nvme virt-mgmt /dev/nvme1 -c ${cntlid} -r 1 -a 8 -n 1`;
    expect(await terminal.run(lines)).toContain('success, Number of Controller Resources Modified (NRM):0x2');
    expect((await backend.fleet()).controllers[id]).toMatchObject({ nvq: 2, nvi: 1 });
    // What is refused says why in this fleet.
    const refused = await terminal.run('nvme virt-mgmt /dev/nvme1 -c 40 -a 9');
    expect(refused).toContain('Invalid Secondary Controller State');
    expect(refused).toMatch(/Cause: .*VF 40/);
    const { entries } = await backend.ask('trace:recent', { limit: 2000 });
    expect(entries.filter(({ opcode, hostId }) => opcode === 0x1c && hostId === 'hv-a')).toHaveLength(3);
  });

  it('keeps variables, completes, has a history, and ends with exit', async () => {
    const backend = await openSimulatedBackend();
    const terminal = await openTestTerminal(backend);
    expect(await terminal.run('n=5; cd /sys/class/nvme')).toBe('');
    expect(await terminal.run('echo $n; pwd')).toBe('5\n/sys/class/nvme\n');
    const before = terminal.text().length;
    await terminal.type('\x1b[A');
    await terminal.until('echo $n; pwd', before);
    await terminal.type('\x03');
    await terminal.type('modpr\t');
    await terminal.until('modprobe ', before);
    await terminal.type('\x03exit\r');
    await expect.poll(() => backend.events.some(({ channel }) => channel === 'terminal:ended')).toBe(true);
    expect(
      await backend.refusal('terminal:type', { sessionId: terminal.sessionId, data: 'x' }),
    ).toMatchObject({ code: 'not-found' });
  });

  it('is stopped by Ctrl-C, by itself and while the clock stands still', async () => {
    const backend = await openSimulatedBackend();
    const terminal = await openTestTerminal(backend);
    for (const milliseconds of [0, 50]) {
      const begun = terminal.text().length;
      await terminal.type('while true; do :; done\r');
      await systemClock.sleep(milliseconds);
      await terminal.type('\x03');
      await terminal.until(/sh: interrupted.*\s.*# $/, begun);
    }
    await backend.ask('simulation:set-clock', { mode: 'paused' });
    const before = terminal.text().length;
    await terminal.type('echo 1 > /sys/class/nvme/nvme1/device/sriov_drivers_autoprobe\r');
    await systemClock.sleep(50);
    await terminal.type('\x03');
    await terminal.until(/sh: interrupted.*\s.*# $/, before);
    expect(await terminal.run('echo on')).toBe('on\n');
  });

  it('does not suspend Berth with Ctrl-Z', async () => {
    const backend = await openSimulatedBackend();
    const terminal = await openTestTerminal(backend);
    await terminal.type('\x1a');
    expect(await terminal.run('echo here')).toContain('here');
  });

  it('waits for a page that does not show what it prints', async () => {
    const backend = await openSimulatedBackend();
    const terminal = await openTestTerminal(backend, 'hv-a', { takes: false });
    await terminal.type(`for i in $(seq 1 20000); do echo "$i ${'x'.repeat(80)}"; done\r`);
    const sent = () => terminal.output().join('').length;
    await expect.poll(sent, { timeout: 8000 }).toBeGreaterThan(131_071);
    const held = sent();
    await systemClock.sleep(100);
    expect(sent()).toBe(held);
    expect(held).toBeLessThan(200_000);
    await backend.ask('terminal:shown', { sessionId: terminal.sessionId, characters: held });
    await expect.poll(sent, { timeout: 8000 }).toBeGreaterThan(held);
    await terminal.type('\x03');
  });

  it('takes no more than is bearable ahead, but Ctrl-C', async () => {
    const backend = await openSimulatedBackend();
    const { type, sessionId, until } = await openTestTerminal(backend);
    await type('while true; do :; done\r');
    const data = 'echo ahead\r'.repeat(1400);
    for (let round = 0; round < 17; round += 1) await type(data);
    expect(await backend.refusal('terminal:type', { sessionId, data })).toMatchObject({ code: 'busy' });
    await type('\x03');
    await until('sh: interrupted');
  });
});

describe('a terminal and a procedure', () => {
  it('do not change one host at the same time', async () => {
    const backend = await openSimulatedBackend();
    const terminal = await openTestTerminal(backend);
    const autoprobe = '/sys/class/nvme/nvme1/device/sriov_drivers_autoprobe';
    await terminal.type(`echo 1 > ${autoprobe}; echo $((40 + 2)); while true; do sleep 1; done\r`);
    await terminal.until(/^42/m);
    const refused = await backend.assign();
    expect(refused).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('A line of the terminal of hv-a is running: echo 1 >') },
    });
    await terminal.type('\x03');
    await terminal.until(/sh: interrupted.*\s.*# $/);
    expect(await terminal.run('true')).toBe('');
    await backend.ask('simulation:set-clock', { mode: 'paused' });
    const started = await backend.assign();
    if (!started.ok) throw new Error(started.error.message);
    const said = await terminal.run(`echo 0 > ${autoprobe}; cat ${autoprobe}; nvme reset /dev/nvme1`);
    expect(said).toContain('Device or resource busy');
    expect(said).toContain(`“${started.value.plan.title}” is running on hv-a`);
    expect(said).toMatch(/^1$/m);
    await backend.ask('simulation:set-clock', { mode: 'as-fast-as-possible' });
    await backend.until(started.value.id, ended);
    await expect.poll(() => backend.backend.runningProcedures()).toEqual([]);
    expect(await terminal.run(`echo 0 > ${autoprobe}; cat ${autoprobe}`)).toBe('0\n');
  });

  it('ends when another fleet is opened', async () => {
    const backend = await openSimulatedBackend();
    const terminal = await openTestTerminal(backend);
    await terminal.type('while true; do sleep 1; done\r');
    await backend.ask('fleet:open', { kind: 'path', path: capture });
    await expect.poll(() => backend.events.some(({ channel }) => channel === 'terminal:ended')).toBe(true);
  });

  it('is not there for a capture, but for its twin', async () => {
    const backend = await openSimulatedBackend();
    await backend.ask('fleet:open', { kind: 'path', path: capture });
    const size = { columns: 80, rows: 24 };
    expect(await backend.refusal('terminal:open', { hostId: '02-sriov-4vf', ...size })).toMatchObject({
      code: 'not-supported',
      fix: 'Open the capture as a simulated twin.',
    });
    await backend.ask('fleet:open', { kind: 'path', path: capture, as: 'twin' });
    const [hostId = ''] = Object.keys((await backend.fleet()).hosts);
    expect(await (await openTestTerminal(backend, hostId)).run('ls /dev/nvme0')).toBe('/dev/nvme0\n');
  });
});
