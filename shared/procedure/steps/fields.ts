import { z } from 'zod';

/** Fields that the schemas of several steps share. Ids are fleet ids. */
export const id = z.string().min(1);
export const uint16 = z.number().int().min(0).max(0xffff);
export const nqn = z.string().min(1);
export const nsid = z.number().int().min(1).max(0xfffffffe);
export const resource = z.enum(['VQ', 'VI']);
export type Resource = z.infer<typeof resource>;
