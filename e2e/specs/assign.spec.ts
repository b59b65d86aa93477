import type { Page } from '@playwright/test';
import type { Fleet } from '#shared/fleet/schema.ts';
import { expect, test } from '../fixtures.ts';
import { expectFleet, lastRun, readFleet, readHistory } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';

const size = { width: 1440, height: 900 };
const secondary = 'VF 5 of hv-a/nvme1';
const subsystem = 'Virtual subsystem my_v_nqn_1 on hv-a';

const ways: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async 'by drag'(page) {
    const topology = new TopologyPage(page);
    await topology.drag(topology.item(secondary), topology.item(subsystem));
    await new FramePage(page).apply();
  },
  async 'by menu'(page) {
    const topology = new TopologyPage(page);
    await topology.choose(topology.item(secondary), 'Assign to…');
    const dialog = page.getByRole('dialog', { name: `Assign ${secondary} to…` });
    await dialog.getByRole('button', { name: /my_v_nqn_1/ }).click();
    await new FramePage(page).apply();
  },
  async 'by keyboard'(page) {
    const topology = new TopologyPage(page);
    await page.getByRole('radiogroup', { name: 'View' }).getByRole('radio', { name: 'Graph' }).focus();
    while (!(await page.getByRole('tree').evaluate((tree) => tree.contains(document.activeElement))))
      await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    await topology.walkTo(topology.item('Primary controller hv-a/nvme1'), 'ArrowDown');
    await topology.walkTo(topology.item('VF 5 of hv-a/nvme1'), 'ArrowRight');
    await page.keyboard.press('Space');
    const carrying = page.getByRole('status').filter({ hasText: `${secondary} →` });
    await expect(carrying).toBeVisible();
    for (let press = 0; press < 10 && !/my_v_nqn_1/.test((await carrying.textContent()) ?? ''); press += 1)
      await page.keyboard.press('ArrowRight');
    await expect(carrying).toContainText('my_v_nqn_1');
    await page.keyboard.press('Enter');
    const apply = page.getByRole('button', { name: 'Apply' });
    await expect(apply).toBeFocused();
    await expect(apply).toBeEnabled();
    await page.keyboard.press('Enter');
  },
};

test.describe('one assignment, three ways', () => {
  /** What each way came to, for all to be compared when the last has run. */
  const made = new Map<string, { readonly fleet: Fleet; readonly steps: readonly string[] }>();
  // One worker and one attempt for all three, or there would be nothing to compare.
  test.describe.configure({ mode: 'serial' });

  for (const [name, assign] of Object.entries(ways)) {
    test(`${name}, and undone`, async ({ launch }) => {
      const { page } = await launch({ size });
      const frame = new FramePage(page);
      const topology = new TopologyPage(page);
      const start = await readFleet(page);
      await assign(page);
      await expect(topology.item(secondary)).toHaveAccessibleName(/Online · in my_v_nqn_1 as 22/);
      const done = frame.notice(/steps done and read back/);
      await expect(done).toBeVisible();

      const run = await lastRun(page);
      expect(run.status).toBe('done');
      const fleet = await readFleet(page);
      expect(fleet).not.toEqual(start);
      const steps = run.plan.steps.map((step) => [step.words, ...step.commandLines].join('\n'));
      expect(steps.length).toBeGreaterThan(0);
      made.set(name, { fleet, steps });

      await done.getByRole('button', { name: 'Undo' }).click();
      await expectFleet(page, start);
      await expect(topology.item(secondary)).toHaveAccessibleName(/Offline · free/);
      expect((await readHistory(page)).map(({ status }) => status)).toEqual(['done', 'done']);
    });
  }

  test('all come to the same fleet by the same steps', () => {
    expect([...made.keys()]).toEqual(Object.keys(ways));
    const [first, ...others] = made.values();
    for (const other of others) expect(other).toEqual(first);
  });
});

test('illegal targets say why, and nothing happens', async ({ launch }) => {
  const { page } = await launch({ size });
  const frame = new FramePage(page);
  const topology = new TopologyPage(page);
  const start = await readFleet(page);

  const foreign = topology.item('VF 3 of hv-b/nvme2');
  await page.getByRole('button', { name: 'Fit' }).click();
  await topology.drag(foreign, topology.item('Virtual subsystem build on hv-b'));
  await expect(frame.notice(/Not possible: .*build/)).toContainText(/primary/);

  await topology.drag(topology.item(secondary), topology.item('Virtual subsystem build on hv-b'));
  await expect(frame.notice('Not possible: the target is on another host')).toBeVisible();

  await topology.choose(foreign, 'Assign to…');
  const refused = page.getByRole('dialog').getByRole('button', { name: /build/ }).first();
  await expect(refused).toHaveAttribute('aria-disabled', 'true');
  await expect(refused).toContainText(/primary/);
  expect(await readFleet(page)).toEqual(start);
  expect(await readHistory(page)).toEqual([]);
});

test('with "Apply at once" a drop runs without review', async ({ launch }) => {
  const { page } = await launch({ size });
  const frame = new FramePage(page);
  const topology = new TopologyPage(page);
  await frame.goTo('Settings');
  await page.getByRole('checkbox', { name: /Apply at once/ }).click();
  await frame.goTo('Topology');
  await topology.drag(topology.item(secondary), topology.item(subsystem));
  await expect(topology.item(secondary)).toHaveAccessibleName(/in my_v_nqn_1 as 22/);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await topology.drag(topology.item(secondary), topology.item('Primary controller hv-a/nvme1'));
  await expect(topology.item(secondary)).toHaveAccessibleName(/Offline · free/);
});
