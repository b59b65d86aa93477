import { z } from 'zod';
import { fleetSizes } from '../bounds/sizes.ts';
import { countWords } from '../count-words.ts';
import { fail, type Result, succeed } from '../result.ts';
import type { Plan } from './procedure.ts';

/** A virtual machine that loses a drive, or data on it, by a plan. */
export const cutOffGuestSchema = z.object({
  id: z.string(),
  /** Its name, with its host where others in the fleet have the same. */
  title: z.string(),
});
export type CutOffGuest = z.infer<typeof cutOffGuestSchema>;

/** What a person has agreed to before a plan starts; it travels with the request to start it. */
export const agreedSchema = z.object({
  /** Ids of the virtual machines that the person knows to lose a drive or data. */
  guests: z.array(z.string().min(1).max(1024)).max(fleetSizes.virtualMachines),
  /** Ids of the plan's warnings. */
  warnings: z.array(z.string().min(1).max(8192)).max(200),
});
export type Agreed = z.infer<typeof agreedSchema>;

export const nothingAgreed: Agreed = { guests: [], warnings: [] };

/** Names that a message says one by one; its details have all. */
const named = 4;

/**
 * Refuses to start what cuts off a guest, or warns of something, that nobody has agreed to. Planning it, to look at it,
 * is allowed before that. More than the plan needs may have been agreed to: then less is lost than the person expected.
 * @param cutOff The guests that the plan cuts off on the fleet as it is now.
 */
export function requireAgreement(
  { title, warnings = [] }: Pick<Plan, 'title' | 'warnings'>,
  cutOff: readonly CutOffGuest[],
  agreed: Agreed,
): Result<void> {
  const guests = cutOff.filter(({ id }) => !agreed.guests.includes(id));
  if (guests.length > 0) {
    const who = guestsWords(guests);
    return fail(
      'refused',
      `You have not agreed that ${who} ${guests.length === 1 ? 'loses' : 'lose'} a drive or data that may be in use.`,
      {
        object: title,
        field: 'agreed.guests',
        fix: `Review “${title}”, and agree there that ${who} ${guests.length === 1 ? 'is' : 'are'} cut off.`,
        details: guests.map((guest) => guest.title),
      },
    );
  }
  const open = warnings.filter(({ id }) => !agreed.warnings.includes(id));
  if (open.length === 0) return succeed(undefined);
  return fail(
    'refused',
    `${open.length === 1 ? 'A warning is' : `${open.length} warnings are`} not agreed to.`,
    {
      object: title,
      field: 'agreed.warnings',
      fix: 'Read the warnings and agree to each of them.',
      details: open.map(({ words }) => words),
    },
  );
}

/** `db-primary`, `db-primary, web and 3 more guests`. */
export function guestsWords(guests: readonly CutOffGuest[]): string {
  const titles = guests.map(({ title }) => title);
  const rest = titles.length - named;
  if (rest > 0) return `${titles.slice(0, named).join(', ')} and ${countWords(rest, 'more guest')}`;
  const last = titles.at(-1) ?? '';
  return titles.length < 2 ? last : `${titles.slice(0, -1).join(', ')} and ${last}`;
}
