import { expect, test } from 'vitest';
import { SimulatedClock } from '../../../simulation/simulated-clock.ts';
import { createTestClock } from '../../../test-support/test-clock.ts';
import { twoDrives } from '../../../test-support/two-drives.ts';
import { createSimulatedFleet } from '../simulated-fleet.ts';

const blocks = 2 ** 17;
const memoryBytes = 2 ** 29;
const never = new AbortController().signal;

/** Milliseconds until everything that is wanted of a guest that stands still has arrived. */
async function time(wanted: { readonly memory: boolean; readonly userData: boolean }): Promise<number> {
  const clock = new SimulatedClock(createTestClock(), { mode: 'as-fast-as-possible', microseconds: 0 });
  const simulated = createSimulatedFleet(twoDrives({ blocks, memoryBytes, workload: null }), {
    clock,
    trace: (queue) => queue,
  });
  if (!simulated.ok) throw new Error(simulated.error.message);
  const [here, there] = simulated.value.hosts;
  const guest = here?.virtualMachines.machines.get('db-primary');
  if (here === undefined || there === undefined || guest === undefined) throw new Error('two hosts');
  await here.virtualMachines.pause(guest.name);
  for (const { controller } of guest.devices) controller.suspended = true;
  const { name, vcpus } = guest;
  await there.virtualMachines.createIncoming({ name, vcpus, memoryBytes });
  const begun = clock.microseconds();
  const sendMemory = () =>
    here.virtualMachines.sendMemory(name, there.virtualMachines, () => undefined, never);
  const sendUserData = () =>
    here.userData.copy(
      {
        from: { address: '0000:41:00.0', nsid: 2 },
        to: { address: '0000:01:00.0', nsid: 2, host: there.userData },
        writer: { cntlid: 3, is: 'suspended' },
        ranges: [{ from: 0, to: blocks }],
      },
      () => undefined,
      never,
    );
  const ways = [...(wanted.memory ? [sendMemory()] : []), ...(wanted.userData ? [sendUserData()] : [])];
  const sent = await Promise.all(ways);
  expect(sent.map((one) => (one.ok ? '' : one.error.message))).toEqual(ways.map(() => ''));
  return (clock.microseconds() - begun) / 1000;
}

test('memory and user data share the link: at once they take as long as one after the other', async () => {
  const memory = await time({ memory: true, userData: false });
  const userData = await time({ memory: false, userData: true });
  const both = await time({ memory: true, userData: true });
  expect(memory).toBeGreaterThan(100);
  expect(userData).toBeGreaterThan(100);
  expect(both / (memory + userData)).toBeGreaterThan(0.97);
  expect(both / (memory + userData)).toBeLessThan(1.03);
});
