import { z } from 'zod';

/** Where a stretch of bytes that a guest can read comes from. */
export const leakClassSchema = z.enum([
  /** Set by the virtual subsystem. */
  'virtual',
  /** A capability that the mask narrows, the same on every host. */
  'narrowed',
  /** The hardware's, and the same on every host. */
  'equal',
  /** Changes by itself on any drive; drivers do not cache it. */
  'volatile',
  /** The hardware's, and it tells the guest where it runs. */
  'physical',
  /** Nobody there could be asked. */
  'unchecked',
]);
export type LeakClass = z.infer<typeof leakClassSchema>;

export const leakFindingSchema = z.object({
  /** `identify:oncs`, `log:2`, … */
  id: z.string(),
  /** The command that reads it: `Identify Controller`, `Get Log Page 02h`. */
  source: z.string(),
  /** Short name for a chip: `ONCS`. */
  name: z.string(),
  title: z.string(),
  /** Bytes in the answer: `bytes 520–521`; empty for a whole answer. */
  place: z.string(),
  class: leakClassSchema,
  /** What was found, with the values. */
  words: z.string(),
  /** How it can be closed; null when no command does. */
  fix: z.enum(['identity', 'pci', 'narrow', 'hide']).nullable(),
});
export type LeakFinding = z.infer<typeof leakFindingSchema>;

export const leakVerdictSchema = z.enum(['passed', 'notes', 'leaks']);
export type LeakVerdict = z.infer<typeof leakVerdictSchema>;

/** Leaks decide; volatile or unchecked bytes are notes. */
export function leakVerdict(findings: readonly LeakFinding[]): LeakVerdict {
  if (findings.some((finding) => finding.class === 'physical')) return 'leaks';
  return findings.some((finding) => finding.class === 'volatile' || finding.class === 'unchecked')
    ? 'notes'
    : 'passed';
}
