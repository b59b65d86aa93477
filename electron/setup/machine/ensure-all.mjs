/** What every script needs before its own work. */

import { say } from '../progress.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureElectron } from './electron-binary.mjs';
import { ensureSystemPackages } from './system-packages.mjs';
import { hasDisplay, startVirtualDisplay } from './virtual-display.mjs';

/**
 * Everything a window needs: npm packages, Electron, system packages and, where there is no screen, a virtual one.
 * @param {{ display: 'real' | 'any' }} options 'real': the caller opens a window for a person and has a screen
 * @returns {Promise<import('./electron-binary.mjs').ElectronDist>}
 */
export async function ensureWindowing({ display }) {
  await ensureDependencies();
  const electron = await ensureElectron();
  const virtualDisplay = display === 'any' && !hasDisplay();
  await ensureSystemPackages(electron, { virtualDisplay });
  if (virtualDisplay) {
    const { display: name } = await startVirtualDisplay();
    say(`Windows open in a virtual display (${name}).`);
  }
  return electron;
}
