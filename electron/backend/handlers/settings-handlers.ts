import { succeed } from '#shared/result.ts';
import type { Settings } from '#shared/settings/schema.ts';
import type { Emit } from '../event-hub.ts';
import type { Store } from '../store/store.ts';
import type { Handlers } from './handler.ts';

export function createSettingsHandlers(deps: {
  readonly store: Store;
  readonly emit: Emit;
}): Handlers<'settings:get' | 'settings:set'> {
  const { store, emit } = deps;
  return {
    'settings:get': async () => succeed(store.settings()),
    'settings:set': async (changes) => {
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const settings: Settings = { ...store.settings(), ...given };
      const saved = store.saveSettings(settings);
      if (!saved.ok) return saved;
      emit('settings:changed', settings);
      return succeed(settings);
    },
  };
}
