import type { MigrationOptions } from '../request.ts';
import { defaultPreCopyOptions, type MigrationPolicy, type PreCopyOptions } from './options.ts';

/** The named ways to move a guest, in the order in which they are offered. */
export const migrationPolicies = ['minimal-downtime', 'balanced', 'fastest', 'stop-and-copy'] as const;

/** As they are said in a sentence. */
export const policyTitles: Record<MigrationPolicy, string> = {
  'minimal-downtime': 'minimal downtime',
  balanced: 'balanced',
  fastest: 'fastest',
  'stop-and-copy': 'stop-and-copy',
};

const presets: Record<PreCopyOptions['policy'], PreCopyOptions> = {
  // Many short rounds at the end are what makes the last one small.
  'minimal-downtime': { ...defaultPreCopyOptions, policy: 'minimal-downtime', mostRounds: 120 },
  balanced: defaultPreCopyOptions,
  // It is over soon also where it does not converge: nobody is waited for.
  fastest: { ...defaultPreCopyOptions, policy: 'fastest', mostRounds: 15, whenNotConverging: 'finish' },
};

/** Which policy the options are. */
export function policyOf({ preCopy }: MigrationOptions): MigrationPolicy {
  return preCopy?.policy ?? 'stop-and-copy';
}

/** The options with the knobs of another policy; whether it holds before the switch-over and what it may take of the link stay. */
export function withPolicy(options: MigrationOptions, policy: MigrationPolicy): MigrationOptions {
  const { preCopy, ...others } = options;
  if (policy === 'stop-and-copy') return others;
  const { holdBeforeSwitchOver = false, mostBytesPerSecond } = preCopy ?? {};
  const limit = mostBytesPerSecond === undefined ? {} : { mostBytesPerSecond };
  return { ...others, preCopy: { ...presets[policy], holdBeforeSwitchOver, ...limit } };
}

/**
 * Why a guest with VFIO devices cannot run at the destination before its memory is there, as post-copy has it (QEMU
 * documentation, "VFIO device migration").
 */
export const postCopyReason =
  'A device writes by DMA and cannot wait for a page that is missing: QEMU refuses it with VFIO devices.';
