import { expect, expectAccessible, test } from '../../fixtures.ts';
import { lastRun, readFleet, startReviewed } from '../../pages/fleet.ts';
import { WizardPage } from '../../pages/wizard.ts';

const primaryId = 'hv-b/0000:01:00.0';

test('a refused host and a blocking check are mended from the wizard, and a warning is acknowledged; what does not converge is given up, then finished', async ({
  launch,
}) => {
  const { page } = await launch({ size: { width: 1440, height: 900 } });
  const wizard = new WizardPage(page);
  const ended = () => expect.poll(async () => (await lastRun(page)).status).toBe('done');
  const setVfCount = async (count: number) => {
    await startReviewed(page, { kind: 'set-vf-count', primaryIds: [primaryId], count });
    await ended();
  };
  const apply = async (title: RegExp) => {
    const sheet = page.getByRole('dialog', { name: title });
    await sheet.getByRole('button', { name: 'Apply' }).click();
    await expect(sheet).toBeHidden();
  };
  await startReviewed(page, { kind: 'assign', secondaryIds: [`${primaryId}/71`], target: { kind: 'pool' } });
  await ended();
  await setVfCount(0);

  await test.step('what would make the host able to take it', async () => {
    await wizard.open();
    await wizard.choose('Virtual machine', 'db-primary');
    await wizard.next('Destination');
    const host = page.getByRole('radio', { name: /^hv-b/ });
    await expect(host).toHaveAttribute('aria-disabled', 'true');
    await page.getByRole('button', { name: 'What would make hv-b able to take it' }).click();
    await expect(page.getByText('hv-b can take it after that.')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: /^Apply: Set the VF count of hv-b\/nvme0 to 2/ }).click();
    await apply(/VF count|virtual functions/i);
    await expect(host).not.toHaveAttribute('aria-disabled', 'true');
    await wizard.choose('Destination host', 'hv-b');
  });

  await test.step('a blocking check, with what was chosen kept', async () => {
    await wizard.next('Mapping');
    await setVfCount(6);
    const free = page.getByRole('region', { name: 'Free controllers' });
    const destination = (vfn: number) =>
      page.getByRole('combobox', { name: `Destination of VF ${vfn} of hv-a/nvme1` });
    // One by keyboard, one by pointer.
    await free.getByRole('button', { name: /^VF 3 of hv-b\/nvme0/ }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('button', { name: 'Put here: VF 3 of hv-a/nvme1' }).focus();
    await page.keyboard.press('Enter');
    await expect(destination(3)).toContainText('VF 3 of hv-b/nvme0');
    await free
      .getByRole('button', { name: /^VF 4 of hv-b\/nvme0/ })
      .dragTo(page.getByRole('region', { name: 'Mapping of VF 4 of hv-a/nvme1' }));
    await expect(destination(4)).toContainText('VF 4 of hv-b/nvme0');
    await expect(page.getByRole('meter', { name: 'VQ of hv-b/nvme0' })).toBeVisible();
    await expect(page.getByText('virtual id 20 is kept')).toBeVisible();
    await expectAccessible(page);
    await wizard.next('Checks');
    await expect(wizard.strip).toContainText('0 blocking');
    await setVfCount(0);
    await expect(wizard.strip).toContainText('2 blocking');
    const blocked = page.getByRole('listitem').filter({ hasText: 'Blocks the move:' }).first();
    await blocked.getByText('Rule and evidence').click();
    await expect(blocked).toContainText('Secondary Controller List (CNS 15h)');
    await expectAccessible(page);
    await blocked.getByRole('button', { name: /^Fix: Set the VF count of hv-b\/nvme0 to 4/ }).click();
    await apply(/VF count|virtual functions/i);
    await expect(wizard.strip).toContainText('0 blocking');
    await wizard.expectStep('Checks');
  });

  await test.step('a warning', async () => {
    await wizard.next('Options');
    const budget = page.getByRole('textbox', { name: 'Downtime budget (ms)' });
    await budget.fill('1');
    // It writes more than one millisecond can take, so this is soon over.
    await page.getByRole('textbox', { name: 'Most rounds' }).fill('3');
    await expect(wizard.strip).toContainText(/[1-9]\d* warning/);
    await wizard.next('Review');
    await expect(wizard.strip.getByText(/not acknowledged/).first()).toBeVisible();
    await wizard.strip.getByRole('button', { name: 'Back' }).click();
    await wizard.strip.getByRole('button', { name: 'Back' }).click();
    await expect(
      page.getByRole('button', { name: /^Fix: Raise the downtime budget to \d+ ms/ }),
    ).toBeVisible();
    await page.getByRole('checkbox', { name: 'Acknowledge' }).click();
    await wizard.next('Options');
    await wizard.next('Review');
    await wizard.migrate();
  });

  await test.step('it does not converge and is given up: the guest runs where it was', async () => {
    await page.getByRole('button', { name: 'Give up' }).click({ timeout: 30_000 });
    await wizard.expectResult('db-primary stays on hv-a');
    const { virtualMachines } = await readFleet(page);
    expect(virtualMachines['hv-a:db-primary']?.state).toBe('running');
    expect(virtualMachines['hv-b:db-primary']).toBeUndefined();
  });

  await test.step('once more, and it is paused and finished', async () => {
    await page.getByRole('button', { name: /^Try again/ }).click();
    await wizard.next('Options');
    await wizard.next('Review');
    await wizard.acknowledge();
    await wizard.migrate();
    await page.getByRole('button', { name: /^Pause and finish/ }).click({ timeout: 30_000 });
    await wizard.expectResult('db-primary moved from hv-a to hv-b');
    const { migration } = await lastRun(page);
    expect(migration?.acknowledged).toEqual([expect.stringMatching(/^environment\.downtime:/)]);
    expect(migration?.checks?.find(({ id }) => id === migration.acknowledged[0])).toMatchObject({
      ...{ verdict: 'warning', rule: { component: 'berth' } },
    });
    expect((await readFleet(page)).virtualMachines['hv-b:db-primary']?.state).toBe('running');
  });
});
