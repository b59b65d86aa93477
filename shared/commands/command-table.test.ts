import { describe, expect, it } from 'vitest';
import { commandOf, commands, isAccelerator, isCommandId } from './command-table.ts';

describe('command table', () => {
  it('has no id and no key binding twice', () => {
    const ids = commands.map(({ id }) => id);
    const keys = commands.flatMap((command) => (command.keys === null ? [] : [command.keys.toLowerCase()]));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('finds a command by id and refuses foreign texts', () => {
    expect(commandOf('palette').keys).toBe('Ctrl+K');
    expect(isCommandId('undo')).toBe(true);
    expect(isCommandId('rm -rf')).toBe(false);
  });

  it('keeps single letters away from the native menu', () => {
    expect(isAccelerator('Ctrl+Shift+C')).toBe(true);
    expect(isAccelerator('F1')).toBe(true);
    expect(isAccelerator('A')).toBe(false);
    expect(isAccelerator('Escape')).toBe(false);
  });
});
