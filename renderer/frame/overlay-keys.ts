import { useShownDialog } from '../actions/shown-dialog.ts';
import { dropHeldKeys, holdKeys } from '../commands/held-keys.ts';
import { useNavigation } from '../navigation.ts';
import { useStaged } from '../procedures/intents.ts';

/** Lets every overlay of the frame have what is typed from the moment it is asked for; see `held-keys.ts`. */
export function holdKeysForOverlays(): () => void {
  let before = shown();
  const look = (): void => {
    const now = shown();
    const isNew = now.some((one, index) => one !== null && one !== before[index]);
    before = now;
    if (isNew) holdKeys();
    else if (now.every((one) => one === null)) dropHeldKeys();
  };
  const removers = [useNavigation, useStaged, useShownDialog].map((store) => store.subscribe(look));
  return () => {
    for (const remove of removers) remove();
    dropHeldKeys();
  };
}

/** What lies over the screen, each in its place; null: it does not. */
function shown(): readonly unknown[] {
  const { palette, help, openDialog } = useNavigation.getState();
  const flags = [palette, help, openDialog].map((open) => (open ? true : null));
  return [...flags, useStaged.getState().staged, useShownDialog.getState().draw];
}
