import { test } from '../fixtures.ts';
import { FramePage } from '../pages/frame.ts';

test.setTimeout(180_000);
test('shots', async ({ launch }) => {
  for (const theme of ['dark', 'light'] as const) {
    const { page, app, close } = await launch({ size: { width: 1440, height: 900 }, theme });
    const frame = new FramePage(page);
    await frame.goTo('Virtual subsystems');
    await page.waitForTimeout(2500);
    await page.screenshot({ path: `/tmp/h-${theme}-1440.png` });
    await page.getByRole('button', { name: 'New virtual subsystem…' }).click();
    await page.waitForTimeout(500);
    await page.screenshot({ path: `/tmp/h-${theme}-dialog.png` });
    await page.getByRole('button', { name: 'Save as draft' }).click();
    await page.waitForTimeout(600);
    await page.screenshot({ path: `/tmp/h-${theme}-draft.png` });
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 700));
    await page.waitForTimeout(600);
    await page.screenshot({ path: `/tmp/h-${theme}-draft-1024.png` });
    await page.getByRole('button', { name: /^tenant-web/ }).click();
    const chip = (vf: number) =>
      page.getByRole('button', { name: `Add VF ${vf} of hv-a/nvme1`, exact: true });
    await chip(5).click({ modifiers: ['ControlOrMeta'] });
    await chip(7).click({ modifiers: ['Shift'] });
    await page.waitForTimeout(600);
    await page.screenshot({ path: `/tmp/h-${theme}-1024.png` });
    await close();
  }
});
