import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { expectFleet, readFleet } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';

const nqn = 'nqn.2026-11.io.berth:e2e-vault';

/** The row of the guest view that tells one field of Identify Controller. */
function guestField(page: Page, title: string | RegExp) {
  return page.getByRole('table', { name: 'Guest view' }).getByRole('row').filter({ hasText: title });
}

test('a virtual subsystem is created, filled, seen by its guest, emptied and deleted', async ({ launch }) => {
  const { page } = await launch({ size: { width: 1440, height: 900 } });
  const frame = new FramePage(page);
  const start = await readFleet(page);
  await frame.goTo('Virtual subsystems');
  const list = page.getByRole('navigation', { name: 'Virtual subsystems' });
  await list.getByRole('button', { name: 'New virtual subsystem…' }).click();

  const dialog = frame.dialog('New virtual subsystem');
  const name = dialog.getByRole('textbox', { name: 'Virtual NQN' });
  const review = dialog.getByRole('button', { name: 'Review the steps' });
  await name.fill(`nqn.2026-11.io.berth:${'x'.repeat(203)}`);
  await expect(dialog.getByRole('alert')).toContainText('takes 224 bytes; at most 223 are allowed');
  await expect(dialog.getByRole('alert')).toContainText('Shorten it by 1 byte');
  await expect(review).toBeDisabled();
  await name.fill('nqn.2014-08.org.nvmexpress.discovery');
  await expect(dialog.getByRole('alert')).toContainText('discovery subsystems');
  await name.fill('nqn.2026-11.io.berth:my_v_nqn_1');
  await expect(dialog.getByRole('alert')).toContainText('my_v_nqn_1');
  await expect(review).toBeDisabled();

  await name.fill(nqn);
  await dialog.getByRole('textbox', { name: 'Virtual serial number' }).fill('E2E-VAULT-1');
  await dialog.getByRole('textbox', { name: 'Virtual controller id of the primary' }).fill('7');
  await expect(review).toBeEnabled();
  await review.click();
  await frame.apply();
  await list.getByRole('button', { name: /e2e-vault/ }).click();
  await expect(page.getByRole('heading', { name: 'e2e-vault' })).toBeVisible();

  await page.getByRole('button', { name: 'Add controllers…' }).click();
  const add = frame.dialog('Add controllers to e2e-vault');
  await add.getByRole('checkbox', { name: /^VF 7 / }).click();
  await add.getByRole('button', { name: 'Review 1 controller…' }).click();
  await frame.apply();

  const made = Object.values((await readFleet(page)).virtualSubsystems).find((one) => one.nqn === nqn);
  const [member] = made?.members ?? [];
  expect(made?.primaryVirtualId).toBe(7);
  await expect(guestField(page, /NVM Subsystem.*NQN/i).first()).toContainText(nqn);
  await expect(guestField(page, /Controller ID/i).first()).toContainText(String(member?.virtualControllerId));
  await expect(guestField(page, /Serial Number/i).first()).toContainText('E2E-VAULT-1');
  await expect(guestField(page, /Serial Number/i).first()).toContainText('BR7-S6XW0042');

  await page.getByRole('button', { name: /^Remove VF 7 .* from e2e-vault/ }).click();
  await frame.apply();
  await expect(page.getByText('Add a secondary controller to see what its guest would read.')).toBeVisible();
  await page.getByRole('button', { name: 'Delete…' }).click();
  await frame.apply();
  const section = (name: string) =>
    list.getByRole('region', { name }).getByRole('button', { name: /e2e-vault/ });
  await expect(section('Deleted')).toHaveCount(1);
  await expect(section('On devices')).toHaveCount(0);

  // Removing leaves the controller as its guest left it: online, with its resources. Back in the pool all is as before.
  await frame.goTo('Topology');
  await page.keyboard.press('Control+L');
  const row = page
    .getByRole('grid', { name: 'Controllers' })
    .getByRole('row', { name: /^VF 7 of hv-a\/nvme1/ });
  await row.click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Assign to…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /pool/i }).click();
  await frame.apply();
  await expectFleet(page, start);
});
