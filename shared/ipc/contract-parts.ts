import { z } from 'zod';

/** Id of an object of the fleet, as a request names it. */
export const objectIdSchema = z.string().min(1).max(1024);

/** A request that says nothing, or an answer that says only that it was done. */
export const emptySchema = z.object({});
