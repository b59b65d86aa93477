import { builtinModules } from 'node:module';

/** What Node brings. */
export const nodeModules = [...builtinModules, ...builtinModules.map((name) => `node:${name}`)];

/** What Electron brings, and native code: installed beside the program and never part of a bundle. */
export const installedModules = ['electron', '@photostructure/sqlite'];
