import path from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import { readFleetFileText } from '#backend/files/read-fleet-file.ts';
import { writeWholeFile } from '#backend/files/write-whole-file.ts';
import type { Handlers } from '#backend/handlers/handler.ts';
import { fail, succeed } from '#shared/result.ts';

const filters = [
  { name: 'Berth fleet', extensions: ['json'] },
  { name: 'All files', extensions: ['*'] },
];

/**
 * Reading and writing of fleet files for the editor. The page names no path that a person did not choose in a native
 * dialog: reading always asks, and writing without asking works only for files that were chosen since Berth started.
 */
export function createFleetFileDialogs(
  window: () => BrowserWindow | null,
): Handlers<'fleet-file:read' | 'fleet-file:save'> {
  const chosenPaths = new Set<string>();
  return {
    async 'fleet-file:read'() {
      const parent = window();
      if (parent === null) return succeed({ file: null });
      const chosen = await dialog.showOpenDialog(parent, {
        title: 'Edit a fleet file',
        properties: ['openFile'],
        filters,
      });
      const file = chosen.canceled ? undefined : chosen.filePaths[0];
      if (file === undefined) return succeed({ file: null });
      const text = await readFleetFileText(file);
      if (!text.ok) return text;
      chosenPaths.add(file);
      return succeed({ file: { path: file, text: text.value } });
    },
    async 'fleet-file:save'({ text, path: given, suggestedName }) {
      if (given !== null && !chosenPaths.has(given))
        return fail('refused', 'Berth only writes a fleet file to a place that you chose since it started.', {
          object: given,
          fix: 'Use Save as and choose a place.',
        });
      const file = given ?? (await askForPlace(window(), suggestedName));
      if (file === null) return succeed({ path: null });
      const written = await writeWholeFile(file, text, 'The fleet file');
      if (!written.ok) return written;
      chosenPaths.add(file);
      return succeed({ path: file });
    },
  };
}

async function askForPlace(parent: BrowserWindow | null, name: string): Promise<string | null> {
  if (parent === null) return null;
  const chosen = await dialog.showSaveDialog(parent, {
    title: 'Save fleet file',
    defaultPath: path.join(app.getPath('documents'), path.basename(name)),
    filters,
  });
  return chosen.canceled || chosen.filePath === '' ? null : chosen.filePath;
}
