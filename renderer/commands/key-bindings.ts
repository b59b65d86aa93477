import { createKeybindingsHandler } from 'tinykeys';
import { type Command, commands, isAccelerator } from '#shared/commands/command-table.ts';
import { runCommand } from './command-registry.ts';

/** Whether the keys belong to a text that is being edited. */
export function isEditable(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.matches('input:not([type=checkbox]), textarea, select');
}

/** A dialog takes all keys: what lies under it must not change. */
function inDialog(): boolean {
  return document.querySelector('[role="dialog"]') !== null;
}

function handlerFor(list: readonly Command[], blocked: (command: Command, event: KeyboardEvent) => boolean) {
  const bindings = list.flatMap((command) =>
    command.keys === null
      ? []
      : [
          [
            command.keys.replace('Ctrl', '$mod'),
            (event: KeyboardEvent) => {
              if (blocked(command, event)) return;
              if (runCommand(command.id)) event.preventDefault();
            },
          ] as const,
        ],
  );
  return createKeybindingsHandler(Object.fromEntries(bindings), { ignore: () => false });
}

/** Bindings with a modifier: work on every screen. Handled here first, so that the native menu does not run them too. */
export function listenToAccelerators(): () => void {
  const global = commands.filter(({ keys }) => keys !== null && isAccelerator(keys));
  const handler = handlerFor(
    global,
    (command, event) => inDialog() || (command.section === 'Edit' && isEditable(event.target)),
  );
  window.addEventListener('keydown', handler);
  return () => window.removeEventListener('keydown', handler);
}

/** Bindings without a modifier: for a region that shows controllers. */
export const regionKeyHandler = handlerFor(
  commands.filter(({ keys }) => keys !== null && !isAccelerator(keys)),
  (_command, event) => isEditable(event.target) || inDialog(),
);
