import type { EventLoopPause } from './event-loop-pause.ts';

/** Maps in parallel, at most `limit` at a time, giving way in between; results keep the order of the items. */
export async function mapLimited<Item, Output>(
  items: readonly Item[],
  limit: number,
  pause: EventLoopPause,
  work: (item: Item) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = new Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) {
      outputs[index] = await work(item);
      await pause();
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return outputs;
}
