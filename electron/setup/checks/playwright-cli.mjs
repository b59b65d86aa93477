/** The words that start Playwright with Node, without the search that npx does. */
export const playwrightCli = [
  'node_modules/@playwright/test/cli.js',
  'test',
  '--config',
  'e2e/playwright.config.ts',
];
