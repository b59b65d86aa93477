import type { ClockMode } from './clock-state.ts';

/** The modes of the simulated clock for people, in the order of menus. Apart from the schema, so that the page needs no zod. */
export const clockModeTexts: Readonly<
  Record<ClockMode, { readonly label: string; readonly short: string; readonly words: string }>
> = {
  'real-time': { label: 'Real time', short: '1×', words: 'One simulated second per second.' },
  'ten-times': { label: 'Ten times as fast', short: '10×', words: 'Ten simulated seconds per second.' },
  'as-fast-as-possible': {
    label: 'As fast as possible',
    short: 'fastest',
    words:
      'Every wait ends at once, in the order in which it is due; while nothing waits, time does not pass.',
  },
  paused: {
    label: 'Paused',
    short: 'paused',
    words:
      'Nothing changes and nothing times out: every command that changes something waits for a step (F10). Looking still works.',
  },
};

/** Simulated milliseconds since the fleet began: `00:01:02.345`, hours without a limit. */
export function simulatedTimeWords(milliseconds: number): string {
  const whole = Math.floor(Math.max(0, milliseconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const seconds = Math.floor(whole / 1000);
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${time}.${String(whole % 1000).padStart(3, '0')}`;
}

/** How many simulated milliseconds pass in a real one, without anything that ends. */
export function clockRate(mode: ClockMode): 0 | 1 | 10 {
  if (mode === 'real-time') return 1;
  return mode === 'ten-times' ? 10 : 0;
}
