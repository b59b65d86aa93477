/** `npm test [-- --unit [VITEST …] | --e2e [PLAYWRIGHT …]]`: everything, or one part with words for its runner. */

import { parseTest } from './arguments.mjs';
import { endToEndSteps, runSteps, staticSteps, unitStep } from './checks.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { runEntry } from './progress.mjs';

await runEntry(async () => {
  const { parts, forwarded } = parseTest(process.argv.slice(2));
  await ensureDependencies();
  switch (parts) {
    case 'unit':
      return runSteps([unitStep(forwarded)]);
    case 'e2e':
      return runSteps(endToEndSteps(forwarded));
    case 'all':
      return runSteps([...staticSteps(), unitStep(), ...endToEndSteps()]);
  }
});
