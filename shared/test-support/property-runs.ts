/**
 * How many cases a property is tried on.
 * @param sample in `npm test`: enough to meet what breaks often
 * @param deep in `npm run test:deep`: enough to meet what breaks rarely; with a seed, the sample is its beginning
 */
export function numRuns(sample: number, deep: number): number {
  return process.env.BERTH_TEST_DEPTH === 'deep' ? deep : sample;
}
