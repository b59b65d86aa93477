import type { Blocker } from '../../fleet/rules/blocker.ts';
import type { Fleet, VirtualIdentity, VirtualSubsystem } from '../../fleet/schema.ts';
import { controllerFullTitle, findPrimary, hostTitle, virtualSubsystemTitle } from '../../fleet/selectors.ts';
import { checkVirtualNqn } from '../../nvme/nqn.ts';

/**
 * Why a new virtual subsystem on a controlling function cannot have this virtual NQN; empty when it can. The same name on
 * another controlling function is right: guests migrate between the two. `primaryId` null: not chosen yet.
 */
export function virtualNqnBlockers(fleet: Fleet, primaryId: string | null, nqn: string): Blocker[] {
  const checked = checkVirtualNqn(nqn);
  if (!checked.ok) {
    const { message, fix = 'Choose another name' } = checked.error;
    return [{ reason: sentence(message), fix: sentence(fix) }];
  }
  const fix = 'Choose another virtual NQN.';
  if (fleet.subsystems[nqn] !== undefined)
    return [{ reason: `${nqn} is the NQN of a physical NVM subsystem of this fleet.`, fix }];
  const taken = Object.values(fleet.virtualSubsystems).find(
    (other) => other.nqn === nqn && other.primaryId === primaryId,
  );
  return taken === undefined ? [] : [{ reason: `${nqn} is already used on ${placeOf(fleet, taken)}.`, fix }];
}

/** Names that exist on other controlling functions: right for the two ends of a migration, wrong for two guests. */
export function virtualNameConsequences(
  fleet: Fleet,
  primaryId: string,
  nqn: string,
  { serialNumber }: VirtualIdentity,
): string[] {
  const words: string[] = [];
  const checked = checkVirtualNqn(nqn);
  if (checked.ok && checked.value.warning !== undefined) words.push(checked.value.warning);
  const others = Object.values(fleet.virtualSubsystems);
  const twins = others.filter((other) => other.nqn === nqn && other.primaryId !== primaryId);
  if (twins.length > 0) {
    const hosts = twins.map((twin) => hostTitle(fleet, twin.hostId)).join(', ');
    words.push(
      `The same virtual NQN exists on ${hosts}: right for a migration, wrong for two guests at once.`,
    );
  }
  const same = others.find(
    (other) => other.nqn !== nqn && serialNumber !== '' && other.identity.serialNumber === serialNumber,
  );
  if (same !== undefined)
    words.push(
      `${virtualSubsystemTitle(same)} has the same serial number ${serialNumber}; guests may take both for one drive.`,
    );
  return words;
}

function placeOf(fleet: Fleet, { primaryId, hostId }: VirtualSubsystem): string {
  const primary = findPrimary(fleet, primaryId);
  return primary === undefined ? hostTitle(fleet, hostId) : controllerFullTitle(fleet, primary);
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
