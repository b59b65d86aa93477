import { z } from 'zod';
import { rehearsalFaultSchema } from './fault.ts';

/** Where a guest was when everything had ended. */
export const rehearsedGuestSchema = z.enum(['moved', 'at-source', 'unknown']);
export type RehearsedGuest = z.infer<typeof rehearsedGuestSchema>;

const outcomeShape = {
  /** Everything that must hold did: see `docs/migration-safety.md`. */
  passed: z.boolean(),
  guest: rehearsedGuestSchema,
  /** What the record says is to be done where the guest is neither moved nor back; left out: nothing. */
  wayOn: z.string().optional(),
  /** How long the guest stood still, milliseconds of simulated time; null: it never did, or did not run again. */
  downtimeMilliseconds: z.number().min(0).nullable(),
  /** What did not hold; left out: nothing. */
  problems: z.array(z.string()).optional(),
};

/** What became of a migration when one thing happened at one of its steps. */
export const rehearsalCellSchema = z.object({
  /** 0-based. */
  step: z.number().int().min(0),
  fault: rehearsalFaultSchema,
  ...outcomeShape,
});
export type RehearsalCell = z.infer<typeof rehearsalCellSchema>;

/** What was seen when the plan of a migration was run on simulated twins of its hosts, once for each cell. */
export const migrationRehearsalSchema = z.object({
  /** SHA-256 of what the plan does, in hexadecimal: it is about this plan and no other. */
  planDigest: z.string(),
  /** When it began, milliseconds since the Unix epoch. */
  at: z.number(),
  /** Of the twins. The same plan, twins and seed give the same cells. */
  seed: z.number().int().nullable(),
  /** 0-based. */
  steps: z.array(z.number().int().min(0)),
  faults: z.array(rehearsalFaultSchema),
  /** Without any fault. */
  undisturbed: z.object(outcomeShape),
  /** By step, then by fault. A step that changes nothing has no cell where a command would have gone wrong. */
  cells: z.array(rehearsalCellSchema),
  /** How many there would be; more than `cells`: it was stopped before its end. */
  wanted: z.number().int().min(0),
});
export type MigrationRehearsal = z.infer<typeof migrationRehearsalSchema>;

/** Cells in which everything held, and in which something did not. */
export function countsOfRehearsal({ cells }: Pick<MigrationRehearsal, 'cells'>) {
  const passed = cells.filter((cell) => cell.passed).length;
  return { passed, failed: cells.length - passed };
}

/** `324 of 324 cases passed`, with what is missing. */
export function rehearsalSummary(
  rehearsal: Pick<MigrationRehearsal, 'cells' | 'wanted' | 'undisturbed'>,
): string {
  const { passed } = countsOfRehearsal(rehearsal);
  const { cells, wanted, undisturbed } = rehearsal;
  return [
    `${passed} of ${cells.length} cases passed`,
    ...(cells.length < wanted ? [`stopped before ${wanted - cells.length} more`] : []),
    ...(undisturbed.passed ? [] : ['without any fault it did not pass']),
  ].join(', ');
}

/** `moved`, `back at the source`, `not known`. */
export const rehearsedGuestWords: Readonly<Record<RehearsedGuest, string>> = {
  moved: 'moved',
  'at-source': 'back at the source',
  unknown: 'not known',
};
