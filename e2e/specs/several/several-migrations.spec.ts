import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { guestFleet } from '#backend/test-support/guest-fleet.ts';
import { expect, test } from '../../fixtures.ts';
import { inspect } from '../../inspect.ts';
import { temporaryFolder } from '../../launch.ts';
import { readFleet, request } from '../../pages/fleet.ts';
import { FramePage } from '../../pages/frame.ts';
import { TopologyPage } from '../../pages/topology.ts';

const size = { width: 1440, height: 900 };
let folder = '';

test.beforeEach(async () => {
  folder = await temporaryFolder();
});
test.afterEach(async () => {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

/** A fleet file of guests; on hv-a there is also one without a controller, which cannot move. */
async function fleetFile(guests: Readonly<Record<string, number>>, linkBytesPerSecond: number) {
  const file = guestFleet({ guests, memoryBytes: 2 ** 27, linkBytesPerSecond });
  const [host] = file.hosts;
  const [machine] = host?.virtualMachines ?? [];
  if (machine !== undefined) host?.virtualMachines.push({ ...machine, name: 'bare', devices: [] });
  const source = path.join(folder, 'guests.json');
  await writeFile(source, JSON.stringify(file));
  return source;
}

const strip = (page: Page) => page.getByRole('region', { name: 'Migrations', exact: true });
const step = (page: Page) =>
  page.getByRole('navigation', { name: 'Steps of the migrations' }).locator('[aria-current="step"]');
const row = (page: Page, name: string) =>
  page.getByRole('table', { name: /^(Placement|Migrations of this batch)$/ }).getByRole('row', { name });

async function next(page: Page, name: string): Promise<void> {
  await strip(page).getByRole('button', { name: 'Continue' }).click();
  await expect(step(page)).toContainText(name);
}

/** To the options; a busy machine takes longer for each step than the usual budget allows. */
async function toOptions(page: Page): Promise<void> {
  await next(page, 'Options');
  await page.getByRole('textbox', { name: 'Downtime budget (ms)' }).fill('20000');
}

/** Acknowledges what there is to acknowledge, and starts. */
async function begin(page: Page, name: string): Promise<void> {
  const all = page.getByRole('button', { name: /^Acknowledge all/ });
  if ((await all.count()) > 0) await all.click();
  await strip(page).getByRole('button', { name, exact: true }).click();
  await expect(page.getByRole('table', { name: 'Migrations of this batch' })).toBeVisible();
}

async function hostsOfMachines(page: Page): Promise<Record<string, string>> {
  const { virtualMachines } = await readFleet(page);
  return Object.fromEntries(Object.values(virtualMachines).map(({ name, hostId }) => [name, hostId]));
}

test('three virtual machines move at once', async ({ launch }) => {
  const source = await fleetFile({ 'hv-a': 4, 'hv-b': 1, 'hv-c': 0 }, 80_000_000);
  const program = await launch({ size, source });
  const { page } = program;
  await new FramePage(page).goTo('Migrations');
  await page.getByRole('button', { name: 'Several at once…' }).click();
  for (const name of ['a-00', 'a-01', 'a-03']) await page.getByRole('checkbox', { name }).click();
  await next(page, 'Placement');
  await expect(row(page, 'a-00')).toContainText(/fits|warning/);
  // One is sent elsewhere by its list.
  await row(page, 'a-03').getByRole('combobox').click();
  await page.getByRole('option', { name: 'hv-b', exact: true }).click();
  await expect(row(page, 'a-03').getByRole('combobox')).toContainText('hv-b');
  await toOptions(page);
  await page.getByRole('textbox', { name: 'For each host' }).fill('3');
  await page.getByRole('button', { name: 'a-03 earlier' }).click();
  await next(page, 'Review');
  await begin(page, 'Migrate 3');

  await expect(page.getByRole('contentinfo')).toContainText('3 migrations');
  await expect(page.getByRole('heading', { level: 1, name: 'Move 3 virtual machines' })).toBeVisible();
  await inspect(program, 'several-under-way');
  await row(page, 'a-00').getByRole('button', { name: 'Show a-00' }).click();
  await expect(page.getByRole('heading', { name: /a-00/, level: 1 })).toBeVisible();
  await new FramePage(page).goTo('Migrations');
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: /^(Open|Show Move 3 virtual machines)$/ }).click();
  for (const name of ['a-00', 'a-01', 'a-03'])
    await expect(row(page, name)).toContainText('done', { timeout: 30_000 });
  expect(await hostsOfMachines(page)).toMatchObject({
    ...{ 'a-00': 'hv-c', 'a-01': 'hv-b', 'a-02': 'hv-a', 'a-03': 'hv-b' },
  });
});

