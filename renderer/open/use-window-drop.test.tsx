import { cleanup, render } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { client } from '../bridge/client.ts';
import { useNavigation } from '../navigation.ts';
import { useOpenDraft } from './open-draft.ts';
import { useWindowDrop } from './use-window-drop.ts';

function Window() {
  useWindowDrop();
  return null;
}

function drop(types: readonly string[]): Event {
  const event = new Event('drop', { bubbles: true, cancelable: true });
  const files = types.includes('Files') ? [new File([], '02-sriov-4vf')] : [];
  Object.defineProperty(event, 'dataTransfer', { value: { types, files, dropEffect: 'none' } });
  document.body.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  useOpenDraft.setState({ paths: [] });
  useNavigation.setState({ openDialog: false });
  render(<Window />);
});

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

it('opens a folder that is dropped anywhere with the dialog', () => {
  vi.spyOn(client, 'pathForFile').mockReturnValue('/captures/02-sriov-4vf');
  expect(drop(['Files']).defaultPrevented).toBe(true);
  expect(useOpenDraft.getState().paths).toEqual(['/captures/02-sriov-4vf']);
  expect(useNavigation.getState().openDialog).toBe(true);
});

it('leaves drags without files and files without a path alone', () => {
  vi.spyOn(client, 'pathForFile').mockReturnValue('');
  expect(drop(['text/plain']).defaultPrevented).toBe(false);
  drop(['Files']);
  expect(useOpenDraft.getState().paths).toEqual([]);
  expect(useNavigation.getState().openDialog).toBe(false);
});
