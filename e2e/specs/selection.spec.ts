import type { Fleet } from '#shared/fleet/schema.ts';
import { expect, test } from '../fixtures.ts';
import { lastRun, readFleet, readHistory } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';

const size = { width: 1440, height: 900 };

test('a whole selection changes in one procedure, says what it leaves, and is undone at once', async ({
  launch,
}) => {
  const { page } = await launch({ size });
  const frame = new FramePage(page);
  const topology = new TopologyPage(page);
  const start = await readFleet(page);
  await topology.show('List');
  await topology.selectRows('hv-a/nvme1', 'VF 6 of hv-a/nvme1');
  await topology.chooseForSelection('VF 6 of hv-a/nvme1', 'Offline… (6 of 7)');

  const sheet = frame.dialog(/^Take \d secondary controllers offline|^Take VF \d+ and VF \d+ offline/);
  const left = sheet.getByRole('note').filter({ hasText: 'What this leaves as it is' });
  await expect(left).toContainText('1 selected object is not a secondary controller.');
  const idle = Object.values(start.controllers).filter(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.vfn <= 6 && !one.online,
  );
  await expect(left).toContainText(`${idle.length} controllers are already offline and stay as they are`);
  await frame.apply();
  await expect.poll(async () => (await lastRun(page)).status).toBe('done');
  const after = Object.values((await readFleet(page)).controllers);
  expect(
    after.filter(
      (one) => one.role === 'secondary' && one.primaryId.startsWith('hv-a') && one.vfn <= 6 && one.online,
    ),
  ).toEqual([]);
  expect(await readHistory(page)).toHaveLength(1);

  await page.keyboard.press('Control+Z');
  await expect.poll(async () => (await lastRun(page)).plan.title).toMatch(/^Undo: Take /);
  await expect.poll(async () => (await lastRun(page)).status).toBe('done');
  await expect.poll(async () => comparable(await readFleet(page))).toEqual(comparable(start));
  expect(await readHistory(page)).toHaveLength(2);
});

/** Without the order in which a hypervisor lists the devices of a machine, which detaching and attaching changes. */
function comparable(fleet: Fleet): Fleet {
  const machines = Object.entries(fleet.virtualMachines).map(([id, machine]) => [
    id,
    { ...machine, deviceIds: machine.deviceIds.toSorted() },
  ]);
  return { ...fleet, virtualMachines: Object.fromEntries(machines) };
}