test('a host is evacuated, and what cannot move is listed with its reason', async ({ launch }) => {
  const source = await fleetFile({ 'hv-a': 2, 'hv-b': 1 }, 1_000_000_000);
  const program = await launch({ size, source });
  const { page } = program;
  const topology = new TopologyPage(page);
  await topology.choose(topology.item('Host hv-a'), 'Evacuate host…');
  await expect(
    page.getByRole('heading', { level: 1, name: 'Where does everything on hv-a go?' }),
  ).toBeVisible();
  await expect(row(page, 'bare')).toContainText('refused');
  await expect(row(page, 'bare')).toContainText('has no secondary controller');
  await row(page, 'bare').getByText('Why no host takes it').click();
  await inspect(program, 'evacuation-placement');
  await toOptions(page);
  await next(page, 'Review');
  await expect(page.getByText('1 virtual machine cannot move')).toBeVisible();
  await begin(page, 'Evacuate');
  for (const name of ['a-00', 'a-01'])
    await expect(row(page, name)).toContainText('done', { timeout: 30_000 });
  expect(await hostsOfMachines(page)).toMatchObject({ 'a-00': 'hv-b', 'a-01': 'hv-b', bare: 'hv-a' });
});

test('two chosen virtual machines open the wizard for several with Ctrl M', async ({ launch }) => {
  const program = await launch({ size });
  const { page } = program;
  const topology = new TopologyPage(page);
  await topology.click(topology.item('Virtual machine db-primary on hv-a'));
  const other = topology.item('Virtual machine web-07 on hv-a');
  await page.keyboard.down('Control');
  await topology.click(other);
  await page.keyboard.up('Control');
  await page.keyboard.press('Control+m');
  await expect(page.getByRole('heading', { level: 1, name: 'Where do they go?' })).toBeVisible();
  for (const name of ['db-primary', 'web-07']) await expect(row(page, name)).toContainText(/fits|warning/);
  await strip(page).getByRole('button', { name: 'Back' }).click();
  await inspect(program, 'several-source');
  await next(page, 'Placement');
  await next(page, 'Options');
  await inspect(program, 'several-options');
  await next(page, 'Review');
  await inspect(program, 'several-review');
});

test('a batch that was cut short is found held, and goes on', async ({ launch }) => {
  const source = await fleetFile({ 'hv-a': 3, 'hv-b': 1 }, 60_000_000);
  const dataFolder = path.join(folder, 'data');
  const first = await launch({ size, source, dataFolder });
  await new FramePage(first.page).goTo('Migrations');
  await first.page.getByRole('button', { name: 'Several at once…' }).click();
  for (const name of ['a-00', 'a-01', 'a-02']) await first.page.getByRole('checkbox', { name }).click();
  await next(first.page, 'Placement');
  await expect(row(first.page, 'a-00')).toContainText(/fits|warning/);
  await next(first.page, 'Options');
  await first.page.getByRole('textbox', { name: 'At once' }).fill('1');
  await next(first.page, 'Review');
  await begin(first.page, 'Migrate 3');
  await expect(row(first.page, 'a-00')).toContainText('running');
  await first.kill();

  const { page } = await launch({ size, dataFolder });
  await new FramePage(page).goTo('Migrations');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByText('2 migrations are held')).toBeVisible();
  const [batch] = (await request(page, 'batch:list', {})).batches;
  expect(batch?.members.map(({ state }) => state)).toEqual(['running', 'waiting', 'waiting']);
  await page.getByRole('button', { name: 'Drop the rest' }).click();
  await expect(row(page, 'a-02')).toContainText('cancelled');
  await row(page, 'a-00').getByRole('button', { name: 'Show a-00' }).click();
  await expect(page.getByRole('heading', { name: /interrupted/ })).toBeVisible();
});
