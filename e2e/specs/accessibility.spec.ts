import { readFile } from 'node:fs/promises';
import { expect, expectAccessible, test } from '../fixtures.ts';
import { inspect } from '../inspect.ts';
import { captureFolder, type Program } from '../launch.ts';
import { request } from '../pages/fleet.ts';
import { FramePage, type ScreenName } from '../pages/frame.ts';
import { OpenDialogPage } from '../pages/open-dialog.ts';
import { TopologyPage } from '../pages/topology.ts';
import { WizardPage, type WizardStepName } from '../pages/wizard.ts';

const wide = { width: 1440, height: 900 };
const screens: readonly ScreenName[] = [
  'Topology',
  'Virtual subsystems',
  'Migrations',
  'Commands',
  'Reports',
  'History',
  'Settings',
];

test.describe.configure({ timeout: 120_000 });

test('every screen, with and without something to show', async ({ launch }) => {
  const program = await launch({ size: wide });
  const { page } = program;
  const frame = new FramePage(page);
  for (const screen of ['Migrations', 'History'] as const) {
    await frame.goTo(screen);
    await inspect(program, `${screen.toLowerCase()}-empty`);
  }
  await frame.goTo('Topology');
  const topology = new TopologyPage(page);
  await topology.drag(
    topology.item('VF 5 of hv-a/nvme1'),
    topology.item('Virtual subsystem my_v_nqn_1 on hv-a'),
  );
  await frame.apply();
  await topology.click(topology.item('VF 3 of hv-a/nvme1'));
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('VF 3');
  for (const screen of screens) {
    await frame.goTo(screen);
    await inspect(program, screen.toLowerCase().replace(' ', '-'));
  }
});

test('the list, and every tab of the dock', async ({ launch }) => {
  const program = await launch({ size: wide });
  const { page } = program;
  const topology = new TopologyPage(page);
  await topology.drag(
    topology.item('VF 5 of hv-a/nvme1'),
    topology.item('Virtual subsystem my_v_nqn_1 on hv-a'),
  );
  await new FramePage(page).apply();
  await topology.click(topology.item('VF 3 of hv-a/nvme1'));
  await topology.show('List');
  await inspect(program, 'list');
  for (const tab of ['VFIO states', 'Journal', 'Equivalent script', 'Terminal']) {
    await page.getByRole('tab', { name: tab }).click();
    await inspect(program, `dock-${tab.toLowerCase().replace(' ', '-')}`);
  }
});

test('the box for a pasted text', async ({ launch }) => {
  const program = await launch({ size: wide });
  const open = new OpenDialogPage(program);
  await open.show();
  await open.dialog.getByRole('button', { name: 'Paste text…' }).click();
  const post = new URL('../outputs/nvme-cli/forum-post.txt', import.meta.url);
  await open.dialog.getByRole('textbox', { name: 'Pasted text' }).fill(await readFile(post, 'utf8'));
  await expect(open.dialog.getByRole('list', { name: 'Recognised outputs' })).toBeVisible();
  await inspect(program, 'dialog-open-paste');
});

/** Looks at the dialog that is open, and closes it. */
async function lookAtDialog(program: Program, name: string): Promise<void> {
  const dialog = program.page.getByRole('dialog');
  await expect(dialog).toBeVisible();
  await inspect(program, `dialog-${name}`);
  await program.page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
}

test('every dialog of the program and of one object', async ({ launch }) => {
  const program = await launch({ size: wide });
  const { page } = program;
  const topology = new TopologyPage(page);
  const dialog = page.getByRole('dialog');
  const look = (name: string) => lookAtDialog(program, name);
  const menu = async (item: string, entry: string) => topology.choose(topology.item(item), entry);

  await page.keyboard.press('Control+K');
  await look('palette');
  await page.keyboard.press('F1');
  await look('keys');
  const open = new OpenDialogPage(program);
  await open.show();
  await look('open');
  await open.show();
  await open.chooseCapture(captureFolder('02-sriov-4vf'));
  await expect(open.dialog.getByRole('combobox', { name: 'Snapshot' })).toBeVisible();
  await look('open-capture');
  await menu('VF 5 of hv-a/nvme1', 'Assign to…');
  await look('assign');
  await menu('VF 5 of hv-a/nvme1', 'Assign to…');
  await dialog.getByRole('button', { name: /my_v_nqn_1/ }).click();
  await expect(page.getByRole('list', { name: 'Steps' })).toBeVisible();
  await look('review');
  await menu('VF 5 of hv-a/nvme1', 'Resources…');
  await look('resources');
  await menu('VF 5 of hv-a/nvme1', 'Namespaces…');
  await look('namespaces');
  await menu('VF 5 of hv-a/nvme1', 'Driver…');
  await look('driver');
  await menu('Primary controller hv-a/nvme1', 'Reset…');
  await look('reset');
  await menu('Primary controller hv-a/nvme1', 'VF count…');
  await look('vf-count');
  await menu('Primary controller hv-a/nvme1', 'New virtual subsystem…');
  await look('new-virtual-subsystem');
});

