import type { Settings } from './schema.ts';

/** What every setting is until somebody changes it. Apart from the schema, so that the page needs no zod. */
export const defaultSettings: Settings = {
  theme: 'system',
  contrast: 'system',
  motion: 'system',
  applyAtOnce: false,
  downtimeBudgetMilliseconds: 300,
  topologyView: 'graph',
  dockOpen: true,
  dockHeight: 186,
  inspectorOpen: true,
  nvmeCli: '2.x',
  historyLimit: 500,
};
