/** `npm run build`: the program in dist/, made anew only when a source changed. */

import { ensureBuild, isBuilt } from './build-program.mjs';
import { ensureDependencies } from './machine/dependencies.mjs';
import { runEntry, say } from './progress.mjs';

await runEntry(async () => {
  await ensureDependencies();
  if (isBuilt()) say('dist/ is up to date.');
  else await ensureBuild();
});