test('every dialog of a selection, and those of the other screens', async ({ launch }) => {
  const program = await launch({ size: wide });
  const { page } = program;
  const frame = new FramePage(page);
  const topology = new TopologyPage(page);
  const look = (name: string) => lookAtDialog(program, name);
  await topology.show('List');
  await topology.selectRows('hv-a/nvme1', 'VF 6 of hv-a/nvme1');
  for (const [name, entry] of [
    ['reset', 'Reset…'],
    ['driver', 'Driver…'],
    ['resources', 'Resources… (6 of 7)'],
    ['namespaces', 'Namespaces…'],
  ] as const) {
    await topology.chooseForSelection('VF 6 of hv-a/nvme1', entry);
    await look(`selection-${name}`);
  }
  await topology.chooseForSelection('VF 6 of hv-a/nvme1', 'Offline… (6 of 7)');
  await expect(page.getByRole('list', { name: 'Steps' })).toBeVisible();
  await look('selection-review');
  await page.getByRole('button', { name: /errors? · \d+ warnings?/ }).click();
  await look('problems');
  await frame.goTo('Virtual subsystems');
  await page.getByRole('button', { name: 'Add controllers…' }).click();
  await look('add-controllers');
});

test('the wizard, its run and its result', async ({ launch }) => {
  const program = await launch({ size: wide });
  const { page } = program;
  const wizard = new WizardPage(page);
  await wizard.open();
  await wizard.choose('Virtual machine', 'db-primary');
  const look = async (step: WizardStepName) => inspect(program, `wizard-${step.toLowerCase()}`);
  await look('Source');
  await wizard.next('Destination');
  await wizard.choose('Destination host', 'hv-b');
  await look('Destination');
  for (const step of ['Mapping', 'Checks', 'Options', 'Review'] as const) {
    await wizard.next(step);
    await expect(wizard.strip.getByText(/\d+ passed/)).toBeVisible();
    await look(step);
  }
  await wizard.acknowledge();
  await wizard.migrate();
  await expect(page.getByText(/GiB left/).first()).toBeVisible();
  await page.screenshot({ path: 'test-results/screens/run-light-1440.png' });
  await expectAccessible(page);
  await wizard.expectResult('db-primary moved from hv-a to hv-b');
  await inspect(program, 'result');
  await new FramePage(page).goTo('History');
  await page.getByRole('button', { name: /Move db-primary to hv-b/ }).click();
  await expect(page.getByText('Who has what')).toBeVisible();
  await inspect(program, 'history-run');
});

test('with more contrast the pages stay as legible', async ({ launch }) => {
  const program = await launch({ size: wide });
  await request(program.page, 'settings:set', { contrast: 'more' });
  await inspect(program, 'topology-contrast');
});

test('the keyboard reaches everything', async ({ launch }) => {
  const { page } = await launch({ size: wide });
  const rail = page.getByRole('navigation', { name: 'Screens' });
  for (const screen of screens) {
    const button = rail.getByRole('button', { name: screen });
    for (let press = 0; press < 60; press += 1) {
      if (await button.evaluate((element) => element === document.activeElement)) break;
      await page.keyboard.press('Tab');
    }
    await expect(button).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main', { name: screen })).toBeVisible();
  }
  for (const [index, screen] of screens.slice(0, 6).entries()) {
    await page.keyboard.press(`Control+${index + 1}`);
    await expect(page.getByRole('main', { name: screen })).toBeVisible();
  }

  await page.keyboard.press('Control+K');
  await page.keyboard.type('VF 12 of hv-a');
  const palette = page.getByRole('dialog', { name: 'Search and commands' });
  await expect(palette.getByRole('option', { name: /VF 12 of hv-a/ }).first()).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(palette).toHaveCount(0);
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('VF 12');

  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const menuItem = page.getByRole('menuitem', { name: /Assign to…/ });
  await page.getByRole('treeitem', { name: /^VF 12 of hv-a/ }).focus();
  await page.keyboard.press('Shift+F10');
  await expect(menuItem).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(menuItem).toHaveCount(0);
});
