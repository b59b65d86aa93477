/** Reading holds everything else up for at most about so long. */
const longestMilliseconds = 8;

let since = performance.now();

/**
 * Lets timers, input and other work run, when reading has kept them waiting. A simulated device answers at once, so a
 * rack would otherwise be read without a single pause.
 */
export async function breathe(): Promise<void> {
  if (performance.now() - since < longestMilliseconds) return;
  await new Promise((resolve) => setImmediate(resolve));
  since = performance.now();
}
