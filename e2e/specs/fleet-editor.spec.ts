import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { fleetFileOf } from '#shared/test-support/fleet-file-of.ts';
import { expect, expectAccessible, test } from '../fixtures.ts';
import { answerDialogs, setSize, setTheme, temporaryFolder } from '../launch.ts';
import { request } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';

let folder = '';

/** A test that fails leaves changes behind; the question about them would keep the program open. */
async function quitWithoutAsking(app: ElectronApplication): Promise<void> {
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = async () => ({ response: 1, checkboxChecked: false });
  });
}

test.beforeEach(async () => {
  folder = await temporaryFolder();
});
test.afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a new fleet is made with the keyboard, saved, opened, and runs', async ({ launch }) => {
  const program = await launch({ size: { width: 1024, height: 700 } });
  const { app, page } = program;
  const file = path.join(folder, 'made.json');
  await answerDialogs(app, { save: file });
  await quitWithoutAsking(app);
  await page.keyboard.press('Control+N');
  const tree = page.getByRole('tree', { name: 'Objects of the fleet file' });
  const add = async (what: RegExp) => {
    await page.getByRole('button', { name: 'Add', exact: true }).focus();
    await page.keyboard.press('Enter');
    const entry = page.getByRole('menuitem', { name: what });
    await entry.focus();
    await page.keyboard.press('Enter');
  };
  await expect(tree.getByRole('treeitem')).toHaveCount(2);
  await add(/^NVM subsystem with a drive on hv-a/);
  await add(/^Host/);
  await tree.getByRole('treeitem', { name: 'Host hv-b' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await add(/^Virtual machine on hv-a/);
  await expect(tree.getByRole('treeitem', { name: 'Virtual machine vm-1' })).toHaveAttribute(
    'aria-selected',
    'true',
  );

  // Its first device becomes ready by being chosen.
  await page.getByRole('combobox', { name: 'Add a virtual function' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('option').first().focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: /^Remove 0000:/ })).toBeVisible();
  await page.getByRole('checkbox', { name: /The guest has a workload/ }).focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('table', { name: /Phases/ })).toBeVisible();

  const problems = page.getByRole('region', { name: 'Problems of the fleet file' });
  await expect(problems).toContainText('No problems');
  await test.step('a wrong value says what is wrong, beside the field and in the list', async () => {
    const memory = page.getByRole('textbox', { name: 'Memory', exact: true });
    await memory.fill('plenty');
    await expect(problems.getByRole('button')).toContainText('hosts[0].virtualMachines[0].memoryBytes');
    await expect(memory).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByRole('button', { name: 'Open as simulated fleet' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
    await expectAccessible(page);
    await problems.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await expect(memory).toBeFocused();
    await memory.fill('8 GiB');
    await expect(problems).toContainText('No problems');
  });
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(app, theme);
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await expectAccessible(page);
    await page.screenshot({ path: `test-results/screens/fleet-editor-${theme}-1024.png` });
  }

  await page.keyboard.press('Control+S');
  await expect(page.getByText('unsaved changes')).toBeHidden();
  const saved = fleetFileOf(await readFile(file, 'utf8'), 'made.json');
  expect(saved).toMatchObject({
    ok: true,
    value: { hosts: [{ name: 'hv-a', virtualMachines: [{ memoryBytes: 8 * 2 ** 30 }] }, { name: 'hv-b' }] },
  });
  await page.getByRole('button', { name: 'Open as simulated fleet' }).focus();
  await page.keyboard.press('Enter');
  await expect(new FramePage(page).notice('Opened new-fleet')).toBeVisible();
  const topology = new TopologyPage(page);
  await expect(topology.item('Virtual machine vm-1 on hv-a')).toBeVisible();
});

test('a file keeps what was not changed, and unsaved changes are asked about', async ({ launch }) => {
  const program = await launch();
  const { app, page } = program;
  await setSize(app, page, { width: 1440, height: 900 });
  const file = path.join(folder, 'written.json');
  const written =
    '{ "format": "berth-fleet", "version": 1,\n\t"name": "written",   "seed": 4.2e1,\n\t"hosts": [ { "name": "alpha" } ] }\n';
  await writeFile(file, written);
  await answerDialogs(app, { open: file, save: file });
  await quitWithoutAsking(app);
  await page.keyboard.press('Control+O');
  await page.getByRole('dialog').getByRole('button', { name: 'Edit…' }).click();
  await page.getByRole('treeitem', { name: 'Host alpha' }).click();
  await page.getByRole('textbox', { name: 'Kernel release' }).fill('5.15.0');
  await page.keyboard.press('Control+N');
  const question = page.getByRole('dialog', { name: 'Save the changes first?' });
  await expectAccessible(page);
  await question.getByRole('button', { name: 'Keep editing' }).click();
  // The question has a Save of its own and leaves a moment after its answer.
  await expect(question).toBeHidden();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('unsaved changes')).toBeHidden();
  expect(await readFile(file, 'utf8')).toBe(
    written.replace('{ "name": "alpha" }', '{ "name": "alpha", "kernel": "5.15.0" }'),
  );

  // The page can write only where a dialog said.
  const elsewhere = path.join(folder, 'elsewhere.json');
  await expect(
    request(page, 'fleet-file:save', { text: '{}', path: elsewhere, suggestedName: 'x' }),
  ).rejects.toThrow(/only writes a fleet file to a place that you chose/);

  await page.getByRole('radio', { name: 'JSON' }).click();
  const json = page.getByRole('textbox', { name: 'Fleet file as JSON' });
  await json.fill(written.replace('alpha', 'al pha'));
  await expect(page.getByRole('region', { name: 'Problems of the fleet file' })).toContainText(
    'hosts[0].name',
  );
  await page.getByRole('button', { name: 'Undo edit' }).click();
  await expect(page.getByText('unsaved changes')).toBeHidden();
});
