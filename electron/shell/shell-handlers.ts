import path from 'node:path';
import { app, type BrowserWindow, dialog, type OpenDialogOptions, shell } from 'electron';
import type { Backend } from '#backend/backend.ts';
import { writeWholeFile } from '#backend/files/write-whole-file.ts';
import type { Handlers, ShellChannel } from '#backend/handlers/handler.ts';
import { mostOutputFiles } from '#shared/bounds/sizes.ts';
import type { RequestOf } from '#shared/ipc/contract.ts';
import { fail, succeed } from '#shared/result.ts';
import { createFleetFileDialogs } from './fleet-file-dialogs.ts';
import type { CommandLabels } from './window/menu-template.ts';

const allFiles = { name: 'All files', extensions: ['*'] };

/** The native choosers of what can be opened. */
const openDialogs: Readonly<Record<RequestOf<'fleet:choose'>['what'], OpenDialogOptions>> = {
  'capture-folder': { title: 'Open a folder with a capture or with outputs', properties: ['openDirectory'] },
  'capture-archive': {
    title: 'Open an archive of a capture, of outputs, or a sos report',
    properties: ['openFile'],
    filters: [{ name: 'Tar archive', extensions: ['tar', 'gz', 'tgz'] }, allFiles],
  },
  'fleet-file': {
    title: 'Open a fleet file',
    properties: ['openFile'],
    filters: [{ name: 'Berth fleet', extensions: ['json'] }, allFiles],
  },
};

/** The channels that need Electron: file dialogs, the file manager, quitting. */
export function createShellHandlers(deps: {
  readonly window: () => BrowserWindow | null;
  readonly backend: Backend;
  readonly quitAnyway: () => void;
  readonly noteUnsaved: (what: string | null) => void;
  readonly nameCommands: (labels: CommandLabels) => void;
}): Handlers<ShellChannel> {
  const exported = new Set<string>();

  return {
    ...createFleetFileDialogs(deps.window),
    async 'app:info'() {
      return succeed({
        version: app.getVersion(),
        electron: process.versions.electron ?? '',
        dataFolder: app.getPath('userData'),
        platform: process.platform,
      });
    },
    async 'app:quit-anyway'() {
      deps.quitAnyway();
      return succeed({});
    },
    async 'app:unsaved'({ what }) {
      deps.noteUnsaved(what);
      return succeed({});
    },
    async 'app:name-commands'(labels) {
      deps.nameCommands(labels);
      return succeed({});
    },
    async 'fleet:choose'({ what }) {
      const window = deps.window();
      if (window === null) return succeed({ path: null });
      const chosen = await dialog.showOpenDialog(window, openDialogs[what]);
      return succeed({ path: chosen.canceled ? null : (chosen.filePaths[0] ?? null) });
    },
    async 'outputs:choose'() {
      const window = deps.window();
      if (window === null) return succeed({ paths: [] });
      const chosen = await dialog.showOpenDialog(window, {
        title: 'Open outputs of one host',
        properties: ['openFile', 'multiSelections'],
      });
      return succeed({ paths: chosen.canceled ? [] : chosen.filePaths.slice(0, mostOutputFiles) });
    },
    async 'report:export'({ subject, format }) {
      const rendered = await deps.backend.handlers['report:render']({ subject, format });
      if (!rendered.ok) return rendered;
      const window = deps.window();
      if (window === null) return succeed({ path: null });
      const chosen = await dialog.showSaveDialog(window, {
        title: 'Export report',
        defaultPath: path.join(app.getPath('documents'), rendered.value.suggestedName),
        filters: [
          format === 'html'
            ? { name: 'Web page', extensions: ['html'] }
            : { name: 'JSON', extensions: ['json'] },
        ],
      });
      if (chosen.canceled || chosen.filePath === '') return succeed({ path: null });
      const written = await writeWholeFile(chosen.filePath, rendered.value.text, 'The report');
      if (!written.ok) return written;
      exported.add(chosen.filePath);
      return succeed({ path: chosen.filePath });
    },
    async 'report:reveal'({ path: file }) {
      if (!exported.has(file)) {
        return fail('refused', 'Only reports that were exported since Berth started can be shown.', {
          object: file,
        });
      }
      shell.showItemInFolder(file);
      return succeed({});
    },
  };
}
