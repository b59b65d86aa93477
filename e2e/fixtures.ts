import AxeBuilder from '@axe-core/playwright';
import { test as base, expect, type Page } from '@playwright/test';
import { type LaunchOptions, launchProgram, type Program } from './launch.ts';

/** `launch` opens the program; whatever a test opened is closed after it, and must not have complained. */
export const test = base.extend<{ launch: (options?: LaunchOptions) => Promise<Program> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright insists on a destructured first argument
  launch: async ({}, use, testInfo) => {
    const programs: Program[] = [];
    await use(async (options) => {
      const program = await launchProgram(options);
      programs.push(program);
      return program;
    });
    for (const [index, program] of programs.entries()) {
      // Playwright makes pictures of failures by itself for browsers only.
      if (testInfo.status !== testInfo.expectedStatus)
        await program.page
          .screenshot({ path: testInfo.outputPath(`window-${index + 1}.png`), timeout: 5000 })
          .catch(() => undefined);
      await program.close().catch(() => undefined);
    }
    expect(programs.flatMap((program) => program.complaints)).toEqual([]);
  },
});

export { expect };

/** Runs axe on the whole page. Electron cannot open the second page that axe uses by default, hence the legacy mode. */
export async function expectAccessible(page: Page): Promise<void> {
  const results = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  const found = results.violations.map(
    (violation) =>
      `${violation.id}: ${violation.help} — ${violation.nodes.map((node) => node.target.join(' ')).join(' | ')}`,
  );
  expect(found).toEqual([]);
}
