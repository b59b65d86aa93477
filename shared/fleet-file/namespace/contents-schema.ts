import { z } from 'zod';
import { hexadecimalDigits } from '../scalars.ts';

/** Runs of a namespace whose contents are told apart, two numbers each. */
const mostNumbers = 40_000;

/**
 * What a namespace holds, as a digest of it: bytes are not kept. Left out: what it held in the beginning, which its identity
 * stands for.
 */
export const fileNamespaceContentsSchema = z.strictObject({
  /** 16 hexadecimal digits that stood for all of it once. */
  tag: hexadecimalDigits(16),
  /** Writes since. */
  writes: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  /** While it is copied: what each stretch of it holds. */
  apart: z
    .strictObject({
      tags: z.array(hexadecimalDigits(16)).max(mostNumbers / 2),
      /** For each run from the first block on: its length in blocks, and the index of its tag. */
      runs: z.array(z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)).max(mostNumbers),
    })
    .optional(),
});
export type FileNamespaceContents = z.infer<typeof fileNamespaceContentsSchema>;
