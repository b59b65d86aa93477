import { expect, type Locator, type Page } from '@playwright/test';

/** The topology: its graph through the accessible tree that lies over the canvas, and its list. */
export class TopologyPage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  /** What is drawn in the graph, by the beginning of its name: `VF 3 of hv-a/nvme1`. */
  item(name: string): Locator {
    return this.page.getByRole('treeitem', { name: new RegExp(`^${escaped(name)}(,|$)`) });
  }

  /** Row of a controller in the list. */
  row(name: string): Locator {
    return this.page
      .getByRole('grid', { name: 'Controllers' })
      .getByRole('row', { name: new RegExp(`^${escaped(name)}(,|$)`) });
  }

  /** Selects the rows of the list from one to the other. */
  async selectRows(first: string, last: string): Promise<void> {
    await this.row(first).click();
    await this.row(last).click({ modifiers: ['Shift'] });
    await expect(this.row(first)).toHaveAttribute('aria-selected', 'true');
  }

  /** Opens the menu of the selection at one of its rows and chooses an entry. */
  async chooseForSelection(row: string, entry: string): Promise<void> {
    await this.row(row).click({ button: 'right' });
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  async show(view: 'Graph' | 'List'): Promise<void> {
    await this.page.getByRole('radiogroup', { name: 'View' }).getByRole('radio', { name: view }).click();
    await expect(
      view === 'Graph'
        ? this.page.getByRole('treeitem').first()
        : this.page.getByRole('grid', { name: 'Controllers' }),
    ).toBeVisible();
  }

  /** Presses on the canvas where the item is drawn. */
  async click(item: Locator, button: 'left' | 'right' = 'left'): Promise<void> {
    const { x, y } = await middle(item);
    await this.page.mouse.click(x, y, { button });
  }

  /** Drags with the real mouse over the canvas; `hold` runs before the button is let go, at the right end of the target. */
  async drag(from: Locator, to: Locator, hold?: () => Promise<void>): Promise<void> {
    const start = await middle(from);
    const end = await middle(to, hold === undefined ? 0.5 : 0.8);
    await this.page.mouse.move(start.x, start.y);
    await this.page.mouse.down();
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 4 });
    await this.page.mouse.move(end.x, end.y, { steps: 4 });
    await hold?.();
    await this.page.mouse.up();
  }

  /** Opens the context menu of an item and chooses an entry. */
  async choose(item: Locator, entry: string): Promise<void> {
    await this.click(item, 'right');
    await this.page.getByRole('menuitem', { name: entry }).click();
  }

  /** Walks with the arrow keys until the item has the focus. */
  async walkTo(item: Locator, key: 'ArrowDown' | 'ArrowUp' | 'ArrowLeft' | 'ArrowRight'): Promise<void> {
    for (let press = 0; press < 40; press += 1) {
      if (await item.evaluate((element) => element === document.activeElement)) return;
      await this.page.keyboard.press(key);
    }
    await expect(item).toBeFocused();
  }
}

/** A point inside an item, near its top so that tall boxes are hit beside what they contain; `across` is a share of its width. */
async function middle(item: Locator, across = 0.5): Promise<{ x: number; y: number }> {
  const box = await item.boundingBox();
  if (box === null) throw new Error('It is not drawn.');
  return { x: box.x + box.width * across, y: box.y + Math.min(box.height / 2, 20) };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
