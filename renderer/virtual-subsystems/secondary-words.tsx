import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { controllerTitle, hexadecimalId, secondaryStateWords } from '#shared/fleet/selectors.ts';

/** A secondary controller in a list to choose from: `VF 12 0x000d Offline · free`. */
export function SecondaryWords({
  fleet,
  secondary,
}: {
  readonly fleet: Fleet;
  readonly secondary: SecondaryController;
}) {
  return (
    <>
      {controllerTitle(secondary)} <code>{hexadecimalId(secondary.cntlid)}</code>{' '}
      <span className="mute">{secondaryStateWords(fleet, secondary.id)}</span>
    </>
  );
}
