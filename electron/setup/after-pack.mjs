/** Called by electron-builder when the program folder is complete: what only Electron's own start needs goes, the fuses are set. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFuses, setFuses } from './fuses.mjs';

/** package.mjs says with this variable that the build is for tests, since electron-builder hands no words on. */
export const testBuildVariable = 'BERTH_TEST_BUILD';

/** @param {import('electron-builder').AfterPackContext} context */
// biome-ignore lint/style/noDefaultExport: electron-builder calls the default export
export default async function afterPack({ appOutDir, electronPlatformName, packager }) {
  const platform = /** @type {NodeJS.Platform} */ (electronPlatformName);
  const { productFilename } = packager.appInfo;
  const mac = join(appOutDir, `${productFilename}.app`, 'Contents');
  const resources = platform === 'darwin' ? join(mac, 'Resources') : join(appOutDir, 'resources');
  for (const leftover of [join(resources, 'default_app.asar'), join(appOutDir, 'version')]) {
    await rm(leftover, { force: true });
  }
  const testBuild = process.env[testBuildVariable] === 'yes';
  const binary =
    platform === 'darwin'
      ? join(mac, 'Frameworks/Electron Framework.framework/Electron Framework')
      : join(appOutDir, platform === 'win32' ? `${productFilename}.exe` : packager.appInfo.linuxPackageName);
  await setFuses(binary, packageFuses({ testBuild, platform }));
}
