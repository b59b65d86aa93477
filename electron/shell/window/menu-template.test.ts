import { expect, it, vi } from 'vitest';
import { commands } from '#shared/commands/command-table.ts';
import { menuTemplate } from './menu-template.ts';

it('holds every command of the table once, and choosing one runs it', () => {
  const run = vi.fn();
  const items = menuTemplate(run, 'linux').flatMap((menu) =>
    Array.isArray(menu.submenu) ? menu.submenu : [],
  );
  expect(items.map((item) => item.id).filter((id) => id !== undefined)).toEqual(
    expect.arrayContaining(commands.map((command) => command.id)),
  );
  for (const command of commands) {
    const item = items.find((candidate) => candidate.id === command.id);
    const click = item?.click as undefined | (() => void);
    click?.();
    expect(run).toHaveBeenLastCalledWith(command.id);
    expect(item?.registerAccelerator === false || item?.accelerator === undefined).toBe(true);
  }
});

it('calls Undo and Redo by what they are about, where that is known', () => {
  const labels = { undo: 'Undo: Assign VF 3 & VF 4', redo: null };
  const items = menuTemplate(vi.fn(), 'linux', labels).flatMap((menu) =>
    Array.isArray(menu.submenu) ? menu.submenu : [],
  );
  const labelOf = (id: string) => items.find((item) => item.id === id)?.label;
  expect([labelOf('undo'), labelOf('redo')]).toEqual(['Undo: Assign VF 3 && VF 4', 'Redo']);
});
