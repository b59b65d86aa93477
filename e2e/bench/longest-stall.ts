/** Milliseconds of the longest time for which `work` keeps this process from doing anything else. */
export async function longestStall(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  const note = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const watch = setInterval(note, 1);
  try {
    await work();
  } finally {
    clearInterval(watch);
  }
  note();
  return longest;
}
