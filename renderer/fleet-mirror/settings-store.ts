import { create } from 'zustand';
import { defaultSettings } from '#shared/settings/defaults.ts';
import type { Settings } from '#shared/settings/schema.ts';
import { client } from '../bridge/client.ts';
import { notifyError } from '../ui/overlays/notices.ts';

/** The settings as the main process last told them; the defaults until then. */
export const useSettings = create<Settings>(() => ({ ...defaultSettings }));

/** Changes settings: shown at once, and corrected by what the main process answers. */
export async function changeSettings(patch: Partial<Settings>): Promise<void> {
  // For the way back, should it be refused.
  const before = useSettings.getState();
  useSettings.setState(patch);
  const result = await client.call('settings:set', patch);
  if (result.ok) {
    useSettings.setState(result.value);
    return;
  }
  useSettings.setState(before);
  notifyError(result.error, 'The setting was not saved');
}
