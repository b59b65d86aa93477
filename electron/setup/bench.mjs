/** `npm run bench [-- NAME…] [--json FILE]`: measures the figures of e2e/bench; code 1 when a limit is missed. */

import { resolve } from 'node:path';
import { parseBench } from './arguments.mjs';
import { ensureBuild } from './build-program.mjs';
import { loadTypeScript } from './compiled/load-typescript.mjs';
import { ensureWindowing } from './machine/ensure-all.mjs';
import { projectRoot } from './paths.mjs';
import { runEntry } from './progress.mjs';

/**
 * @typedef {object} Bench what e2e/bench/run-bench.ts exports; its own types belong to another compiler world
 * @property {readonly string[]} figureNames
 * @property {(names: readonly string[], jsonFile: string | undefined) => Promise<boolean>} runBench
 */

await runEntry(async () => {
  await ensureWindowing({ display: 'any' });
  const { module: bench, close } = await loadTypeScript('./e2e/bench/run-bench.ts');
  const { figureNames, runBench } = /** @type {Bench} */ (bench);
  const { names, json } = parseBench(process.argv.slice(2), figureNames);
  await ensureBuild();
  const file = json === undefined ? undefined : resolve(process.env.INIT_CWD ?? projectRoot, json);
  try {
    return (await runBench(names, file)) ? 0 : 1;
  } finally {
    await close();
  }
});
