import { defineConfig } from 'vitest/config';

// Worker threads take the time zone of the process that starts them.
process.env.TZ = 'UTC';

/** Milliseconds: a guard against hanging. Deep property runs (`npm run test:deep`) take as long as they take. */
const testTimeout = process.env.BERTH_TEST_DEPTH === 'deep' ? 1_800_000 : 10_000;

/** A test that asserts nothing cannot fail, so it fails. */
const expectations = { requireAssertions: true };

export default defineConfig({
  test: {
    // Vitest keeps one core for itself by default, half of a machine with two.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['shared/**/*.test.ts', 'electron/**/*.test.ts', 'e2e/bench/**/*.test.ts'],
          pool: 'threads',
          // Nothing here keeps state in a module, so each worker loads the program once and not for every file.
          isolate: false,
          testTimeout,
          expect: expectations,
        },
      },
      {
        test: {
          name: 'renderer',
          environment: 'jsdom',
          include: ['renderer/**/*.test.ts', 'renderer/**/*.test.tsx'],
          // jsdom is loaded once for each worker; every file still gets a document and modules of its own.
          pool: 'vmThreads',
          testTimeout,
          expect: expectations,
        },
      },
    ],
  },
});
