import { controllerFullTitle } from '../../fleet/selectors.ts';
import { maskBlockers } from '../../virtual-subsystem/mask/check-mask.ts';
import { exposedFields, fieldValue, isOfField } from '../../virtual-subsystem/mask/exposed-fields.ts';
import { valueWords } from '../../virtual-subsystem/mask/value-words.ts';
import { counterpartsAt, type MigrationSubject } from '../subject.ts';
import type { Check } from './check.ts';
import { holds, makeCheck } from './make-check.ts';

/**
 * What the guest's virtual subsystem shows outside Identify Controller (queues, vectors, CAP, log pages, features, LBA
 * formats) against what the destination offers its secondaries: the migration lays the same mask there, and a mask may
 * only narrow. One check for each entry of the mask; none where the virtual subsystem is prepared already.
 */
export function maskChecks({ fleet, request, devices }: MigrationSubject): Check[] {
  const seen = new Set<string>();
  return devices.flatMap(({ virtualSubsystem, sourcePrimary, destinationPrimary }) => {
    if (virtualSubsystem === undefined || sourcePrimary === undefined || destinationPrimary === undefined)
      return [];
    const { nqn, exposed } = virtualSubsystem;
    const key = `${nqn}→${destinationPrimary.id}`;
    if (seen.has(key) || counterpartsAt(fleet, request.destinationHostId, nqn).length > 0) return [];
    seen.add(key);
    return exposed.flatMap((entry) => {
      const field = exposedFields.find((candidate) => isOfField(candidate, entry));
      // Identify Controller is compared field by field elsewhere, with or without a mask.
      if (field === undefined || field.structure === 'identify-controller') return [];
      const words = (value: number | null) => (value === null ? 'not reported' : valueWords(field, value));
      const offered = fieldValue(field, destinationPrimary);
      const blockers = maskBlockers(destinationPrimary, [entry]);
      const evidence = `The virtual subsystem shows ${words(Number(BigInt(entry.value)))}; ${controllerFullTitle(fleet, sourcePrimary)} offers ${words(fieldValue(field, sourcePrimary))}, ${controllerFullTitle(fleet, destinationPrimary)} ${words(offered)}`;
      return [
        makeCheck(
          'capabilities',
          `mask-${field.key}`,
          key,
          `${field.title} (${field.mnemonic}) as the virtual subsystem shows it`,
          holds(
            blockers.length === 0,
            blockers.length === 0 ? evidence : `${evidence}. ${blockers.join(' ')}`,
            'Stop the guest and apply a baseline that has this destination as a member, or choose another destination',
            { source: words(Number(BigInt(entry.value))), destination: words(offered) },
          ),
        ),
      ];
    });
  });
}
