/** The tokens (`ui/style/tokens.css`) that the canvas paints with. */
const names = [
  'canvas',
  'panel',
  'raised',
  'hover',
  'line',
  'line2',
  'text',
  'mute',
  'label',
  'faint',
  'accent',
  'accent-bg',
  'online',
  'free',
  'mig',
  'mig-bg',
  'err',
  'err-bg',
  'vs1',
  'vs2',
  'vs3',
  'vs4',
  'vs5',
  'vs6',
  'vs1b',
  'vs2b',
  'vs3b',
  'vs4b',
  'vs5b',
  'vs6b',
] as const;
/** A design token without its two hyphens. */
export type ColourName = (typeof names)[number];
/** Colours as a canvas takes them, of the theme and contrast that are on now. */
export type Palette = Readonly<Record<ColourName, string>>;

/**
 * The design tokens as colours that a canvas understands. A custom property computes to its text (`light-dark(…)`), so
 * each one goes through the `color` of a probe element.
 */
export function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const colours = Object.fromEntries(
    names.map((name) => {
      probe.style.color = `var(--${name})`;
      return [name, getComputedStyle(probe).color];
    }),
  );
  probe.remove();
  return colours as Palette;
}

const tints: readonly ColourName[] = ['vs1', 'vs2', 'vs3', 'vs4', 'vs5', 'vs6'];
const tintBackgrounds: readonly ColourName[] = ['vs1b', 'vs2b', 'vs3b', 'vs4b', 'vs5b', 'vs6b'];

/** Line and background colour of an owner tint (1-6). */
export function tintColours(palette: Palette, tint: number): { line: string; background: string } {
  return {
    line: palette[tints[tint - 1] ?? 'line2'],
    background: palette[tintBackgrounds[tint - 1] ?? 'raised'],
  };
}

/** Letter of an owner tint, so that the owner is not told by colour alone. */
export function tintLetter(tint: number): string {
  return tint === 0 ? '' : String.fromCharCode(64 + tint);
}
