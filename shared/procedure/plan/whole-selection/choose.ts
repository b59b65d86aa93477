import { countWords } from '../../../count-words.ts';
import { namesAmong } from '../../../fleet/drive-names.ts';
import { togetherBlockers } from '../../../fleet/rules/together.ts';
import type { Controller, Fleet, PrimaryController, SecondaryController } from '../../../fleet/schema.ts';
import { findPrimary, findSecondary } from '../../../fleet/selectors.ts';
import type { PlanBuilder } from '../builder.ts';

/** What a plan was asked to change, each controller once and in the order of the selection. */
interface Chosen<Kind extends Controller> {
  /** What is not as wanted yet; everything that was found where nothing is. */
  readonly changed: readonly Kind[];
  /** Why there can be no plan at all; empty: there can. */
  readonly reasons: readonly string[];
  readonly nameOf: (controller: Controller) => string;
}

/** What is so already, said of one and of several: `is already online`, `are already online`. */
interface Already {
  readonly one: string;
  readonly several: string;
}

/** Said of those that are in the pool. */
export const inPool: Already = { one: 'is already in the pool', several: 'are already in the pool' };

/** How each kind of controller is found, and what is said of an id that is of none. */
const kinds = {
  any: { find: (fleet: Fleet, id: string) => fleet.controllers[id], gone: 'is no longer in the fleet' },
  secondary: { find: findSecondary, gone: 'is not a secondary controller of the fleet' },
  primary: { find: findPrimary, gone: 'is not a primary controller of the fleet' },
};
interface Kinds {
  readonly any: Controller;
  readonly secondary: SecondaryController;
  readonly primary: PrimaryController;
}

/**
 * Divides a selection into what the plan changes and what it leaves, since it is as wanted already; the builder is told what
 * is left, and names the drives where there are several. `already` null: there is nothing that could be so.
 */
export function choose<Name extends keyof Kinds>(
  builder: PlanBuilder,
  name: Name,
  ids: readonly string[],
  isAlready: (controller: Kinds[Name]) => boolean = () => false,
  already: Already | null = null,
): Chosen<Kinds[Name]> {
  const { fleet } = builder;
  const { find, gone } = kinds[name];
  const unique = [...new Set(ids)];
  const found = unique.flatMap((id) => (find(fleet, id) as Kinds[Name] | undefined) ?? []);
  const nameOf = namesAmong(fleet, found);
  if (found.length < unique.length) {
    const missing = unique.filter((id) => find(fleet, id) === undefined);
    return { changed: found, reasons: missing.map((id) => `${id} ${gone}.`), nameOf };
  }
  const changed = found.filter((one) => !isAlready(one));
  if (changed.length === 0 && already !== null)
    return { changed: found, reasons: [allAlready(found.map(nameOf), already)], nameOf };
  builder.about(changed);
  if (already !== null && changed.length < found.length)
    builder.left.push(leftWords(found.filter(isAlready).map(nameOf), already));
  return { changed, reasons: togetherBlockers(changed.length), nameOf };
}

function allAlready(names: readonly string[], { one, several }: Already): string {
  return names.length === 1 ? `${names} ${one}.` : `All ${names.length.toLocaleString('en-US')} ${several}.`;
}

/** So many of what is left are named; the others are counted. */
const namedOnes = 20;

/** `2 controllers are already online and stay as they are: VF 1, VF 2.` */
export function leftWords(names: readonly string[], { one, several }: Already, what = 'controller'): string {
  const isOne = names.length === 1;
  const others =
    names.length > namedOnes ? ` and ${(names.length - namedOnes).toLocaleString('en-US')} more` : '';
  return (
    `${countWords(names.length, what)} ${isOne ? one : several} and ` +
    `${isOne ? 'stays as it is' : 'stay as they are'}: ${names.slice(0, namedOnes).join(', ')}${others}.`
  );
}
