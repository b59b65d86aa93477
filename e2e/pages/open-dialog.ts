import { expect, type Locator } from '@playwright/test';
import { answerDialogs, type Program } from '../launch.ts';

/** The Open dialog. */
export class OpenDialogPage {
  readonly program: Program;
  readonly dialog: Locator;
  constructor(program: Program) {
    this.program = program;
    this.dialog = program.page.getByRole('dialog', { name: /open/i });
  }

  async show(): Promise<void> {
    await this.program.page.keyboard.press('Control+O');
    await expect(this.dialog).toBeVisible();
  }

  /** Answers the native chooser with a folder. */
  async chooseCapture(folder: string): Promise<void> {
    await answerDialogs(this.program.app, { open: folder });
    await this.dialog.getByRole('button', { name: 'Folder…' }).click();
  }

  /** Answers the native chooser with an archive. */
  async chooseArchive(file: string): Promise<void> {
    await answerDialogs(this.program.app, { open: file });
    await this.dialog.getByRole('button', { name: 'Archive…' }).click();
  }

  /** Answers the native chooser with a file. */
  async chooseFleetFile(file: string): Promise<void> {
    await answerDialogs(this.program.app, { open: file });
    await this.dialog.getByRole('button', { name: 'Fleet file…' }).click();
  }

  /** From the page where a capture's snapshot and kind are chosen. */
  async openSnapshot(snapshot: string, as: 'Captured host' | 'Simulated twin'): Promise<void> {
    const { page } = this.program;
    await this.dialog.getByRole('combobox', { name: 'Snapshot' }).click();
    await page.getByRole('option', { name: snapshot }).click();
    await this.dialog.getByRole('radio', { name: as }).click();
    await this.dialog.getByRole('button', { name: 'Open', exact: true }).click();
  }

  /** Leaves the list of what could not be read, where there is one. */
  async finish(): Promise<void> {
    const rest = this.dialog.getByRole('button', { name: 'Show what could be read' });
    await expect.poll(async () => (await rest.isVisible()) || !(await this.dialog.isVisible())).toBe(true);
    if (await rest.isVisible()) await rest.click();
    await expect(this.dialog).toBeHidden();
  }
}
