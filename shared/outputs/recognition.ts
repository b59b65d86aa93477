import { z } from 'zod';
import { largestPaste, mostOutputFiles } from '../bounds/sizes.ts';
import { problemSchema } from '../fleet/schema.ts';
import { pathSchema } from '../ipc/open-request.ts';

/** What is looked at before it is opened: files that were chosen or dropped, or a text that was pasted. */
export const recogniseRequestSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('paths'), paths: z.array(pathSchema).min(1).max(mostOutputFiles) }),
  z.object({ kind: z.literal('text'), text: z.string().max(largestPaste) }),
]);
export type RecogniseRequest = z.infer<typeof recogniseRequestSchema>;

/** One output that was recognised. */
const recognisedOutputSchema = z.object({
  /** `nvme id-ctrl` */
  title: z.string(),
  form: z.enum(['text', 'JSON', 'XML', 'files']),
  /** `nvme0`; null where it does not say. */
  device: z.string().nullable(),
  /** What is in it, in a few words. */
  holds: z.string(),
  /** Name of its file; empty for a text that was pasted. */
  file: z.string(),
  /** 1-based. */
  line: z.number().int(),
});

/** Outputs of tools on one host: what they are, what they hold, what they lack. */
const recognitionSchema = z.object({
  /** How the host is called; null where no output says it. */
  host: z.string().nullable(),
  /** The first ones; `more`: how many there are besides. */
  outputs: z.array(recognisedOutputSchema),
  more: z.number().int(),
  /** What is not recorded (those with `tellBy`), and what is doubtful. */
  problems: z.array(problemSchema),
  /** Lines that belong to no output that is known. */
  unknownLines: z.number().int(),
  /** Why it cannot be opened; null: it can. */
  refusal: z.object({ message: z.string(), fix: z.string() }).nullable(),
});
export type Recognition = z.infer<typeof recognitionSchema>;

/** What stands at the paths; what may be a capture is asked for its snapshots. */
export const recogniseAnswerSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fleet-file') }),
  z.object({ kind: z.literal('capture') }),
  z.object({ kind: z.literal('outputs'), recognition: recognitionSchema }),
]);
export type RecogniseAnswer = z.infer<typeof recogniseAnswerSchema>;
