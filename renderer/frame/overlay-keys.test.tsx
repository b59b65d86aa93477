import { act, cleanup, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { type ComponentType, lazy, Suspense } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useCommandRegistry } from '../commands/command-registry.ts';
import { listenToAccelerators } from '../commands/key-bindings.ts';
import { useNavigation } from '../navigation.ts';
import { holdKeysForOverlays } from './overlay-keys.ts';
import { CommandPalette } from './palette/command-palette.tsx';

type Palette = ComponentType<{ readonly onClose: () => void }>;

/** A region that takes keys, and an overlay over it. */
function Page({
  overlay: Overlay,
  below,
}: {
  readonly overlay: Palette;
  readonly below: (key: string) => void;
}) {
  const open = useNavigation((state) => state.palette);
  return (
    <>
      <button type="button" onKeyDown={({ key }) => below(key)}>
        Canvas
      </button>
      <Suspense fallback={null}>
        {open ? <Overlay onClose={() => useNavigation.setState({ palette: false })} /> : null}
      </Suspense>
    </>
  );
}

/** A page with the palette, whose code comes when the test says so. */
function openPage() {
  let arrive: (module: { default: Palette }) => void = () => {};
  const LazyPalette = lazy(
    () =>
      new Promise<{ default: Palette }>((resolve) => {
        arrive = resolve;
      }),
  );
  const below = vi.fn();
  render(<Page overlay={LazyPalette} below={below} />);
  screen.getByRole('button', { name: 'Canvas' }).focus();
  return { below, codeArrives: () => act(async () => arrive({ default: CommandPalette })) };
}

/** Each key is drawn before the next one. */
const patiently = (check: () => unknown) => waitFor(check, { timeout: 8000 });

const stop: (() => void)[] = [];
const run = vi.fn();

beforeEach(() => {
  run.mockReset();
  useNavigation.setState({ palette: false, help: false, openDialog: false });
  useCommandRegistry.setState({
    handlers: {
      palette: { run: () => useNavigation.setState({ palette: true }), unavailable: null },
      'go-history': { run, unavailable: null },
      assign: { run, unavailable: null },
    },
  });
  stop.push(listenToAccelerators(), holdKeysForOverlays());
});

afterEach(() => {
  for (const remove of stop.splice(0)) remove();
  cleanup();
});

it('gives the palette every key that was typed while its code was loading', async () => {
  const { below, codeArrives } = openPage();
  const keyboard = userEvent.setup();
  await keyboard.keyboard('{Control>}k{/Control}histpry{Backspace}{Backspace}{Backspace}o');
  await codeArrives();
  await patiently(() =>
    expect((screen.getByRole('combobox', { name: 'Search' }) as HTMLInputElement).value).toBe('histo'),
  );
  expect(below.mock.calls.flat().filter((key) => key !== 'Control' && key !== 'k')).toEqual([]);
  // From here on the keys are its own again.
  await keyboard.keyboard('ry{Enter}');
  await patiently(() => expect(run).toHaveBeenCalledOnce());
});

it('runs what was typed to its Enter before it was there', async () => {
  const { codeArrives } = openPage();
  await userEvent.setup().keyboard('{Control>}k{/Control}history{Enter}');
  expect(run).not.toHaveBeenCalled();
  await codeArrives();
  await patiently(() => expect(run).toHaveBeenCalledOnce());
  expect(useNavigation.getState().palette).toBe(false);
});

it('is closed again by an Esc that came before it, and the keys are the page’s again', async () => {
  const { below, codeArrives } = openPage();
  const keyboard = userEvent.setup();
  await keyboard.keyboard('{Control>}k{/Control}{Escape}');
  await codeArrives();
  await patiently(() => expect(useNavigation.getState().palette).toBe(false));
  await patiently(() => expect(screen.queryByRole('dialog')).toBeNull());
  screen.getByRole('button', { name: 'Canvas' }).focus();
  below.mockReset();
  await patiently(async () => {
    await keyboard.keyboard('x');
    expect(below).toHaveBeenCalledWith('x');
  });
});

it('gives the keyboard back when what was asked for never comes', () => {
  vi.useFakeTimers();
  try {
    const { below } = openPage();
    const press = () =>
      document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'x', bubbles: true }));
    act(() => useNavigation.setState({ palette: true }));
    press();
    expect(below).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10_000);
    press();
    expect(below).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});
