import type { Gap } from '#shared/fleet/gap.ts';
import type { SecondaryController } from '#shared/fleet/schema.ts';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import { announcedWords, offeredBy } from '#shared/known-devices/offered-by.ts';
import { identifyStructures } from '#shared/nvme/commands/identify.ts';
import {
  maximumSecondaryControllerEntries,
  type SecondaryControllerEntry,
} from '#shared/nvme/layouts/lists/secondary-controller-list.ts';
import type { FunctionReading } from '../read/host-reading.ts';
import { announcingIdentify } from '../read/identity-text.ts';

const capabilities = identifyStructures.primaryControllerCapabilities.value;
const list = identifyStructures.secondaryControllers.value;

/** Why the resources of a primary controller, which it did not answer, are not known. */
export function resourcesGap(title: string, read: FunctionReading): Gap {
  return gapOf(title, read, capabilities, `nvme primary-ctrl-caps ${deviceFile(read)}`);
}

/**
 * Why a virtual function is not in the list of its primary controller; null where that cannot be told: nobody was asked, or
 * it was answered and the function is not there.
 */
export function unlistedGap(
  title: string,
  read: FunctionReading,
  entries: readonly SecondaryControllerEntry[],
): Gap | null {
  const { controller } = read;
  if (controller === null || controller.isSilent) return null;
  const command = `nvme list-secondary ${deviceFile(read)}`;
  if (entries.length === 0 && controller.unanswered.has(list)) return gapOf(title, read, list, command);
  // A list of one page that was recorded alone ends where the page is full.
  if (entries.length === 0 || entries.length % maximumSecondaryControllerEntries !== 0) return null;
  const last = Math.max(...entries.map(({ scid }) => scid));
  return { kind: 'not-recorded', tellBy: `${command} --cntid=${last + 1}` };
}

/** What is known of a virtual function that no list names. Where nobody can bring it online, it is there by itself. */
export function unlistedFunction(
  gap: Gap,
  read: FunctionReading,
): Pick<SecondaryController, 'unlisted' | 'cntlid' | 'online'> {
  const cntlid = read.controller?.identify?.cntlid;
  return {
    unlisted: { gap, knowsCntlid: cntlid !== undefined },
    cntlid: cntlid ?? 0,
    online: gap.kind === 'not-supported',
  };
}

function gapOf(title: string, { controller }: FunctionReading, cns: number, tellBy: string): Gap {
  const announcing = announcingIdentify(controller?.identify ?? null);
  if (offeredBy(announcing, 'structures', cns) === false)
    return {
      kind: 'not-supported',
      reason: announcedWords(announcing, title, 'structures', cns) ?? `${title} is not a primary controller`,
    };
  if (controller?.unanswered.get(cns) === 'refused')
    return {
      kind: 'not-supported',
      reason: `${title} refuses Identify CNS ${suffixedHexadecimal(cns)}`,
    };
  return { kind: 'not-recorded', tellBy };
}

function deviceFile({ function: { deviceName } }: FunctionReading): string {
  return `/dev/${deviceName ?? 'nvmeN'}`;
}
