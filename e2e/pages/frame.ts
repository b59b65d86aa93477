import { expect, type Locator, type Page } from '@playwright/test';

export type ScreenName =
  | 'Topology'
  | 'Virtual subsystems'
  | 'Migrations'
  | 'Commands'
  | 'Reports'
  | 'History'
  | 'Settings';

/** What surrounds every screen: rail, top bar, notices, dialogs. */
export class FramePage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  async goTo(screen: ScreenName): Promise<void> {
    await this.page
      .getByRole('navigation', { name: 'Screens' })
      .getByRole('button', { name: new RegExp(`^${screen}`) })
      .click();
    await expect(this.page.getByRole('main', { name: screen })).toBeVisible();
  }

  /** The dialog with this title. */
  dialog(title: string | RegExp): Locator {
    return this.page.getByRole('dialog', { name: title });
  }

  /** A notice by the words in it. */
  notice(words: string | RegExp): Locator {
    return this.page.getByRole('region', { name: 'Notices' }).getByRole('group').filter({ hasText: words });
  }

  /** Runs the plan that is under review, to its end; agrees where a guest is cut off. */
  async apply(): Promise<void> {
    const sheet = this.page
      .getByRole('dialog')
      .filter({ has: this.page.getByRole('list', { name: 'Steps' }) });
    await expect(sheet).toBeVisible();
    await expect(sheet.getByRole('button', { name: 'Apply' })).not.toHaveAttribute(
      'aria-description',
      /plan/,
    );
    for (const box of await sheet.getByRole('checkbox').all()) await box.click();
    await sheet.getByRole('button', { name: 'Apply' }).click();
    await expect(sheet).toBeHidden();
  }
}
