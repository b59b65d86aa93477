import { type Command, commands } from '#shared/commands/command-table.ts';
import type { Fleet, FleetCollection } from '#shared/fleet/schema.ts';
import { type SearchHit, searchFleet } from '#shared/fleet/search.ts';
import type { CommandHandler } from '../../commands/command-registry.ts';
import { hasEveryWord, searchWords } from '../../ui/search-words.ts';

/** One line of the palette: a command, or an object of the fleet. */
export type PaletteEntry =
  | {
      readonly kind: 'command';
      readonly command: Command;
      /** What it is called now. */
      readonly label: string;
      readonly unavailable: string | null;
    }
  | { readonly kind: 'object'; readonly hit: SearchHit; readonly what: string };

/** More would not be read; another letter narrows them down. */
const objectLimit = 40;

const collectionWords: Record<FleetCollection, string> = {
  hosts: 'Host',
  subsystems: 'NVM subsystem',
  controllers: 'Controller',
  namespaces: 'Namespace',
  virtualSubsystems: 'Virtual subsystem',
  virtualMachines: 'Virtual machine',
};

/**
 * What the text finds: commands whose label, section or search words contain every word, best first, then objects of
 * the fleet. Commands that nothing handles now are left out; those that are unavailable stay, with the reason.
 */
export function paletteEntries(
  text: string,
  fleet: Fleet | null,
  handlers: Readonly<Partial<Record<string, CommandHandler>>>,
): readonly PaletteEntry[] {
  const words = searchWords(text);
  const found = commands
    .filter((command) => command.id !== 'palette' && handlers[command.id] !== undefined)
    .map((command, order) => ({ command, order, label: handlers[command.id]?.label ?? command.label }))
    .filter(({ label, command: { section, search } }) =>
      hasEveryWord(`${label} ${section} ${search ?? ''}`, words),
    )
    .map((found) => ({ ...found, rank: rankOf(found.label, words) }))
    .sort((a, b) => a.rank - b.rank || a.order - b.order);
  const objects = fleet === null ? [] : searchFleet(fleet, text).slice(0, objectLimit);
  return [
    ...found.map(
      ({ command, label }): PaletteEntry => ({
        kind: 'command',
        command,
        label,
        unavailable: handlers[command.id]?.unavailable ?? null,
      }),
    ),
    ...objects.map((hit): PaletteEntry => ({ kind: 'object', hit, what: collectionWords[hit.collection] })),
  ];
}

/** 0: the label starts with the first word; 1: a word of it does; 2: found elsewhere. */
function rankOf(name: string, words: readonly string[]): number {
  const first = words[0];
  if (first === undefined) return 0;
  const label = name.toLowerCase();
  if (label.startsWith(first)) return 0;
  return label.split(/\s+/).some((part) => part.startsWith(first)) ? 1 : 2;
}
