/**
 * How many cases a property is tried on.
 * @param sample in `npm test`: enough to meet what breaks often
 * @param deep in `npm run test:deep`: enough to meet what breaks rarely; with a seed, the sample is its beginning
 */
export declare function numRuns(sample: number, deep: number): number;
