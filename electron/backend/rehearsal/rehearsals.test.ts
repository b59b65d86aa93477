import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { systemClock } from '../system-clock.ts';
import {
  goOnToEnd as on,
  rehearse,
  hostSecondaries as secondaries,
  goOneStep as step,
} from '../test-support/rehearse.ts';
import { openSimulatedBackend } from '../test-support/simulated-backend.ts';

describe('a rehearsal', () => {
  it('runs on a copy: the difference names lines, the real fleet and its trace know nothing', async () => {
    const probe = await openSimulatedBackend();
    const before = await probe.fleet();
    const free = secondaries(before).find(
      ({ online, virtualMachineId }) => !online && virtualMachineId === null,
    );
    const cntlid = free?.cntlid ?? 0;
    await probe.close();
    const { backend, id, go } = await rehearse([
      '#!/bin/sh',
      'DEV=/dev/nvme1',
      'give() {',
      '  nvme virt-mgmt $DEV -c $1 -r 0 -a 8 -n 2',
      '  nvme virt-mgmt $DEV -c $1 -r 1 -a 8 -n 1',
      '}',
      `give ${cntlid}`,
      'nvme virt-mgmt $DEV -c 65000 -a 9',
      'echo 9999 > /sys/class/nvme/nvme1/device/sriov_numvfs',
      'nvme id-ctrl /dev/nvme77',
      'echo told >&2',
    ]);
    const { entries: traced } = await backend.ask('trace:recent', { limit: 2000 });
    const end = await go(on);
    expect(end).toMatchObject({
      status: 'ended',
      end: { kind: 'done', exit: 0 },
      copyOf: { name: 'two-hosts', twin: false },
      counts: { commands: 3, changes: 1, refused: 3 },
      interrupted: [],
    });
    const changed = end.difference.find((object) => object.id === free?.id);
    expect(changed).toMatchObject({ kind: 'changed', lines: [4, 5] });
    expect(changed?.fields).toEqual([
      { name: 'VQ', before: '0', after: '2' },
      { name: 'VI', before: '0', after: '1' },
    ]);
    const line = (number: number) => end.lines.find((each) => each.line === number);
    expect(line(4)).toMatchObject({ passes: 1, commands: 1, refused: false });
    expect(line(8)).toMatchObject({
      refused: true,
      said: expect.stringContaining('NVMe status: '),
      cause: expect.stringMatching(
        /^There is no controller CNTLID 65000 in the NVM subsystem of \/dev\/nvme1 /,
      ),
    });
    expect(line(9)).toMatchObject({
      refused: true,
      said: expect.stringContaining('Numerical result out of range'),
      cause: expect.stringContaining('64 virtual functions (sriov_totalvfs)'),
    });
    expect(line(10)).toMatchObject({ refused: true, said: expect.stringContaining('nvme77') });
    expect(line(11)).toMatchObject({ refused: false, said: 'told\n' });
    expect(end.acts.map(({ line: at, what, ok }) => [at, what, ok])).toEqual([
      [4, '1Ch', true],
      [5, '1Ch', true],
      [8, '1Ch', false],
      [9, 'sysfs', false],
    ]);
    expect(await backend.fleet()).toEqual(before);
    expect((await backend.ask('trace:recent', { limit: 2000 })).entries).toHaveLength(traced.length);

    const subject = { kind: 'rehearsal', rehearsalId: id } as const;
    const html = await backend.ask('report:render', { subject, format: 'html' });
    expect(html.text).toContain('SIMULATED FLEET · two-hosts');
    expect(html.text).toContain('The real fleet is untouched.');
    const json = JSON.parse((await backend.ask('report:render', { subject, format: 'json' })).text);
    expect(json).toMatchObject({ kind: 'rehearsal', fleet: { simulated: true } });
  });

  it('goes step by step, and to a line', async () => {
    const { go } = await rehearse(['echo one', '', 'for i in 1 2; do', '  echo $i', 'done', 'echo last']);
    expect(await go(step)).toMatchObject({ status: 'paused', at: 1, threat: null, lines: [] });
    const second = await go(step);
    expect(second).toMatchObject({ at: 4 });
    expect(second.lines).toMatchObject([{ line: 1, passes: 1, printed: 'one\n' }]);
    expect(await go(step)).toMatchObject({ status: 'paused', at: 4 });
    const last = await go({ ...on, how: 'to-line', line: 6 });
    expect(last).toMatchObject({ status: 'paused', at: 6 });
    expect(last.lines.find(({ line }) => line === 4)).toMatchObject({ passes: 2, printed: '1\n2\n' });
    expect(await go(on)).toMatchObject({ status: 'ended', end: { kind: 'done' } });
  });

  it('pauses before the line that would interrupt a guest, and leaves it out where that is wished', async () => {
    const probe = await openSimulatedBackend();
    const fleet = await probe.fleet();
    const used = secondaries(fleet).find(({ virtualMachineId }) => virtualMachineId !== null);
    const guest = fleet.virtualMachines[used?.virtualMachineId ?? '']?.name ?? '';
    await probe.close();
    const lines = ['echo begin', `nvme virt-mgmt /dev/nvme1 -c ${used?.cntlid} -a 7`, 'echo end'];
    const first = await rehearse(lines);
    const paused = await first.go(on);
    expect(paused).toMatchObject({ status: 'paused', at: 2 });
    expect(paused.threat?.guests.map(({ title }) => title)).toEqual([guest]);
    expect(paused.threat?.losses[0]).toContain(guest);
    const left = await first.go({ ...on, skip: 'change' });
    expect(left).toMatchObject({ status: 'ended', interrupted: [], difference: [] });
    expect(left.lines.find(({ line }) => line === 2)).toMatchObject({ skipped: true });
    await first.backend.close();

    const second = await rehearse(lines);
    const done = await second.go({ ...on, pauseBeforeInterruption: false });
    expect(done.interrupted).toMatchObject([{ line: 2, threat: { guests: [{ title: guest }] } }]);
    expect(done.difference.find(({ id }) => id === used?.id)?.lines).toEqual([2]);
  });

  it('is stopped, says of what is no script where it is none, and ends with its fleet', async () => {
    const endless = await rehearse(['while true; do', '  true', 'done']);
    await endless.backend.ask('rehearsal:go-on', { id: endless.id, ...on });
    await systemClock.sleep(100);
    await endless.backend.ask('rehearsal:stop', { id: endless.id });
    await expect
      .poll(() => endless.newest().end)
      .toMatchObject({ kind: 'stopped', words: expect.stringMatching(/^It stopped in line [12]: /) });

    const { backend } = endless;
    const wrong = await backend.ask('rehearsal:start', {
      name: 'x.sh',
      text: 'echo a\nfi\n',
      hostId: 'hv-a',
      nvme: '2.3',
    });
    await backend.ask('rehearsal:go-on', { id: wrong.id, ...on });
    const end = () =>
      backend.events.flatMap(({ channel, event }) =>
        channel === 'rehearsal:changed' ? [event as Rehearsal] : [],
      );
    await expect
      .poll(() => end().findLast(({ id }) => id === wrong.id)?.end)
      .toMatchObject({ kind: 'not-a-script', line: 2 });

    const capture = path.join(import.meta.dirname, '../../../e2e/captures/02-sriov-4vf');
    await backend.ask('fleet:open', { kind: 'path', path: capture });
    expect(await backend.refusal('rehearsal:stop', { id: wrong.id })).toMatchObject({ code: 'not-found' });
    const [hostId = ''] = Object.keys((await backend.fleet()).hosts);
    const twin = await backend.ask('rehearsal:start', {
      name: 'x.sh',
      text: 'nvme list',
      hostId,
      nvme: '2.3',
    });
    expect(twin).toMatchObject({ copyOf: { twin: true }, status: 'ready' });
  });

  it('runs on the twin of a host that outputs in several files show', async () => {
    const backend = await openSimulatedBackend();
    const outputs = path.join(import.meta.dirname, '../../../e2e/outputs/nvme-cli');
    const paths = ['list-v-3.0.json', 'id-ctrl-H.txt'].map((name) => path.join(outputs, name));
    await backend.ask('fleet:open', { kind: 'paths', paths });
    const [hostId = ''] = Object.keys((await backend.fleet()).hosts);
    const twin = await backend.ask('rehearsal:start', {
      ...{ name: 'x.sh', text: 'nvme list', nvme: '2.3', hostId },
    });
    expect(twin).toMatchObject({ copyOf: { twin: true }, status: 'ready' });
  });

  it('that loops for ever is stopped by itself, and others have their turn meanwhile', async () => {
    const { backend, go } = await rehearse(['while true; do', '  echo again', 'done']);
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 20);
    const end = await go(on);
    clearInterval(timer);
    expect(end.end).toMatchObject({ kind: 'stopped', line: 2 });
    expect(turns).toBeGreaterThan(2);
    expect((await backend.fleet()).source.name).toBe('two-hosts');
    // Ten thousand rounds on a machine that does other things besides.
  }, 30_000);

  it('takes no script that is none by its bytes', async () => {
    const backend = await openSimulatedBackend();
    const script = { name: 'x.sh', text: 'echo \0', hostId: 'hv-a', nvme: '2.3' } as const;
    expect(await backend.refusal('rehearsal:start', script)).toMatchObject({ code: 'invalid-request' });
  });
});
