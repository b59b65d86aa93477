import { defaultSettings } from '../settings/defaults.ts';
import { defaultPreCopyOptions } from './pre-copy/options.ts';
import type { MigrationOptions } from './request.ts';

/** Options of a new migration, before the person's own default budget is put in. */
export const defaultMigrationOptions: MigrationOptions = {
  downtimeBudgetMilliseconds: defaultSettings.downtimeBudgetMilliseconds,
  preCopy: defaultPreCopyOptions,
  releaseSource: true,
  detachSourceNamespaces: true,
};
