import { act, cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clearBottom } from './keep-clear.ts';
import { NoticeArea } from './notice-area.tsx';
import { NoticeBell } from './notice-bell.tsx';
import { dismissNotice, keptNotices, notify, useNotices } from './notices.ts';

const sixty = Array.from({ length: 60 }, (_, index) => `reason ${index + 1}`);

function Window() {
  return (
    <>
      <NoticeBell />
      <button type="button">Canvas</button>
      <NoticeArea />
    </>
  );
}

function showWindow() {
  render(<Window />);
  return { notices: screen.getByRole('region', { name: 'Notices' }), keyboard: userEvent.setup() };
}

beforeEach(() => {
  useNotices.setState({ notices: [], kept: [], listOpen: false, detailed: null });
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

describe('a notice', () => {
  it('of 60 lines shows three and opens the rest', async () => {
    const { notices, keyboard } = showWindow();
    act(() => void notify({ tone: 'error', title: 'Refused', details: sixty }));
    const card = within(notices).getByRole('group', { name: /Refused/ });
    expect(
      within(card)
        .getAllByText(/^reason/)
        .map((line) => line.textContent),
    ).toEqual(sixty.slice(0, 3));
    const more = within(card).getByRole('button', { name: 'All of: Refused' });
    expect(more.textContent).toBe('57 more…');
    await keyboard.click(more);
    const dialog = screen.getByRole('dialog', { name: 'Refused' });
    expect(
      within(dialog)
        .getAllByRole('listitem')
        .map((line) => line.textContent),
    ).toEqual(sixty);
    expect(within(notices).queryByRole('group')).toBeNull();
  });

  it('offers the whole of a line that may be cut off', () => {
    const { notices } = showWindow();
    act(() => {
      notify({ tone: 'error', title: 'Short', text: 'One line.' });
      notify({ tone: 'error', title: 'Long', text: 'word '.repeat(60) });
    });
    expect(within(notices).queryByRole('button', { name: 'All of: Short' })).toBeNull();
    expect(within(notices).getByRole('button', { name: 'All of: Long' })).toBeTruthy();
  });

  it('is said once: in one live region, which was there before it', () => {
    const { notices } = showWindow();
    const regions = within(notices).getAllByRole('log');
    act(() => {
      notify({ tone: 'error', title: 'Bad' });
      notify({ tone: 'success', title: 'Good' });
    });
    const holding = (title: string) =>
      [...document.querySelectorAll('[aria-live], [role="status"], [role="alert"], [role="log"]')].filter(
        (region) => region.textContent?.includes(title),
      );
    expect(holding('Bad')).toEqual([regions[0]]);
    expect(holding('Good')).toEqual([regions[1]]);
    expect(regions.map((region) => region.getAttribute('aria-live'))).toEqual(['assertive', 'polite']);
  });

  it('is closed by its button and by Esc, on it and from the page, newest first', async () => {
    const { keyboard } = showWindow();
    const canvas = screen.getByRole('button', { name: 'Canvas' });
    act(() => {
      for (const title of ['One', 'Two', 'Three', 'Four']) notify({ tone: 'error', title });
    });
    const titles = () => useNotices.getState().notices.map(({ title }) => title);
    act(() => canvas.focus());
    await keyboard.keyboard('{Escape}');
    expect(titles()).toEqual(['One', 'Two', 'Three']);
    await keyboard.tab();
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Dismiss');
    await keyboard.keyboard('{Escape}');
    expect(titles()).toEqual(['Two', 'Three']);
    // The focus goes on to the next one, and back to where it was after the last.
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Dismiss');
    await keyboard.keyboard('{Enter}{Escape}');
    expect(titles()).toEqual([]);
    expect(document.activeElement).toBe(canvas);
  });

  it('leaves Esc to a dialog', async () => {
    const { keyboard } = showWindow();
    act(() => void notify({ tone: 'error', title: 'Bad' }));
    act(() => useNotices.setState({ detailed: { id: 'x', tone: 'info', title: 'All of it' } }));
    await screen.findByRole('dialog');
    await keyboard.keyboard('{Escape}');
    expect(useNotices.getState().detailed).toBeNull();
    expect(useNotices.getState().notices).toHaveLength(1);
  });

  it('goes by itself after its time, but not under a hand, and an error stays', () => {
    vi.useFakeTimers();
    const { notices } = showWindow();
    act(() => {
      notify({ id: 'error', tone: 'error', title: 'Bad' });
      notify({ id: 'info', tone: 'info', title: 'Told' });
    });
    const ids = () => useNotices.getState().notices.map(({ id }) => id);
    act(() => within(notices).getAllByRole('button', { name: 'Dismiss' })[1]?.focus());
    act(() => void vi.advanceTimersByTime(60_000));
    expect(ids()).toEqual(['error', 'info']);
    act(() => screen.getByRole('button', { name: 'Canvas' }).focus());
    act(() => void vi.advanceTimersByTime(6000));
    expect(ids()).toEqual(['error']);
  });
});

describe('the bell', () => {
  it('counts what nobody has read, lists everything with its time, and clears', async () => {
    const { keyboard, notices } = showWindow();
    act(() => {
      notify({ id: 'a', tone: 'error', title: 'First', details: sixty });
      notify({ id: 'b', tone: 'info', title: 'Second' });
      notify({ id: 'c', tone: 'info', title: 'Third' });
      dismissNotice('c');
    });
    await keyboard.click(screen.getByRole('button', { name: 'Notices, 2 unread' }));
    const list = screen.getByRole('list', { name: 'Notices of this session' });
    const lines = [...list.children].map((line) => line.textContent ?? '');
    expect(lines.map((line) => /^(First|Second|Third)/.exec(line)?.[0])).toEqual([
      'Third',
      'Second',
      'First',
    ]);
    for (const line of lines) expect(line).toMatch(/\d\d:\d\d:\d\d/);
    expect(lines[2]).toContain('reason 60');
    expect(within(notices).queryByRole('group')).toBeNull();
    await keyboard.click(screen.getByRole('button', { name: 'Clear' }));
    expect(screen.getByText('There is no notice.')).toBeTruthy();
    await keyboard.keyboard('{Escape}');
    expect(screen.getByRole('button', { name: 'Notices' })).toBeTruthy();
  });

  it('keeps no more than its bound, of notices and of lines', () => {
    for (let index = 0; index <= keptNotices + 20; index += 1) notify({ tone: 'info', title: `n ${index}` });
    const { kept, notices } = useNotices.getState();
    expect([kept.length, kept.at(-1)?.notice.title, notices.length]).toEqual([keptNotices, 'n 120', 4]);
    notify({ id: 'huge', tone: 'error', title: 'Huge', details: Array(50_000).fill('line') });
    const huge = useNotices.getState().kept.at(-1)?.notice.details;
    expect([huge?.length, huge?.at(-1)]).toEqual([1001, '49000 further lines were left out.']);
  });
});

describe('the place of the notices', () => {
  const box = (left: number, top: number, width: number) => ({ left, top, width, right: left + width });

  it('is above everything that must stay clear in their columns', () => {
    const band = { left: 1028, right: 1428 };
    expect(clearBottom([], band, 900)).toBe(900);
    expect(clearBottom([box(0, 874, 1440), box(52, 600, 1080)], band, 900)).toBe(600);
    // What ends left of them, and what is not shown, does not count.
    expect(clearBottom([box(0, 874, 1440), box(52, 600, 900), box(1028, 0, 0)], band, 900)).toBe(874);
  });
});
