import type { Page } from '@playwright/test';
import type { VirtualSubsystem } from '#shared/fleet/schema.ts';
import { expect, expectAccessible, test } from '../fixtures.ts';
import { expectFleet, lastRun, readFleet } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';

const size = { width: 1440, height: 900 };

/** The screen with all virtual subsystems. */
class SubsystemsPage {
  readonly page: Page;
  readonly frame: FramePage;
  constructor(page: Page) {
    this.page = page;
    this.frame = new FramePage(page);
  }

  get list() {
    return this.page.getByRole('navigation', { name: 'Virtual subsystems' });
  }

  async choose(name: string): Promise<void> {
    await this.list.getByRole('button', { name: new RegExp(`^${name}`) }).click();
    await expect(this.page.getByRole('heading', { name })).toBeVisible();
  }

  /** The virtual subsystem with this name as the main process has it. */
  async read(name: string): Promise<VirtualSubsystem | undefined> {
    const { virtualSubsystems } = await readFleet(this.page);
    return Object.values(virtualSubsystems).find(({ nqn }) => nqn.endsWith(`:${name}`));
  }

  members(name: string): Promise<readonly number[]> {
    return this.read(name).then((one) => one?.members.map((member) => member.virtualControllerId) ?? []);
  }
}

test('provisioned in one procedure, it passes the leak check on every host of its drive', async ({
  launch,
}) => {
  const { page } = await launch({ size });
  const screen = new SubsystemsPage(page);
  const start = await readFleet(page);
  await screen.frame.goTo('Virtual subsystems');
  await screen.list.getByRole('button', { name: 'Provision functions…' }).click();
  const dialog = screen.frame.dialog('Provision functions');
  const review = dialog.getByRole('button', { name: /^Review/ });
  await dialog.getByRole('textbox', { name: 'Virtual NQN' }).fill('nqn.2026-11.io.berth:provisioned');
  await dialog.getByRole('textbox', { name: 'How many functions' }).fill('61');
  await expect(review).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'How many functions' }).fill('2');
  await dialog.getByRole('checkbox', { name: /^Namespace 2 / }).click();
  await expect(review).toBeEnabled();
  await review.click();
  await screen.frame.apply();
  await screen.choose('provisioned');

  const kinds = (await lastRun(page)).plan.steps.map(({ step }) => step.kind);
  const show = ['function-set-visible', 'set-driver'];
  expect(kinds.slice(0, 2)).toEqual(['function-set-visible', 'function-set-visible']);
  expect(kinds.slice(-4)).toEqual([...show, ...show]);
  expect(kinds.indexOf('virtual-subsystem-create')).toBeGreaterThan(kinds.lastIndexOf('secondary-online'));
  expect(kinds.indexOf('attach-namespace')).toBeGreaterThan(kinds.lastIndexOf('virtual-subsystem-add'));

  const leaks = page.getByRole('table', { name: 'Leak check' });
  await expect(leaks.getByRole('rowheader', { name: 'Narrowed' })).toBeVisible();
  await expect(leaks.getByRole('rowheader', { name: /leaks/ })).toHaveCount(0);
  await expect(page.getByRole('list', { name: 'Hosts of the check' })).toContainText(
    'hv-b/nvme0: identical Identify Controller',
  );
  await page.getByRole('combobox', { name: 'Compare with' }).click();
  await page.getByRole('option', { name: /hv-b\/nvme0.*identical/ }).click();
  await expect(page.getByText('The guest would read the same 4,096 bytes under hv-b/nvme0.')).toBeVisible();
  await page.getByRole('combobox', { name: 'Structure' }).click();
  await page.getByRole('option', { name: 'PCI configuration space' }).click();
  await expect(page.getByText('The guest would read the same 256 bytes under hv-b/nvme0.')).toBeVisible();
  await expectAccessible(page);

  await page
    .getByRole('button', { name: /^Undo: / })
    .first()
    .click();
  await expectFleet(page, start);
});

