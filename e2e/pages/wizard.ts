import { expect, type Locator, type Page } from '@playwright/test';

const steps = ['Source', 'Destination', 'Mapping', 'Checks', 'Options', 'Review'] as const;
export type WizardStepName = (typeof steps)[number];

/** The migration wizard, the run view and the result. */
export class WizardPage {
  readonly page: Page;
  readonly strip: Locator;
  constructor(page: Page) {
    this.page = page;
    this.strip = page.getByRole('region', { name: 'Compatibility' });
  }

  async open(): Promise<void> {
    await this.page.getByRole('banner').getByRole('button', { name: 'Migrate…' }).click();
    // With a virtual machine or one of its controllers selected it starts one step further.
    await this.page
      .getByRole('navigation', { name: 'Steps of the migration' })
      .getByRole('button', { name: /Source/ })
      .click();
    await this.expectStep('Source');
  }

  async expectStep(name: WizardStepName): Promise<void> {
    await expect(
      this.page.getByRole('navigation', { name: 'Steps of the migration' }).locator('[aria-current="step"]'),
    ).toContainText(name);
  }

  async choose(list: 'Virtual machine' | 'Destination host', name: string): Promise<void> {
    const choice = this.page.getByRole('radiogroup', { name: list }).getByRole('radio', { name });
    await choice.click();
    await expect(choice).toBeChecked();
  }

  async next(name: WizardStepName): Promise<void> {
    await this.strip.getByRole('button', { name: 'Continue' }).click();
    await this.expectStep(name);
  }

  /** Ticks the box for all warnings, where there are any. */
  async acknowledge(): Promise<void> {
    // While they are made anew, for a fleet that has just changed, there is no box to tick.
    await expect(this.strip).toContainText('checked ');
    const box = this.strip.getByRole('checkbox', { name: /I have read/ });
    if ((await box.count()) > 0) await box.click();
  }

  /** From anywhere to the last step, with the proposed mapping and the usual options; `policy`: another than usual. */
  async prepare(machine: string, host: string, policy?: 'Stop-and-copy'): Promise<void> {
    await this.open();
    await this.choose('Virtual machine', machine);
    await this.next('Destination');
    await this.choose('Destination host', host);
    await this.next('Mapping');
    await expect(this.strip.getByText(/\d+ passed/)).toBeVisible();
    await this.next('Checks');
    await this.next('Options');
    if (policy !== undefined) {
      const choice = this.page.getByRole('radio', { name: new RegExp(`^${policy}`) });
      await choice.click();
      await expect(choice).toBeChecked();
      // The checks of the other options are under way, and may warn of something.
      await expect(this.strip).toContainText('checked ');
    }
    await this.next('Review');
    await this.acknowledge();
  }

  async migrate(): Promise<void> {
    await this.strip.getByRole('button', { name: 'Migrate', exact: true }).click();
    await expect(this.page.getByRole('heading', { name: /^Migrating / })).toBeVisible();
  }

  /** Waits for the result with this sentence in its title. */
  async expectResult(title: string | RegExp): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1, name: title })).toBeVisible({ timeout: 30_000 });
  }
}
