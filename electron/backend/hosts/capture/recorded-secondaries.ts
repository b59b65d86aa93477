import {
  decodePrimaryControllerCapabilities,
  type PrimaryControllerCapabilities,
} from '#shared/nvme/layouts/identify/primary-controller-capabilities.ts';
import {
  decodeSecondaryControllerList,
  encodeSecondaryControllerList,
  maximumSecondaryControllerEntries,
  type SecondaryControllerEntry,
  secondaryControllerListLength,
} from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { CapturedController } from './snapshot.ts';

/** A whole Secondary Controller List as its pages one after the other, 4096 bytes and at most 127 entries each. */
export function encodeSecondaryPages(entries: readonly SecondaryControllerEntry[]): Result<Uint8Array> {
  const pages: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < entries.length; at += maximumSecondaryControllerEntries) {
    const some = entries.slice(at, at + maximumSecondaryControllerEntries);
    const page = encodeSecondaryControllerList({ entries: some, reserved: [] });
    if (!page.ok) return page;
    pages.push(page.value);
  }
  return succeed(new Uint8Array(Buffer.concat(pages)));
}

/** The entries of all pages. */
export function decodeSecondaryPages(bytes: Uint8Array): Result<readonly SecondaryControllerEntry[]> {
  const entries: SecondaryControllerEntry[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += secondaryControllerListLength) {
    const page = decodeSecondaryControllerList(bytes.subarray(at, at + secondaryControllerListLength));
    if (!page.ok) return fail(page.error.code, page.error.message, page.error);
    entries.push(...page.value.entries);
  }
  return succeed(entries);
}

/** The Secondary Controller List of a controller; null when it was not recorded, or refused. */
export function recordedSecondaries(
  controller: CapturedController,
): readonly SecondaryControllerEntry[] | null {
  const answer = controller.record?.secondaries;
  if (answer?.kind !== 'value') return null;
  const entries = decodeSecondaryPages(answer.value);
  return entries.ok ? entries.value : null;
}

/** Primary Controller Capabilities of a controller; null when they were not recorded, or refused. */
export function recordedPrimaryCapabilities(
  controller: CapturedController,
): PrimaryControllerCapabilities | null {
  const answer = controller.record?.primaryCapabilities;
  if (answer?.kind !== 'value') return null;
  const decoded = decodePrimaryControllerCapabilities(answer.value);
  return decoded.ok ? decoded.value : null;
}
