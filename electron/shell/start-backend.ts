import path from 'node:path';
import { app, type BrowserWindow, nativeTheme } from 'electron';
import type { Backend } from '#backend/backend.ts';
import { createBackend } from '#backend/create-backend.ts';
import { builtInFleets } from '#backend/hosts/simulated/built-in/built-in-fleets.ts';
import { createRouter, type Route } from '#backend/router.ts';
import { systemClock } from '#backend/system-clock.ts';
import { systemRandom } from '#backend/system-random.ts';
import { shortenError } from '#shared/bounds/shorten.ts';
import { settingsSchema } from '#shared/settings/schema.ts';
import { pushEvent } from './ipc-host.ts';
import { createShellLog } from './log.ts';
import { sourceOfArguments } from './open-argument.ts';
import { createShellHandlers } from './shell-handlers.ts';
import type { CommandLabels } from './window/menu-template.ts';

export interface StartedBackend {
  readonly backend: Backend | null;
  readonly route: Route;
  /** Opens what the command line names: a fleet file, a capture or a built-in fleet. */
  openArgument(argv: readonly string[], workingDirectory: string): Promise<void>;
}

/**
 * Wires the backend. This module and all that it imports are one script (`vite.backend.config.ts`), so that the window
 * does not wait for it and so that it is read with one access and compiled ahead.
 */
export async function startBackend(deps: {
  readonly dataFolder: string;
  readonly window: () => BrowserWindow | null;
  readonly quitAnyway: () => void;
  readonly noteUnsaved: (what: string | null) => void;
  readonly nameCommands: (labels: CommandLabels) => void;
}): Promise<StartedBackend> {
  const log = createShellLog(deps.dataFolder);
  const created = await createBackend({
    dataDir: deps.dataFolder,
    clock: systemClock,
    random: systemRandom,
    log,
    programVersion: app.getVersion(),
  });
  if (!created.ok) {
    log.error('the backend could not start', created.error);
    return {
      backend: null,
      route: async () => ({ ok: false, error: created.error }),
      openArgument: async () => undefined,
    };
  }
  const backend = created.value;
  backend.subscribe((channel, event) => {
    if (channel === 'settings:changed') {
      const settings = settingsSchema.safeParse(event);
      if (settings.success) nativeTheme.themeSource = settings.data.theme;
    }
    pushEvent(deps.window(), channel, event);
  });
  const handlers = { ...backend.handlers, ...createShellHandlers({ ...deps, backend }) };

  return {
    backend,
    route: createRouter(handlers, log),
    async openArgument(argv, workingDirectory) {
      const source = sourceOfArguments(
        argv,
        { packaged: app.isPackaged, path: app.getAppPath() },
        workingDirectory,
      );
      if (source === null) return;
      const builtIn = builtInFleets.some((fleet) => fleet.name === source);
      const opened = await backend.handlers['fleet:open'](
        builtIn
          ? { kind: 'built-in', name: source }
          : { kind: 'path', path: path.resolve(workingDirectory, source) },
      );
      if (!opened.ok)
        pushEvent(deps.window(), 'app:notice', { ...shortenError(opened.error), severity: 'error' });
    },
  };
}
