import type { Settings } from '#shared/settings/schema.ts';
import { useSettings } from '../fleet-mirror/settings-store.ts';

/** What the system prefers; a setting other than `system` counts more. */
const queries = {
  light: '(prefers-color-scheme: light)',
  contrast: '(prefers-contrast: more)',
  motion: '(prefers-reduced-motion: reduce)',
} as const;

/**
 * Puts theme, contrast and motion on <html>, now and on every change of the settings or the system. Until the settings
 * are known the theme is the one in the page's address: the main process put it there before the first paint.
 */
export function applyAppearance(): void {
  const address = new URLSearchParams(window.location.search).get('theme');
  const given = address === 'dark' || address === 'light' ? address : 'system';
  let settings: Pick<Settings, 'theme' | 'contrast' | 'motion'> = {
    ...useSettings.getState(),
    theme: given,
  };
  const apply = () => {
    const { dataset } = document.documentElement;
    const matches = (query: keyof typeof queries) => window.matchMedia(queries[query]).matches;
    dataset.theme = settings.theme === 'system' ? (matches('light') ? 'light' : 'dark') : settings.theme;
    const more = settings.contrast === 'more' || (settings.contrast === 'system' && matches('contrast'));
    dataset.contrast = more ? 'more' : 'normal';
    const reduced = settings.motion === 'reduced' || (settings.motion === 'system' && matches('motion'));
    dataset.motion = reduced ? 'reduced' : 'full';
  };
  apply();
  useSettings.subscribe((next) => {
    settings = next;
    apply();
  });
  for (const query of Object.values(queries)) window.matchMedia(query).addEventListener('change', apply);
}
