import { defineConfig } from '@playwright/test';

// One worker: two programs on two cores made tests fail that pass alone, for less than a minute gained.
export default defineConfig({
  outputDir: '../test-results',
  workers: 1,
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
