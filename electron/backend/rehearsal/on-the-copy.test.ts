import { describe, expect, it } from 'vitest';
import type { SecondaryController } from '#shared/fleet/schema.ts';
import { fleetDifference } from '#shared/rehearsal/difference.ts';
import { systemClock } from '../system-clock.ts';
import { openTestTerminal } from '../test-support/open-terminal.ts';
import { goOneStep, goOnToEnd, hostSecondaries, rehearse } from '../test-support/rehearse.ts';
import { ended, openSimulatedBackend } from '../test-support/simulated-backend.ts';
import { sendTo, startReviewed } from '../test-support/start-reviewed.ts';

/** Free functions of hv-a, and one that a guest has. */
async function functions(): Promise<{ free: SecondaryController[]; used: SecondaryController }> {
  const probe = await openSimulatedBackend();
  const all = hostSecondaries(await probe.fleet());
  await probe.close();
  const free = all.filter(({ online, virtualMachineId }) => !online && virtualMachineId === null);
  const used = all.find(({ virtualMachineId }) => virtualMachineId !== null);
  if (free.length < 3 || used === undefined) throw new Error('The fleet has too few functions.');
  return { free, used };
}

describe('a terminal on the copy', () => {
  it('changes the copy by hand while the script is paused, and nothing while it runs', async () => {
    const { free } = await functions();
    const { backend, id, go, newest } = await rehearse([
      'echo begin',
      `nvme virt-mgmt /dev/nvme1 -c ${free[0]?.cntlid} -r 0 -a 8 -n 2`,
      'while true; do',
      '  true',
      'done',
    ]);
    const before = await backend.fleet();
    await go(goOneStep);
    const terminal = await openTestTerminal(backend, 'hv-a', { rehearsalId: id });
    expect(terminal.text()).toContain('root@hv-a (copy) ~ #');
    const line = `nvme virt-mgmt /dev/nvme1 -c ${free[1]?.cntlid} -r 0 -a 8 -n 3`;
    expect(await terminal.run(line)).toContain('(NRM):0x3');
    await expect
      .poll(() => newest().difference.find((object) => object.id === free[1]?.id))
      .toMatchObject({ lines: [], typed: true, fields: [{ name: 'VQ', before: '0', after: '3' }] });
    expect(newest().drives.flatMap((drive) => drive.functions.filter((one) => one.changed))).toMatchObject([
      { id: free[1]?.id, vq: 3, online: false, lines: [] },
    ]);

    // While a line of it runs, the script stays where it is.
    await terminal.type('while true; do true; done\r');
    await systemClock.sleep(50);
    expect(await backend.refusal('rehearsal:go-on', { id, ...goOnToEnd })).toMatchObject({ code: 'busy' });
    await terminal.type('\x03');
    await terminal.until(/interrupted[\s\S]*# $/);

    await backend.ask('rehearsal:go-on', { id, ...goOnToEnd });
    await expect.poll(() => newest().status).toBe('running');
    expect(await terminal.run(line)).toContain('The script runs on this copy');
    await backend.ask('rehearsal:stop', { id });
    expect(await backend.fleet()).toEqual(before);
  });

  it('ends with its rehearsal', async () => {
    const { backend, id } = await rehearse(['echo one']);
    const { sessionId } = await openTestTerminal(backend, 'hv-a', { rehearsalId: id });
    await backend.ask('rehearsal:start', { name: 'x.sh', text: 'echo', hostId: 'hv-a', nvme: '2.3' });
    await expect
      .poll(() => backend.events.filter(({ channel }) => channel === 'terminal:ended'))
      .toEqual([{ channel: 'terminal:ended', event: { sessionId } }]);
    const size = { columns: 80, rows: 24 };
    const gone = await backend.refusal('terminal:open', { hostId: 'hv-a', rehearsalId: id, ...size });
    expect(gone).toMatchObject({ code: 'not-found' });
  });

  it('has the nvme-cli of its rehearsal, and one on the host that of its own', async () => {
    const { backend, id, go } = await rehearse(['nvme version'], '3.0');
    expect((await go(goOnToEnd)).lines).toMatchObject([{ printed: 'nvme version 3.0 (simulated)\n' }]);
    const onCopy = await openTestTerminal(backend, 'hv-a', { rehearsalId: id });
    expect(await onCopy.run('nvme version')).toContain('3.0');
    const onHost = await openTestTerminal(backend, 'hv-a', { nvme: '2.16' });
    expect(await onHost.run('nvme version')).toContain('2.16');
  });
});

describe('a line that is left out for good', () => {
  it('is asked about once, and changes nothing however often it comes', async () => {
    const { used } = await functions();
    const { go } = await rehearse([
      'for i in 1 2 3; do',
      `  nvme virt-mgmt /dev/nvme1 -c ${used.cntlid} -a 7`,
      'done',
    ]);
    const paused = await go(goOnToEnd);
    expect(paused).toMatchObject({ status: 'paused', at: 2, leftOut: [] });
    expect(paused.threat?.functionIds).toEqual([used.id]);
    expect(paused.drives[0]?.functions.filter(({ threatened }) => threatened)).toMatchObject([
      { id: used.id, changed: false },
    ]);
    const end = await go({ ...goOnToEnd, skip: 'line' });
    expect(end).toMatchObject({ status: 'ended', leftOut: [2], interrupted: [], difference: [], drives: [] });
    expect(end.lines.find(({ line }) => line === 2)).toMatchObject({ passes: 3, skipped: true });
  });
});

describe('what was rehearsed', () => {
  it('is a procedure that brings the real fleet to the same state, and names what it leaves', async () => {
    const { free, used } = await functions();
    const [one, other] = free;
    const { backend, id, go } = await rehearse([
      'DEV=/dev/nvme1',
      `nvme virt-mgmt $DEV -c ${one?.cntlid} -r 1 -a 8 -n 2`,
      `nvme virt-mgmt $DEV -c ${one?.cntlid} -r 0 -a 8 -n 4`,
      `nvme virt-mgmt $DEV -c ${one?.cntlid} -a 9`,
      `nvme virt-mgmt $DEV -c ${other?.cntlid} -r 0 -a 8 -n 3`,
      `nvme attach-ns $DEV -n 1 -c ${one?.cntlid}`,
      `echo ${one?.pciAddress} > /sys/bus/pci/drivers/nvme/bind`,
      `nvme virt-mgmt $DEV -c ${used.cntlid} -a 7`,
    ]);
    const end = await go({ ...goOnToEnd, pauseBeforeInterruption: false });
    const before = await backend.fleet();
    const { intent, left } = await backend.ask('rehearsal:change', { id });
    expect(left.join('\n')).toContain('is in a guest, so it stays as it is');
    if (intent === null) throw new Error('Nothing can be planned.');
    expect(await backend.fleet()).toEqual(before);
    const run = await startReviewed(sendTo(backend.backend.handlers), intent);
    if (!run.ok) throw new Error(run.error.message);
    await backend.until(run.value.id, ended);
    const real = fleetDifference(before, await backend.fleet());
    for (const { id: objectId } of [one, other].flatMap((each) => each ?? [])) {
      const wanted = end.difference.find((object) => object.id === objectId);
      expect(wanted?.fields.length).toBeGreaterThan(0);
      expect(real.find((object) => object.id === objectId)?.fields).toEqual(wanted?.fields);
    }
    expect(real.find((object) => object.id === used.id)).toBeUndefined();
  });
});