test('leaks are named, and one click closes them', async ({ launch }) => {
  const { page } = await launch({ size });
  const screen = new SubsystemsPage(page);
  await screen.frame.goTo('Virtual subsystems');
  await screen.list.getByRole('button', { name: 'New virtual subsystem…' }).click();
  const dialog = screen.frame.dialog('New virtual subsystem');
  await dialog.getByRole('textbox', { name: 'Virtual NQN' }).fill('nqn.2026-11.io.berth:leaky');
  for (const field of ['Virtual serial number', 'Virtual model', 'Virtual firmware revision'])
    await dialog.getByRole('textbox', { name: field }).fill('');
  await dialog.getByRole('textbox', { name: 'Virtual IEEE OUI' }).fill('12345');
  await expect(dialog.getByRole('alert').first()).toContainText('six hexadecimal digits');
  await dialog.getByRole('textbox', { name: 'Virtual IEEE OUI' }).fill('');
  await dialog.getByRole('button', { name: 'Review the steps' }).click();
  await screen.frame.apply();
  await screen.choose('leaky');

  await page.getByRole('button', { name: 'Add VF 7 of hv-a/nvme1' }).click();
  await screen.frame.apply();
  const leaks = page.getByRole('row', { name: /Physical: leaks/ });
  await expect(leaks).toContainText('Serial Number');
  await page.getByRole('button', { name: 'Give leaky a complete identity of its own…' }).click();
  await screen.frame.apply();
  await expect(leaks).toHaveCount(0);
  expect((await screen.read('leaky'))?.identity).toEqual({
    ...{ serialNumber: 'leaky', modelNumber: 'Berth Virtual NVMe', firmwareRevision: '1.0' },
    ...{ ieee: 0x525400, fguid: '00000000-0000-0000-0000-000000000000' },
  });
});

test('members by drag and by keyboard, in and out, and their ids exchanged', async ({ launch }) => {
  const { page } = await launch({ size });
  const screen = new SubsystemsPage(page);
  await screen.frame.goTo('Virtual subsystems');
  await screen.choose('tenant-web');
  const chip = page.getByRole('button', { name: 'Add VF 1 of hv-a/nvme1' });
  const table = page.getByRole('table', { name: 'Controllers by virtual id' });
  await chip.hover();
  await page.mouse.down();
  const box = await table.boundingBox();
  if (box === null) throw new Error('the members are not shown');
  await page.mouse.move(box.x + 60, box.y + 60, { steps: 8 });
  await expect(page.getByText('drop → vcid 11')).not.toHaveCount(0);
  await page.mouse.up();
  await screen.frame.apply();
  expect(await screen.members('tenant-web')).toEqual([10, 11]);

  await page.getByRole('button', { name: 'Add VF 2 of hv-a/nvme1' }).focus();
  await page.keyboard.press('Space');
  const carrying = page.getByRole('status').filter({ hasText: 'VF 2 of hv-a/nvme1 →' });
  for (let press = 0; press < 10 && !/tenant-web/.test((await carrying.textContent()) ?? ''); press += 1)
    await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await screen.frame.apply();
  expect(await screen.members('tenant-web')).toEqual([10, 11, 12]);

  await page.getByRole('button', { name: 'Renumber…' }).click();
  const dialog = screen.frame.dialog('Renumber tenant-web');
  await dialog.getByRole('button', { name: 'Swap VF 2 of hv-a/nvme1 with the previous one' }).click();
  await dialog.getByRole('textbox', { name: /VF 2 of/ }).fill('65520');
  await expect(dialog.getByRole('alert')).toContainText('65520 is reserved');
  await dialog.getByRole('textbox', { name: /VF 2 of/ }).fill('40');
  await dialog.getByRole('button', { name: 'Review the steps' }).click();
  await screen.frame.apply();
  expect(await screen.members('tenant-web')).toEqual([10, 12, 40]);

  await page.getByRole('button', { name: 'Move VF 1 of hv-a/nvme1', exact: true }).hover();
  await page.mouse.down();
  const pool = await page.getByText('Free secondary controllers ·').boundingBox();
  if (pool === null) throw new Error('the free controllers are not shown');
  await page.mouse.move(pool.x + 40, pool.y + 8, { steps: 8 });
  await page.mouse.up();
  await screen.frame.apply();
  expect(await screen.members('tenant-web')).toEqual([10, 40]);
});

