import type { Page } from '@playwright/test';
import { expect, expectAccessible, test } from './fixtures.ts';
import { type Program, setSize, setTheme } from './launch.ts';

const wide = { width: 1440, height: 900 };
const narrow = { width: 1024, height: 700 };
/** They take a minute of the whole run. */
const wantsPictures = process.env.BERTH_SCREENS !== undefined;

/**
 * Looks at what shows now in both themes and both sizes: axe in each theme, nothing wider than the window in each size,
 * no text at the frame of a card; with BERTH_SCREENS=1 also a picture of each, for people to look at.
 */
export async function inspect(program: Program, name: string): Promise<void> {
  const { app, page } = program;
  await expect(page.getByText(/^(?:Reading|Opening|Making|Asking|Planning|Comparing|Looking) /)).toHaveCount(
    0,
  );
  for (const theme of ['dark', 'light'] as const) {
    await setTheme(app, theme);
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    for (const size of [narrow, wide]) {
      await setSize(app, page, size);
      await expectNoOverflow(page, `${name}, ${theme}, ${size.width}`);
      if (wantsPictures)
        await page.screenshot({
          path: `test-results/screens/${name}-${theme}-${size.width}.png`,
          animations: 'disabled',
        });
    }
    await test.step(`${name}, ${theme}`, () => expectAccessible(page));
  }
  await expectRoomInCards(page, name);
}

/** No text in a card touches its frame. */
async function expectRoomInCards(page: Page, where: string): Promise<void> {
  const touching = await page.evaluate(() => {
    const room = 6;
    const isCard = (element: Element) => {
      const { overflowX, borderLeftWidth, borderRadius } = getComputedStyle(element);
      return overflowX === 'hidden' && borderLeftWidth === '1px' && borderRadius !== '0px';
    };
    return [...document.querySelectorAll('section')].filter(isCard).flatMap((card) => {
      const { left } = card.getBoundingClientRect();
      const texts = document.createTreeWalker(card, NodeFilter.SHOW_TEXT);
      const found: string[] = [];
      for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
        if (text.textContent?.trim() === '' || text.parentElement?.checkVisibility() !== true) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const box = range.getBoundingClientRect();
        if (box.width > 0 && box.left < left + room) found.push(text.textContent?.slice(0, 60) ?? '');
      }
      return found;
    });
  });
  expect(touching, `${where}: text at the frame of its card`).toEqual([]);
}

/** Nothing reaches beyond the window, and no box that cannot be scrolled hides what it holds at its right. */
async function expectNoOverflow(page: Page, where: string): Promise<void> {
  const wider = await page.evaluate(() => {
    const beyond = (element: Element) => element.getBoundingClientRect().right > window.innerWidth + 1;
    const isShown = (element: Element) => element.checkVisibility({ opacityProperty: true });
    const scrolls = (element: Element): boolean => {
      for (let up: Element | null = element; up !== null; up = up.parentElement)
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX) && up !== element && !beyond(up))
          return true;
      return false;
    };
    return [...document.querySelectorAll('body *')]
      .filter((element) => isShown(element) && beyond(element) && !scrolls(element))
      .map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`);
  });
  expect(wider, where).toEqual([]);
  const fits = await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth);
  expect(fits, `${where}: the page scrolls sideways`).toBe(true);
}
