import { expect, expectAccessible, test } from '../fixtures.ts';
import { lastRun, readHistory, startReviewed } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';
import { WizardPage } from '../pages/wizard.ts';

const size = { width: 1440, height: 900 };
const changed = 'The fleet changed since you reviewed this';

test('a change between review and Apply brings the new plan, marked, for a new decision', async ({
  launch,
}) => {
  const { page } = await launch({ size });
  const topology = new TopologyPage(page);
  await topology.drag(
    topology.item('VF 5 of hv-a/nvme1'),
    topology.item('Virtual subsystem my_v_nqn_1 on hv-a'),
  );
  const sheet = page.getByRole('dialog').filter({ has: page.getByRole('list', { name: 'Steps' }) });
  const news = sheet.getByRole('status', { name: 'Changes of the plan' });
  await expect(sheet.getByRole('button', { name: 'Apply' })).toBeFocused();
  await expect(news).toHaveText('');

  // Behind the sheet something else takes hold of the same function.
  const meanwhile = { secondaryIds: ['hv-a/0000:41:00.0/5'], vq: 5, vi: 5 };
  await startReviewed(page, { kind: 'set-resources', ...meanwhile });
  await expect.poll(async () => (await lastRun(page)).status).toBe('done');
  await expect(news).toContainText(changed);
  const marked = sheet.getByRole('listitem').filter({ hasText: /\b(new|changed)\b/ });
  await expect(marked).not.toHaveCount(0);
  await expectAccessible(page);
  expect((await readHistory(page)).length).toBe(1);

  const steps = sheet.getByRole('list', { name: 'Steps' }).getByRole('listitem');
  const shown = await steps.count();
  const apply = sheet.getByRole('button', { name: 'Apply the new plan' });
  await expect(apply).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(sheet).toBeHidden();
  const run = await lastRun(page);
  expect(run).toMatchObject({ status: 'done', plan: { intent: { kind: 'assign' } } });
  expect(run.plan.steps).toHaveLength(shown);
});

test('a migration that was reviewed comes back for review when its destination changed meanwhile', async ({
  launch,
}) => {
  const { page } = await launch({ size });
  const frame = new FramePage(page);
  const topology = new TopologyPage(page);
  const wizard = new WizardPage(page);
  await wizard.prepare('db-primary', 'hv-b');
  const steps = page.getByRole('list', { name: 'Steps' });
  await expect(steps).toContainText('Stop and copy');
  const mapping = await page
    .getByText(/→ VF \d+ of hv-b/)
    .first()
    .textContent();
  const destination = /VF \d+ of hv-b\/nvme\d+/.exec(mapping ?? '')?.[0] ?? '';

  // By way of the topology: the function that the migration would use gets resources of its own.
  await frame.goTo('Topology');
  await topology.choose(topology.item(destination), 'Resources…');
  const dialog = page.getByRole('dialog', { name: `Resources of ${destination}` });
  await dialog.getByRole('textbox', { name: 'VQ resources' }).fill('3');
  await dialog.getByRole('textbox', { name: 'VI resources' }).fill('3');
  await dialog.getByRole('button', { name: 'Review the steps' }).click();
  await frame.apply();

  await frame.goTo('Migrations');
  await wizard.expectStep('Review');
  await expect(page.getByRole('status', { name: 'Changes of the plan' })).toContainText(changed);
  await expectAccessible(page);
  const before = await readHistory(page);
  expect(before.map(({ intentKind }) => intentKind)).toEqual(['set-resources']);
  await wizard.strip.getByRole('button', { name: 'Migrate with the new plan' }).click();
  await wizard.expectResult('db-primary moved from hv-a to hv-b');
  const proof = (await lastRun(page)).migration?.proof;
  expect(proof?.length).toBeGreaterThan(0);
  expect(proof?.filter((line) => !line.equal)).toEqual([]);
});
