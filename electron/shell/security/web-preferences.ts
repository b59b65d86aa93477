import type { WebPreferences } from 'electron';

/** Checklist items 2, 3, 4, 6, 8, 9, 10, 11: every switch named, so that none is left to a default that may change. */
export const securityWebPreferences = {
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const satisfies WebPreferences;
