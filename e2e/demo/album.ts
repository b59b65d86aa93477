import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from '@playwright/test';
import { type Program, setTheme } from '../launch.ts';

export type Theme = 'dark' | 'light';

export interface PictureOptions {
  /** Left out: dark only. */
  readonly themes?: readonly Theme[];
  /** Names under which the README shows the picture of a theme. */
  readonly docs?: Readonly<Partial<Record<Theme, string>>>;
}

/** Numbered pictures in one folder, and on request those of the README in another, with a page that explains them. */
export class Album {
  readonly #program: Program;
  readonly #folder: string;
  readonly #docsFolder: string | undefined;
  readonly #lines: string[] = [];
  #number = 0;
  count = 0;

  constructor(program: Program, folder: string, docsFolder: string | undefined) {
    this.#program = program;
    this.#folder = folder;
    this.#docsFolder = docsFolder;
  }

  async take(
    name: string,
    words: string,
    { themes = ['dark'], docs = {} }: PictureOptions = {},
  ): Promise<void> {
    this.#number += 1;
    const number = String(this.#number).padStart(2, '0');
    const files: string[] = [];
    for (const theme of themes) {
      await this.#show(theme);
      const file = `${number}-${name}${themes.length > 1 ? `-${theme}` : ''}.png`;
      await writeFile(path.join(this.#folder, file), await this.#shoot());
      const documented = docs[theme];
      if (documented !== undefined && this.#docsFolder !== undefined) {
        await mkdir(this.#docsFolder, { recursive: true });
        await writeFile(path.join(this.#docsFolder, `${documented}.png`), await this.#shoot());
      }
      files.push(file);
      this.count += 1;
    }
    if (themes.length > 1) await this.#show('dark');
    this.#lines.push(`${files.map((file) => `[${file}](${file})`).join(', ')}: ${words}`);
  }

  /** Mentions a file that is no picture. */
  note(file: string, words: string): void {
    this.#lines.push(`[${file}](${file}): ${words}`);
  }

  /** Markdown that tells what each file shows. */
  index(): string {
    return [
      '# Guided example',
      '',
      'Berth did this by itself, in a real window, on its built-in simulated fleet `two-hosts`. No real hardware was touched.',
      '',
      ...this.#lines.map((line) => `- ${line}`),
      '',
    ].join('\n');
  }

  async #show(theme: Theme): Promise<void> {
    await setTheme(this.#program.app, theme);
    await expect(this.#program.page.locator('html')).toHaveAttribute('data-theme', theme);
  }

  async #shoot(): Promise<Buffer> {
    return this.#program.page.screenshot({ animations: 'disabled' });
  }
}
