/**
 * `npm test [-- --unit [VITEST …] | --deep [VITEST …] | --e2e [PLAYWRIGHT …]]`: everything, or one part with words for
 * its runner. `--deep` (`npm run test:deep`) is the unit tests with many more cases for each property.
 */

import { parseTest } from './arguments.mjs';
import { endToEndSteps, runSteps, sideBySide, staticSteps, unitStep } from './checks/checks.mjs';
import { ensureDependencies } from './machine/dependencies.mjs';
import { runEntry } from './progress.mjs';

await runEntry(async () => {
  const { parts, forwarded } = parseTest(process.argv.slice(2));
  await ensureDependencies();
  switch (parts) {
    case 'unit':
      return runSteps([unitStep(forwarded)]);
    case 'deep':
      process.env.BERTH_TEST_DEPTH = 'deep';
      return runSteps([unitStep(forwarded)]);
    case 'e2e':
      return runSteps(endToEndSteps(forwarded));
    case 'all':
      return runSteps([sideBySide(staticSteps()), unitStep(), ...endToEndSteps()]);
  }
});
