import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { reportSchema } from '#shared/report/report-schema.ts';
import { expect, test } from '../fixtures.ts';
import { answerDialogs, temporaryFolder } from '../launch.ts';
import { expectFleet, lastRun, readFleet } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';
import { WizardPage } from '../pages/wizard.ts';

const size = { width: 1440, height: 900 };

test('db-primary moves from hv-a to hv-b, with proof, and the report is exported', async ({ launch }) => {
  const { app, page } = await launch({ size });
  const frame = new FramePage(page);
  const wizard = new WizardPage(page);

  await wizard.open();
  await wizard.choose('Virtual machine', 'db-primary');
  await wizard.next('Destination');
  await wizard.choose('Destination host', 'hv-b');
  await wizard.next('Mapping');
  for (const device of ['VF 3 of hv-a/nvme1', 'VF 4 of hv-a/nvme1'])
    await expect(page.getByRole('combobox', { name: `Destination of ${device}` })).toContainText(/VF \d+/);
  await wizard.next('Checks');
  await expect(page.getByRole('heading', { name: 'Can db-primary move to hv-b?' })).toBeVisible();
  for (const group of [
    /capabilities/,
    /resources/,
    /Namespaces/,
    /guest would see/,
    /Controller state/,
    /Hosts/,
  ])
    await expect(page.getByRole('heading', { level: 2, name: group }).first()).toBeVisible();
  await expect(wizard.strip).toContainText('0 blocking');
  await wizard.next('Options');
  const budget = page.getByRole('textbox', { name: 'Downtime budget (ms)' });
  await expect(budget).toHaveValue('300');
  // In real time each step costs what this machine, busy with other tests, makes of it.
  await budget.fill('3000');
  await expect(page.getByRole('radio', { name: /^Balanced/ })).toBeChecked();
  await wizard.next('Review');
  await expect(page.getByRole('list', { name: 'Steps' })).toContainText('Stop and copy');
  await wizard.acknowledge();
  await wizard.migrate();

  await expect(page.getByRole('list', { name: 'Phases' })).toBeVisible();
  await expect(page.getByRole('progressbar', { name: 'Overall progress of the migration' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Devices' })).toContainText(/RUNNING|STOP/);
  await wizard.expectResult('db-primary moved from hv-a to hv-b');
  await expect(page.getByRole('table', { name: 'Proof' })).not.toContainText('differs');
  await expect(page.getByText(/Where the downtime went/)).toBeVisible();

  const run = await lastRun(page);
  expect(run.status).toBe('done');
  expect(run.migration?.proof.length).toBeGreaterThan(0);
  expect(run.migration?.proof.filter((line) => !line.equal)).toEqual([]);
  expect(run.migration?.downtimeMilliseconds).toBeGreaterThan(0);
  // Everything was copied once while the guest went on.
  expect(run.migration?.preCopy).toMatchObject({ state: 'switching-over' });
  expect(run.migration?.preCopy?.rounds[0]?.sentBytes).toBeGreaterThanOrEqual(
    run.migration?.memoryBytes ?? 0,
  );
  for (const device of run.migration?.devices ?? []) {
    expect(device.sourceStateSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(device.destinationStateSha256).toBe(device.sourceStateSha256);
  }

  await test.step('the exported files say the same', async () => {
    const folder = await temporaryFolder();
    const html = path.join(folder, 'report.html');
    await answerDialogs(app, { save: html });
    await page.getByRole('button', { name: 'Export HTML…' }).click();
    await expect(frame.notice('Report exported')).toContainText(html);
    const text = await readFile(html, 'utf8');
    expect(text).toContain('db-primary');
    expect(text).toMatch(/simulated/i);
    expect(text).not.toMatch(/(?:src|href)="https?:/);
    expect(text).not.toContain('<script');
    const json = path.join(folder, 'report.json');
    await answerDialogs(app, { save: json });
    await page.getByRole('button', { name: 'Export JSON…' }).click();
    await expect(frame.notice(json)).toBeVisible();
    const report = reportSchema.parse(JSON.parse(await readFile(json, 'utf8')));
    if (report.kind !== 'run') throw new Error('It is no report of a procedure.');
    expect(report.runId).toBe(run.id);
    expect(report.fleet).toMatchObject({ name: 'two-hosts', simulated: true, seed: 42 });
    expect(report.migration?.downtimeMilliseconds).toBe(run.migration?.downtimeMilliseconds);
    expect(report.migration?.proof).toEqual(run.migration?.proof);
  });

  await test.step('the commands went through the admin queues of the primaries', async () => {
    await frame.goTo('Topology');
    const dock = page.getByRole('region', { name: 'Dock' });
    for (const [words, controller] of [
      ['Suspend', 'hv-a/nvme1'],
      ['Get Controller State', 'hv-a/nvme1'],
      ['Set Controller State', 'hv-b/nvme0'],
      ['Resume', 'hv-b/nvme0'],
    ] as const) {
      await dock.getByRole('textbox', { name: 'Filter commands' }).fill(words);
      await expect(
        dock
          .getByRole('row')
          .filter({ hasText: words })
          .filter({ hasText: controller })
          .filter({ hasText: 'Success' })
          .first(),
      ).toBeVisible();
    }
    await dock.getByRole('tab', { name: 'Equivalent script' }).click();
    await expect(dock.getByRole('region', { name: /^Equivalent script/ })).toContainText('nvme ');
  });

  await test.step('the source controllers are free again and can be assigned', async () => {
    const fleet = await readFleet(page);
    expect(fleet.virtualMachines['hv-b:db-primary']?.state).toBe('running');
    expect(fleet.virtualMachines['hv-a:db-primary']).toBeUndefined();
    const topology = new TopologyPage(page);
    const source = topology.item('VF 3 of hv-a/nvme1');
    await expect(source).toHaveAccessibleName(/Offline · free/);
    await topology.drag(source, topology.item('Virtual subsystem tenant-web on hv-a'));
    await frame.apply();
    await expect(source).toHaveAccessibleName(/Online · in tenant-web/);
  });
});

test('an aborted migration returns to the source, the fleet as before', async ({ launch }) => {
  const { page } = await launch({ size });
  const wizard = new WizardPage(page);
  const start = await readFleet(page);
  await wizard.prepare('db-primary', 'hv-b');
  await wizard.migrate();
  await expect(page.getByText(/[1-9]\d* % *|GiB left/).first()).toBeVisible();
  await page.getByRole('button', { name: 'Abort, stay on hv-a' }).click();
  await wizard.expectResult('db-primary stays on hv-a');
  const run = await lastRun(page);
  expect(run.status).toBe('rolled-back');
  expect(run.leftovers).toEqual([]);
  expect(run.steps.some((step) => step.status === 'undone')).toBe(true);
  await expectFleet(page, start);
});
