import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { findSecondary } from '#shared/fleet/selectors.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { fleetFileSchema } from '#shared/fleet-file/schema.ts';
import { siovFunctionAddress, siovPair } from '../../electron/backend/hosts/simulated/built-in/siov-pair.ts';
import { twoHosts } from '../../electron/backend/hosts/simulated/built-in/two-hosts.ts';
import { expect, expectAccessible, test } from '../fixtures.ts';
import { temporaryFolder } from '../launch.ts';
import { expectFleet, lastRun, readFleet } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';

const size = { width: 1440, height: 900 };
const folders: string[] = [];

test.afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** Two hosts with SR-IOV drives, and one drive more that provisions its functions; a guest has one of those. */
async function fleetWithBoth(): Promise<string> {
  const built: FleetFile = twoHosts.build();
  const guest = { name: 'siov-guest', vcpus: 2, memoryBytes: 2 ** 30, devices: [siovFunctionAddress] };
  const [first, ...others] = built.hosts;
  const hosts = [{ ...first, virtualMachines: [...(first?.virtualMachines ?? []), guest] }, ...others];
  const file = fleetFileSchema.parse({
    ...built,
    hosts,
    subsystems: [...built.subsystems, siovPair('hv-a', 'hv-b')],
  });
  const folder = await temporaryFolder();
  folders.push(folder);
  const place = path.join(folder, 'both.json');
  await writeFile(place, JSON.stringify(file));
  return place;
}

/** Chooses an option with the keyboard alone. */
async function choose(page: Page, scope: Locator, label: string, option: RegExp): Promise<void> {
  const box = scope.getByRole('combobox', { name: label });
  await box.focus();
  await page.keyboard.press('Enter');
  const wanted = page.getByRole('option', { name: option });
  await expect(wanted).toBeVisible();
  for (let step = 0; step < 40; step += 1) {
    if ((await wanted.getAttribute('data-highlighted')) !== null) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await expect(wanted).toBeHidden();
}

test('a virtual function and a provisioned one, each in one procedure, by keyboard', async ({ launch }) => {
  const { page } = await launch({ size, source: await fleetWithBoth() });
  const frame = new FramePage(page);
  const start = await readFleet(page);
  await frame.goTo('Virtual subsystems');
  for (const { primary, kind, name, first } of [
    { primary: /hv-a\/nvme1/, kind: /^SR-IOV/, name: 'by-vf', first: 'function-set-visible' },
    { primary: /hv-a\/nvme9/, kind: /^Provisioned/, name: 'by-siov', first: 'function-provision' },
  ]) {
    const open = page.getByRole('button', { name: 'Provision functions…' });
    await open.focus();
    await page.keyboard.press('Enter');
    const dialog = frame.dialog('Provision functions');
    await choose(page, dialog, 'Primary controller', primary);
    await choose(page, dialog, 'Kind of function', kind);
    await dialog.getByRole('textbox', { name: 'Virtual NQN' }).focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type(`nqn.2026-11.io.berth:${name}`);
    const steps = dialog.getByRole('list', { name: /^What happens/ });
    await expect(steps).toContainText('nvme virtual_function_set');
    await expect(steps).toContainText(name);
    await expectAccessible(page);
    const review = dialog.getByRole('button', { name: /^Review the steps/ });
    await review.focus();
    await page.keyboard.press('Enter');
    const apply = page.getByRole('dialog').getByRole('button', { name: 'Apply' });
    await apply.focus();
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await lastRun(page)).status).toBe('done');
    const kinds = (await lastRun(page)).plan.steps.map(({ step }) => step.kind);
    expect(kinds[0]).toBe(first);
    expect(kinds.lastIndexOf('function-set-visible')).toBeGreaterThan(kinds.indexOf('virtual-subsystem-add'));
    const made = Object.values((await readFleet(page)).virtualSubsystems).find(({ nqn }) =>
      nqn.endsWith(name),
    );
    const member = findSecondary(await readFleet(page), made?.members[0]?.controllerId ?? '');
    expect(member).toMatchObject({
      online: true,
      visible: true,
      migrationEnabled: true,
      vfioState: 'RUNNING',
    });
    await page.getByRole('button', { name: 'Undo', exact: true }).first().click();
    await expectFleet(page, start);
  }
});

test('the topology says what a provisioned function is and where it is', async ({ launch }) => {
  const { page } = await launch({ size, source: await fleetWithBoth() });
  const topology = new TopologyPage(page);
  await page.getByRole('button', { name: 'Fit', exact: true }).click();
  await topology.click(topology.item('Function 0x0100 of hv-a/nvme9'));
  await expect(page.getByText('provisioned (SIOV-like, proposal), handle 32768')).toBeVisible();
  await expect(page.getByText(siovFunctionAddress).first()).toBeVisible();
  await expectAccessible(page);
});
