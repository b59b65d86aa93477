// @vitest-environment jsdom
import { expect, it, vi } from 'vitest';
import { isForShell } from './terminal-keys.ts';

const press = (key: string, held: KeyboardEventInit = {}) => {
  const leave = vi.fn();
  const event = new KeyboardEvent('keydown', { key, cancelable: true, ...held });
  return { isForShell: isForShell(event, { leave, copy: vi.fn() }), leave, event };
};

it.each([
  ['a', {}],
  ['Tab', {}],
  ['ArrowUp', {}],
  ['Enter', {}],
  ['c', { ctrlKey: true }],
  ['k', { ctrlKey: true }],
  ['ArrowLeft', { ctrlKey: true }],
  ['A', { shiftKey: true }],
])('the shell gets %s %j', (key, held) => {
  expect(press(key, held).isForShell).toBe(true);
});

it.each([
  ['Tab', { shiftKey: true }],
  ['F1', {}],
  ['F10', {}],
  ['1', { ctrlKey: true }],
  ['`', { ctrlKey: true }],
  ['C', { ctrlKey: true, shiftKey: true }],
  ['F', { ctrlKey: true, shiftKey: true }],
  ['k', { metaKey: true }],
])('%s %j stays the program’s', (key, held) => {
  expect(press(key, held).isForShell).toBe(false);
});

it('F6 leaves the terminal', () => {
  const { isForShell, leave, event } = press('F6');
  expect([isForShell, leave.mock.calls.length, event.defaultPrevented]).toEqual([false, 1, true]);
});
