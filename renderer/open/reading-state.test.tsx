import { act, cleanup, render, screen } from '@testing-library/react';
import { afterEach, expect, it } from 'vitest';
import { installFakeBridge } from '../test-support/fake-bridge.ts';
import { ReadingState } from './reading-state.tsx';

afterEach(cleanup);

it('shows how far an archive is read, once it is told', () => {
  const bridge = installFakeBridge({});
  render(<ReadingState>Opening sosreport.tar.gz…</ReadingState>);
  expect(screen.getByRole('status').textContent).toBe('Opening sosreport.tar.gz…');
  expect(screen.queryByRole('progressbar')).toBeNull();
  act(() => bridge.emit('fleet:reading', { read: 50_000_000, size: 200_000_000 }));
  const bar = screen.getByRole('progressbar', { name: 'Read of the archive' });
  expect(bar.getAttribute('aria-valuenow')).toBe('25');
  act(() => bridge.emit('fleet:reading', { read: 200_000_000, size: 200_000_000 }));
  expect(bar.getAttribute('aria-valuenow')).toBe('100');
});
