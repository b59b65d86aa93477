import { expect, expectAccessible, test } from '../fixtures.ts';
import { type Program, setSize } from '../launch.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';

const size = { width: 1440, height: 900 };
const small = { width: 1024, height: 700 };

test('the palette gets every key after its shortcut, the first time too, and nothing reaches the canvas', async ({
  launch,
}) => {
  const { page } = await launch({ size });
  const frame = new FramePage(page);
  const topology = new TopologyPage(page);
  const controller = topology.item('VF 5 of hv-a/nvme1');
  await topology.click(controller);
  await controller.focus();
  const place = await page.getByRole('tree').boundingBox();
  const palette = frame.dialog('Search and commands');
  const field = palette.getByRole('combobox', { name: 'Search' });

  await test.step('typed before its code can be loaded: in the very task of its shortcut', async () => {
    await page.evaluate(() => {
      const press = (key: string, ctrlKey = false) =>
        document.activeElement?.dispatchEvent(
          new KeyboardEvent('keydown', {
            key,
            code: `Key${key.toUpperCase()}`,
            ctrlKey,
            bubbles: true,
            cancelable: true,
          }),
        );
      press('k', true);
      // Each is a command of the canvas, or moves in it.
      for (const key of ['a', 'r', 'n', ' ', 'ArrowDown', '+']) press(key);
    });
    await expect(palette).toBeVisible();
    await expect(field).toHaveValue('arn +');
    await expect(page.getByRole('dialog')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(palette).toBeHidden();
    await expect(controller).toHaveAttribute('aria-selected', 'true');
    expect(await page.getByRole('tree').boundingBox()).toEqual(place);
  });

  await test.step('typed as fast as a keyboard can', async () => {
    await controller.focus();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('histpry');
    for (let back = 0; back < 3; back += 1) await page.keyboard.press('Backspace');
    await page.keyboard.type('ory');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('main', { name: 'History' })).toBeVisible();
  });

  await test.step('the other overlays have theirs', async () => {
    await frame.goTo('Topology');
    await controller.focus();
    await page.keyboard.press('r');
    await page.keyboard.type('7');
    const dialog = page.getByRole('dialog');
    await expect(dialog).toHaveCount(1);
    await expect(dialog.getByRole('textbox').first()).toHaveValue(/7/);
  });
});

test('notices stay out of the way, at both sizes and over every screen', async ({ launch }) => {
  const program = await launch({ size });
  const { page } = program;
  const frame = new FramePage(page);
  const sixty = Array.from({ length: 60 }, (_, index) => `reason ${index + 1}`);

  await test.step('one of 60 lines shows three', async () => {
    await say(program, 'Everything is refused', sixty);
    const notice = frame.notice('Everything is refused');
    await expect(notice.getByRole('button', { name: 'All of' })).toHaveText('57 more…');
    const box = await notice.boundingBox();
    expect(box?.height).toBeLessThan(130);
    // At the right edge, and inside the window.
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeGreaterThan(size.width - 40);
  });

  for (const [name, wanted] of Object.entries({ large: size, small }))
    await test.step(`nothing that is pressed is under them (${name})`, async () => {
      await setSize(program.app, page, wanted);
      for (let index = 0; index < 4; index += 1) await say(program, `Notice ${index}`, sixty);
      const dock = page.getByRole('region', { name: 'Dock' });
      for (const tab of await dock.getByRole('tab').all()) await tab.click({ timeout: 3000 });
      await dock.getByRole('button', { name: 'Hide the dock' }).click({ trial: true, timeout: 3000 });
      await page
        .getByRole('button', { name: /\d+ errors? · \d+ warnings?/ })
        .click({ trial: true, timeout: 3000 });
      await expectAccessible(page);
      await frame.goTo('Migrations');
      await page.getByRole('button', { name: 'New migration' }).first().click();
      await page
        .getByRole('region', { name: 'Compatibility' })
        .getByRole('button', { name: 'Cancel' })
        .click({ timeout: 3000 });
      await frame.goTo('Topology');
    });

  await test.step('Esc closes one after the other, and the bell has kept them', async () => {
    const region = page.getByRole('region', { name: 'Notices' });
    const before = await region.getByRole('group').count();
    expect(before).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Fit' }).focus();
    for (let left = 10; left > 0 && (await region.getByRole('group').count()) > 0; left -= 1)
      await page.keyboard.press('Escape');
    await expect(region.getByRole('group')).toHaveCount(0);
    await page.getByRole('button', { name: /^Notices/ }).click();
    const list = frame.dialog('Notices').getByRole('list', { name: 'Notices of this session' });
    await expect(list.getByRole('listitem').filter({ hasText: 'Everything is refused' })).toContainText(
      'reason 1',
    );
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('button', { name: 'Notices', exact: true })).toBeVisible();
  });
});

/** What the main process tells the window when something goes wrong there. */
async function say({ app }: Program, message: string, details: readonly string[]): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, given) => {
      const notice = { code: 'refused', severity: 'error', ...given };
      BrowserWindow.getAllWindows()[0]?.webContents.send('berth:event', 'app:notice', notice);
    },
    { message, details: [...details] },
  );
}
