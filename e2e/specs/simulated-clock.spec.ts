import { expect, test } from '../fixtures.ts';
import { lastRun, request } from '../pages/fleet.ts';
import { WizardPage } from '../pages/wizard.ts';

test('the simulated clock pauses, steps and runs as fast as possible, by keyboard', async ({ launch }) => {
  const { page } = await launch({ size: { width: 1440, height: 900 } });
  const control = page.getByRole('button', { name: /^Simulated clock/ });
  await expect(control).toHaveAccessibleName('Simulated clock, Real time');
  await page.keyboard.press('Control+p');
  await expect(control).toHaveAccessibleName('Simulated clock, Paused');

  const wizard = new WizardPage(page);
  await wizard.prepare('db-primary', 'hv-b');
  await wizard.migrate();
  await expect(page.getByRole('contentinfo')).toContainText('paused: simulated clock');
  await expect(page.getByText('Paused: simulated clock.')).toBeVisible();
  const sent = async () => (await lastRun(page)).migration?.memorySentBytes ?? -1;
  // What the first step asks for, and the time after which it would be given up.
  await expect.poll(async () => (await request(page, 'simulation:clock', {})).clock?.waiting).toBe(2);
  const done = async () => (await lastRun(page)).steps.filter(({ status }) => status === 'done').length;
  expect([await done(), await sent()]).toEqual([0, 0]);
  await page.keyboard.press('F10');
  await expect.poll(done).toBe(1);
  // Each command that prepares the destination takes a step; then memory goes over the link, piece by piece.
  for (let press = 0; press < 60 && (await sent()) <= 0; press += 1) {
    const clock = async () => (await request(page, 'simulation:clock', {})).clock;
    await expect.poll(async () => (await clock())?.waiting).toBeGreaterThan(0);
    // Two commands in a row may be called the same and be due at the same time; the trace tells them apart.
    const traced = async () => (await request(page, 'trace:recent', { limit: 1 })).entries.at(-1)?.sequence;
    const standing = async () =>
      JSON.stringify([await done(), (await clock())?.next, await sent(), await traced()]);
    const before = await standing();
    await page.keyboard.press('F10');
    await expect.poll(standing).not.toBe(before);
  }
  expect(await sent()).toBeGreaterThan(0);
  expect((await lastRun(page)).status).toBe('running');

  await control.focus();
  await page.keyboard.press('Enter');
  const fastest = page.getByRole('menuitem', { name: 'As fast as possible' });
  await expect(fastest).toBeVisible();
  for (let press = 0; press < 10; press += 1) {
    if (await fastest.evaluate((element) => element === document.activeElement)) break;
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  await wizard.expectResult('db-primary moved from hv-a to hv-b');
  await expect(control).toHaveAccessibleName('Simulated clock, As fast as possible');
  expect((await lastRun(page)).simulatedTime?.endedAt).toBeGreaterThan(2500);
});
