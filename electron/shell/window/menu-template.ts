import type { MenuItemConstructorOptions } from 'electron';
import {
  type CommandId,
  type CommandSection,
  commands,
  isAccelerator,
} from '#shared/commands/command-table.ts';

const sections: readonly CommandSection[] = [
  'File',
  'Edit',
  'View',
  'Go',
  'Controller',
  'Simulation',
  'Help',
];

/** Words for commands that say more than the table does; null or left out: those of the table. */
export type CommandLabels = Readonly<Partial<Record<'undo' | 'redo', string | null>>>;

function labelOf(id: CommandId, labels: CommandLabels): string | null {
  return id === 'undo' || id === 'redo' ? (labels[id] ?? null) : null;
}

/**
 * The native menu, made from the command table. The page itself listens for the keys (so that Ctrl+Z in a text field
 * stays a text field's): the menu only shows them.
 */
export function menuTemplate(
  run: (command: string) => void,
  platform: NodeJS.Platform,
  labels: CommandLabels = {},
): MenuItemConstructorOptions[] {
  return sections.map((section) => ({
    label: section,
    submenu: [
      ...commands
        .filter((command) => command.section === section)
        .map((command) => ({
          id: command.id,
          // A single & would mark the letter after it as the key of the item.
          label: (labelOf(command.id, labels) ?? command.label).replaceAll('&', '&&'),
          click: () => run(command.id),
          ...(command.keys !== null && isAccelerator(command.keys)
            ? { accelerator: command.keys.replace('Ctrl', 'CommandOrControl'), registerAccelerator: false }
            : {}),
        })),
      ...nativeItems(section, platform),
    ],
  }));
}

/** What the system itself does: text editing, the window, quitting. */
function nativeItems(section: CommandSection, platform: NodeJS.Platform): MenuItemConstructorOptions[] {
  switch (section) {
    case 'File':
      return [{ type: 'separator' }, { role: 'quit' }];
    case 'Edit':
      return platform === 'darwin'
        ? [{ type: 'separator' }, { role: 'cut' }, { role: 'copy' }, { role: 'paste' }]
        : [];
    case 'View':
      return [{ type: 'separator' }, { role: 'togglefullscreen' }];
    case 'Go':
    case 'Controller':
    case 'Simulation':
    case 'Help':
      return [];
  }
}
