/** `npm run berth -- …`: the command line of the program, built first when a source changed. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild } from './build-program.mjs';
import { ensureDependencies } from './machine/dependencies.mjs';
import { projectRoot } from './paths.mjs';
import { runEntry, sayOnStandardError } from './progress.mjs';

await runEntry(async () => {
  sayOnStandardError();
  await ensureDependencies();
  await ensureBuild();
});

if (process.exitCode === 0) {
  // npm starts scripts in the checkout; relative paths mean the folder that the person is in.
  const folder = process.env.INIT_CWD;
  if (folder) process.chdir(folder);
  const program = join(projectRoot, 'dist/main/berth.js');
  // In this process, since a second Node would cost 40 ms.
  process.argv[1] = program;
  await import(pathToFileURL(program).href);
}
