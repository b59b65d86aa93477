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

  /** Dismisses every notice, as a person does whose next click one would catch. One may go by itself meanwhile. */
  async dismissNotices(): Promise<void> {
    const buttons = this.page
      .getByRole('region', { name: 'Notices' })
      .getByRole('button', { name: 'Dismiss' });
    while ((await buttons.count()) > 0) {
      const before = await buttons.count();
      await buttons
        .first()
        .click({ timeout: 2000 })
        .catch(async (error: unknown) => {
          if ((await buttons.count()) >= before) throw error;
        });
    }
  }

  /** Runs the plan that is under review, to its end. */
  async apply(): Promise<void> {
    const sheet = this.page
      .getByRole('dialog')
      .filter({ has: this.page.getByRole('list', { name: 'Steps' }) });
    await expect(sheet).toBeVisible();
    await sheet.getByRole('button', { name: 'Apply' }).click();
    await expect(sheet).toBeHidden();
  }
}
