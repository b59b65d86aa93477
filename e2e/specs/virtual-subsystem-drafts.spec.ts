import { rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from '../fixtures.ts';
import { temporaryFolder } from '../launch.ts';
import { readFleet } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';

const size = { width: 1024, height: 700 };
let dataFolder = '';

test.beforeEach(async () => {
  dataFolder = await temporaryFolder();
});
test.afterEach(async () => {
  await rm(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

async function open(page: Page): Promise<FramePage> {
  const frame = new FramePage(page);
  await frame.goTo('Virtual subsystems');
  return frame;
}

async function members(page: Page, name: string): Promise<readonly number[]> {
  const { virtualSubsystems } = await readFleet(page);
  const found = Object.values(virtualSubsystems).find(({ nqn }) => nqn.endsWith(`:${name}`));
  return found?.members.map((member) => member.virtualControllerId) ?? [];
}

test('a draft is kept over a restart, edited, created in one procedure, and is a draft again after undo', async ({
  launch,
}) => {
  const first = await launch({ size, dataFolder });
  const list = (page: Page) => page.getByRole('navigation', { name: 'Virtual subsystems' });
  let frame = await open(first.page);
  await list(first.page).getByRole('button', { name: 'New virtual subsystem…' }).click();
  let dialog = frame.dialog('New virtual subsystem');
  await dialog.getByRole('textbox', { name: 'Virtual NQN' }).fill('nqn.2026-11.io.berth:my_v_nqn_1');
  await dialog.getByRole('button', { name: 'Save as draft' }).click();
  await expect(first.page.getByText(/is already used on hv-a\/nvme1/)).toBeVisible();
  await expect(first.page.getByRole('button', { name: 'Create…' })).toBeDisabled();
  await expectAccessible(first.page);
  await first.close();

  const { page } = await launch({ size, dataFolder });
  frame = await open(page);
  await list(page).getByRole('region', { name: 'Drafts' }).getByRole('button').click();
  await page.getByRole('button', { name: 'Edit…' }).click();
  dialog = frame.dialog('Draft of a virtual subsystem');
  await dialog.getByRole('textbox', { name: 'Virtual NQN' }).fill('nqn.2026-11.io.berth:build-farm');
  await dialog.getByRole('checkbox', { name: /^VF 6 / }).click();
  await dialog.getByRole('checkbox', { name: /^VF 7 / }).click();
  await dialog.getByRole('textbox', { name: 'Virtual id of VF 7 of hv-a/nvme1' }).fill('40');
  await dialog.getByRole('button', { name: 'Save draft' }).click();
  await expect(page.getByText('It can be created now')).toBeVisible();
  await page.getByRole('button', { name: 'Create…' }).click();
  await frame.apply();
  expect(await members(page, 'build-farm')).toEqual([2, 40]);
  await expect(list(page).getByRole('region', { name: 'Drafts' })).toHaveCount(0);
  await page
    .getByRole('button', { name: /^Undo: / })
    .first()
    .click();
  await expect(list(page).getByRole('region', { name: 'Drafts' })).toContainText('build-farm');
  await expect(list(page).getByRole('region', { name: 'Deleted' })).toContainText('build-farm');
});

test('several free controllers at once, by pointer and by keyboard', async ({ launch }) => {
  const { page } = await launch({ size: { width: 1440, height: 900 } });
  const frame = await open(page);
  await page.getByRole('button', { name: /^tenant-web/ }).click();
  const chip = (vf: number) => page.getByRole('button', { name: `Add VF ${vf} of hv-a/nvme1`, exact: true });
  await chip(5).click({ modifiers: ['ControlOrMeta'] });
  await chip(7).click({ modifiers: ['Shift'] });
  await expect(page.getByText(/^add as virtual ids 11–13/)).toBeVisible();
  await chip(6).hover();
  await page.mouse.down();
  // Cards above the table may still be filling; a person aims at where it is by then.
  await expect(async () => {
    const table = await page.getByRole('table', { name: 'Controllers by virtual id' }).boundingBox();
    if (table === null) throw new Error('the members are not shown');
    await page.mouse.move(table.x + 60, table.y + 60, { steps: 8 });
    await expect(page.getByText(/^tenant-web: add as virtual ids 11–13/)).toBeVisible({ timeout: 1000 });
  }).toPass({ timeout: 10_000 });
  await page.mouse.up();
  await frame.apply();
  expect(await members(page, 'tenant-web')).toEqual([10, 11, 12, 13]);

  await chip(8).focus();
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page.getByText(/^add as virtual ids 14–15/)).toBeVisible();
  await page.keyboard.press('Enter');
  await frame.apply();
  expect(await members(page, 'tenant-web')).toEqual([10, 11, 12, 13, 14, 15]);
});
