import { defineConfig } from '@playwright/test';

// Two programs side by side: each mostly waits, for its own start, for paints and for its closing.
export default defineConfig({
  outputDir: '../test-results',
  workers: 2,
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: { actionTimeout: 10_000, trace: 'retain-on-failure' },
  projects: [
    { name: 'e2e', testDir: 'specs', testMatch: '**/*.spec.ts' },
    { name: 'demo', testDir: 'demo', testMatch: 'guided-example.ts', timeout: 300_000 },
  ],
});
