/** How long the main process may be kept from everything else, milliseconds. */
const patience = 8;

/**
 * Lets timers, messages and the window have their turn, if they have waited for long. Simulated devices answer at once,
 * so that reading a large fleet of them would otherwise be one uninterrupted piece of work.
 */
export function createGiveWay(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < patience) return;
    await new Promise((resolve) => setImmediate(resolve));
    last = performance.now();
  };
}
