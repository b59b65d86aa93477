import { projectRoot } from '../paths.mjs';

/**
 * Loads a TypeScript module and all that it imports, also what it imports later: Node 20 cannot by itself, and Vite is there
 * anyway. Vite's own `runnerImport` ends with the first import, so that code that loads something when it is needed fails.
 *
 * @param {string} file from the project's root, beginning with `./`
 * @returns {Promise<{ module: unknown, close: () => Promise<void> }>} `close`: nothing can be imported behind it
 */
export async function loadTypeScript(file) {
  // Loaded here: the setup must run before the packages are installed.
  const { createRunnableDevEnvironment, resolveConfig } = await import('vite');
  const config = await resolveConfig(
    {
      root: projectRoot,
      configFile: false,
      envDir: false,
      logLevel: 'error',
      environments: {
        scripts: {
          consumer: 'server',
          dev: { moduleRunnerTransform: true },
          resolve: { external: true, mainFields: [], conditions: ['node'] },
        },
      },
    },
    'serve',
  );
  const environment = createRunnableDevEnvironment('scripts', config, {
    runnerOptions: { hmr: { logger: false } },
    hot: false,
  });
  await environment.init();
  return { module: await environment.runner.import(file), close: () => environment.close() };
}
