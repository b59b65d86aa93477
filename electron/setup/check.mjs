/** `npm run check`: all that needs no window: format, lint, types, unused code, unit tests. */

import { runSteps, sideBySide, staticSteps, unitStep } from './checks/checks.mjs';
import { ensureDependencies } from './machine/dependencies.mjs';
import { runEntry } from './progress.mjs';

await runEntry(async () => {
  await ensureDependencies();
  return runSteps([sideBySide(staticSteps()), unitStep()]);
});