test('what a running guest has read cannot be changed, and the reason is said', async ({ launch }) => {
  const { page } = await launch({ size });
  const screen = new SubsystemsPage(page);
  await screen.frame.goTo('Virtual subsystems');
  await screen.choose('my_v_nqn_1');
  await page.getByRole('button', { name: 'Change members' }).click();
  const members = screen.frame.dialog('Members of the baseline');
  await members.getByRole('button', { name: 'Select all' }).click();
  await members.getByRole('button', { name: 'Use the selected ones' }).click();
  await expect(
    page.getByRole('table', { name: 'Baseline' }).getByRole('columnheader', { name: 'hv-b/nvme2' }),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Apply baseline…' }).click();
  const sheet = page.getByRole('dialog').filter({ hasText: 'Narrow what my_v_nqn_1 exposes' });
  await expect(sheet.or(page.getByRole('dialog'))).toContainText(
    'is used by db-primary (running), which has read the present answers',
  );
  await expect(page.getByRole('button', { name: 'Apply', exact: true })).toBeDisabled();
});

test('a field is narrowed bit by bit and the identity is filled in, each undone', async ({ launch }) => {
  const { page } = await launch({ size });
  const screen = new SubsystemsPage(page);
  await screen.frame.goTo('Virtual subsystems');
  await screen.list.getByRole('button', { name: 'New virtual subsystem…' }).click();
  const dialog = screen.frame.dialog('New virtual subsystem');
  await dialog.getByRole('textbox', { name: 'Virtual NQN' }).fill('nqn.2026-11.io.berth:fine');
  await dialog.getByRole('textbox', { name: 'Virtual serial number' }).fill('');
  await dialog.getByRole('button', { name: 'Review the steps' }).click();
  await screen.frame.apply();
  await screen.choose('fine');
  const entry = async (offset: number) =>
    (await screen.read('fine'))?.exposed.find((one) => one.offset === offset)?.value;
  expect(await entry(520)).toBe('0x1ff');

  await page.getByRole('table', { name: 'Baseline' }).getByRole('button', { name: 'ONCS' }).click();
  const field = screen.frame.dialog(/\(ONCS\)/);
  await field.getByRole('checkbox', { name: /Bit 8: Copy/ }).click();
  await field.getByRole('button', { name: 'Review the steps' }).click();
  await screen.frame.apply();
  expect(await entry(520)).toBe('0xff');
  await page.getByRole('table', { name: 'Baseline' }).getByRole('button', { name: 'MDTS' }).click();
  const limit = screen.frame.dialog(/\(MDTS\)/);
  await limit.getByRole('textbox', { name: /At most/ }).fill('9');
  await expect(limit.getByRole('alert')).toContainText('would widen');
  await expect(limit.getByRole('button', { name: 'Review the steps' })).toBeDisabled();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'Identity…' }).click();
  const identity = screen.frame.dialog('Identity of fine');
  await identity.getByRole('button', { name: 'Fill in the empty fields' }).click();
  await expect(identity.getByRole('textbox', { name: 'Virtual serial number' })).toHaveValue('fine');
  await identity.getByRole('button', { name: 'Review the steps' }).click();
  await screen.frame.apply();
  expect((await screen.read('fine'))?.identity.serialNumber).toBe('fine');
  await page.keyboard.press('Control+Z');
  await expect.poll(async () => (await screen.read('fine'))?.identity.serialNumber).toBe('');
  // The next one can be undone when the procedure that undoes the last has ended.
  await expect(
    page.getByRole('banner').getByRole('button', { name: 'Undo: Narrow what fine exposes' }),
  ).toBeEnabled();
  await page.keyboard.press('Control+Z');
  await expect.poll(() => entry(520)).toBe('0x1ff');
});
