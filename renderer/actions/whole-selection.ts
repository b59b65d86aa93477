import { countWords } from '#shared/count-words.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { controllerFullTitle } from '#shared/fleet/selectors.ts';
import { controllersTitle } from '#shared/procedure/plan/titles.ts';
import type { Reason } from './unavailable.ts';

/** What of a selection an action takes, and what it leaves. */
export interface Taken {
  /** Not empty, unless the action is unavailable. */
  readonly ids: readonly string[];
  /** What it leaves and why, one sentence for each reason. */
  readonly left: readonly string[];
  /** Why it can do nothing with any of them; null: it can. */
  readonly unavailable: Reason;
}

/** How an action chooses among the objects of a selection. */
interface Choice<Kind> {
  /** The object, where it is of the kind that the action is about; undefined: it is not. */
  readonly find: (id: string) => Kind | undefined;
  /** What the others are not: `a secondary controller`, `secondary controllers`. */
  readonly one: string;
  readonly several: string;
  /** Why it cannot be done with this one; null: it can. */
  readonly judge: (object: Kind) => Reason;
}

/** Divides a selection; null where nothing of it is of the kind that the action is about. */
export function takeOf<Kind>(ids: readonly string[], choice: Choice<Kind>): Taken | null {
  const taken: string[] = [];
  const reasons = new Map<string, number>();
  let others = 0;
  for (const id of ids) {
    const object = choice.find(id);
    if (object === undefined) {
      others += 1;
      continue;
    }
    const reason = choice.judge(object);
    if (reason === null) taken.push(id);
    else reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const [first = null] = reasons.keys();
  if (taken.length === 0) return first === null ? null : { ids: [], left: [], unavailable: first };
  const left = [...reasons].map(
    ([reason, count]) => `${countWords(count, 'selected object')} cannot take part. ${reason}`,
  );
  if (others > 0)
    left.push(
      `${countWords(others, 'selected object')} ${others === 1 ? `is not ${choice.one}` : `are not ${choice.several}`}.`,
    );
  return { ids: taken, left, unavailable: null };
}

/** `VF 12 of hv-a/nvme1`; several as the title of their procedure names them. */
export function chosenTitle(fleet: Fleet, ids: readonly string[]): string {
  const controllers = ids.flatMap((id) => fleet.controllers[id] ?? []);
  const [only] = controllers;
  return only !== undefined && controllers.length === 1
    ? controllerFullTitle(fleet, only)
    : controllersTitle(fleet, controllers);
}

/** The value that all of several objects have; null where they differ. */
export function onlyValue<Value>(values: readonly Value[]): Value | null {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? null : first;
}
