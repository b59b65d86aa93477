import { defineConfig } from '@playwright/test';

// One worker: the programs under test share two cores, and times measured in them should mean something.
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
