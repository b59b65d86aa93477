import { expect, expectAccessible, test } from '../fixtures.ts';
import { inspect } from '../inspect.ts';
import { lastRun } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { WizardPage } from '../pages/wizard.ts';

test('a migration is held before its switch-over, goes when told so by keyboard, and is moved back', async ({
  launch,
}) => {
  const program = await launch({ size: { width: 1024, height: 700 } });
  const { page } = program;
  const wizard = new WizardPage(page);
  await wizard.open();
  await wizard.choose('Virtual machine', 'db-primary');
  await wizard.next('Destination');
  await wizard.choose('Destination host', 'hv-b');
  await wizard.next('Mapping');
  await wizard.next('Checks');
  await wizard.next('Options');
  await expect(page.getByRole('radio', { name: /^Post-copy/ })).toHaveAttribute('aria-disabled', 'true');
  const hold = page.getByRole('checkbox', { name: /Hold before the switch-over/ });
  await hold.focus();
  await page.keyboard.press('Space');
  await expect(hold).toBeChecked();
  await expect(page.getByRole('table', { name: /by link speed/ })).toContainText('this link');
  await expectAccessible(page);
  await wizard.next('Review');
  await expect(page.getByText(/hold before the switch-over/)).toBeVisible();
  await test.step('the plan is rehearsed on twins, for the steps and faults that are chosen', async () => {
    await page.getByRole('button', { name: 'Rehearse…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rehearse this plan on simulated twins' });
    await dialog.getByRole('button', { name: 'None' }).click();
    await dialog.getByRole('checkbox', { name: 'link down' }).click();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Rehearse', exact: true }).click();
    await expect(page.getByText(/^\d+ of \d+ cases/)).toBeVisible();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await expect(page.getByText(/cases passed, stopped before/)).toBeVisible();
    await inspect(program, 'rehearsed');
    await page
      .getByRole('button', { name: /^passed, guest back at the source/ })
      .first()
      .click();
    const run = page.getByRole('dialog', { name: /^link down, at step 1/ });
    await expect(run.getByText('The run is rolled-back.')).toBeVisible();
    await run.getByRole('button', { name: 'Close', exact: true }).last().click();
  });
  await wizard.acknowledge();
  await wizard.migrate();

  await expect(page.getByText('held, it waits for you')).toBeVisible({ timeout: 30_000 });
  const rounds = async () => (await lastRun(page)).migration?.preCopy?.rounds.length ?? 0;
  const held = await lastRun(page);
  await expect.poll(rounds).toBeGreaterThan(held.migration?.preCopy?.rounds.length ?? 0);
  // It goes on copying, and gets no nearer to its end.
  expect((await lastRun(page)).progress).toBe(held.progress);
  expect((await lastRun(page)).migration?.preCopy?.state).toBe('holding');
  await expectAccessible(page);
  await test.step('the topology shows it, a notice says that it waits, and it goes by itself at the next low', async () => {
    await new FramePage(page).goTo('Topology');
    const arrow = page.getByRole('button', { name: /^db-primary, hv-a to hv-b: PRE_COPY, \d+ %/ });
    await expect(arrow).toBeVisible();
    const notice = page.getByRole('group', { name: /db-primary is held before its switch-over/ });
    await expect(notice.getByRole('button', { name: /^Stop db-primary now/ })).toBeVisible();
    await inspect(program, 'topology-moving');
    await arrow.focus();
    await page.keyboard.press('Enter');
    await expect(notice).toHaveCount(0);
    await page.getByRole('button', { name: 'Go at the next low' }).focus();
    await page.keyboard.press('Enter');
  });

  await wizard.expectResult('db-primary moved from hv-a to hv-b');
  await expect(page.getByText(/switched over: a person asked for the next low/)).toBeVisible();
  await expect(page.getByText('Evidence, SHA-256')).toBeVisible();
  await expect(page.getByText('Rehearsed before the start')).toBeVisible();
  await expect(page.getByText(/forecast at the switch-over/)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Move back…' }).click();
  await wizard.expectStep('Mapping');
  await expect(wizard.strip.getByText(/\d+ passed/)).toBeVisible();
  await expect(
    page.getByRole('navigation', { name: 'Steps of the migration' }).getByRole('button', { name: /Source/ }),
  ).toContainText('db-primary on hv-b');
});

test('a refused host says its cause, and the other reasons by keyboard', async ({ launch }) => {
  const { page } = await launch({ size: { width: 1024, height: 700 }, source: 'rack' });
  // What was chosen about another source is dropped when the fleet arrives.
  await expect(page.getByRole('banner')).toContainText('seed 7');
  const wizard = new WizardPage(page);
  await wizard.open();
  await wizard.choose('Virtual machine', 'vm-01-1');
  await wizard.next('Destination');
  const host = page.getByRole('radio', { name: /^hv-02/ });
  await expect(host).toHaveAttribute('aria-disabled', 'true');
  await expect(host.getByText(/^✕/)).toHaveCount(1);
  await expect(host).toContainText('(and 3 more)');
  await host.focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(host.getByText(/^✕/)).toHaveCount(2);
  await expect(page.locator(':focus')).toHaveAccessibleName('Fold the other reasons');
  await expectAccessible(page);
});
