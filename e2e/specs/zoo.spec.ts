import { expect, expectAccessible, test } from '../fixtures.ts';
import { lastRun } from '../pages/fleet.ts';
import { TopologyPage } from '../pages/topology.ts';
import { WizardPage } from '../pages/wizard.ts';

test('a device of December 2022 says what it cannot do, and moves all the same', async ({ launch }) => {
  const { page } = await launch({ source: 'zoo', size: { width: 1440, height: 900 } });
  await new TopologyPage(page).show('List');
  await page.getByRole('row', { name: 'VF 1 of zoo-a/nvme2', exact: true }).click();
  const abilities = page.getByRole('region', { name: 'What this device can do' });
  await expect(abilities).toContainText('Migration interface: yes');
  await expect(abilities).toContainText('Vendor commands of December 2022');
  await expect(abilities).toContainText('Peer-to-peer quiescence (P2P): no');
  await expectAccessible(page);

  const wizard = new WizardPage(page);
  await wizard.open();
  await wizard.choose('Virtual machine', 'mixed');
  await wizard.next('Destination');
  await expect(page.getByRole('radio', { name: 'zoo-b' })).toBeDisabled();
  await wizard.prepare('december', 'zoo-b');
  await wizard.migrate();
  await wizard.expectResult('december moved from zoo-a to zoo-b');
  await expect(page.getByRole('table', { name: 'Proof' })).not.toContainText('differs');
  const run = await lastRun(page);
  expect(run.status).toBe('done');
  expect(run.migration?.proof.length).toBeGreaterThan(0);
  expect(run.migration?.proof.filter((line) => !line.equal)).toEqual([]);
});

test('a guest on a local drive moves with its user data to the namespace that was prepared for it', async ({
  launch,
}) => {
  const { page } = await launch({ source: 'zoo', size: { width: 1440, height: 900 } });
  const wizard = new WizardPage(page);
  await wizard.prepare('local', 'zoo-b');
  await wizard.migrate();
  await wizard.expectResult('local moved from zoo-a to zoo-b');
  await expect(page.getByText('1 namespace of 2 GiB, digests equal')).toBeVisible();
  await expectAccessible(page);
  const { status, migration } = await lastRun(page);
  expect(status).toBe('done');
  expect(migration?.userData?.map(({ checksum, arrived }) => checksum === arrived)).toEqual([true]);
  expect(migration?.proof.filter(({ what }) => /user data/.test(what)).map(({ equal }) => equal)).toEqual([
    true,
  ]);
});
