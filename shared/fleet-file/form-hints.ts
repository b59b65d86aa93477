import { z } from 'zod';

/**
 * What a field of the fleet file says to the form that edits it, in `.meta()` beside `title`, `description` and
 * `examples` of JSON Schema. A field without hints shows under its own name.
 */
export const formHintsSchema = z.object({
  /** How a number is written: `hexadecimal` with as many digits as its maximum has, or bytes as `4 GiB`. */
  notation: z.enum(['hexadecimal', 'bytes']).optional(),
  /** `hidden`: left to the JSON view. `kept-shape`: its members show, but nobody chooses another shape of it. */
  form: z.enum(['hidden', 'kept-shape']).optional(),
});
export type FormHints = z.infer<typeof formHintsSchema>;

/**
 * Left to the JSON view: what a running simulation notes about itself, what few people set, and lists of objects that
 * have a form of their own.
 */
export const notInForm = { form: 'hidden' } as const satisfies FormHints;

/** A bit field or an identifier that the specification writes in hexadecimal digits. */
export const hexadecimalHint = { notation: 'hexadecimal' } as const satisfies FormHints;

/** A size in bytes, from some KiB to many TiB. */
export const bytes = { notation: 'bytes' } as const satisfies FormHints;
