import path from 'node:path';
import { nowAndThen } from '#backend/sources/reading-progress.ts';
import type { CommandLineIo } from './command-line-io.ts';

/** Bytes of an archive whose reading is shown; a smaller one is read before anybody could read that. */
const worthShowing = 8_000_000;

/** Shows on the terminal how far `use` has read an archive, in one line that is gone when it ends. */
export async function showingProgress<Value>(
  { progress }: Pick<CommandLineIo, 'progress'>,
  sources: readonly string[],
  use: (onRead?: (read: number, size: number) => void) => Promise<Value>,
): Promise<Value> {
  if (progress === undefined) return use();
  const name = sources.length === 1 ? path.basename(sources[0] ?? '') : 'the archives';
  let shown = '';
  const show = (text: string) => {
    if (text !== shown) progress(text);
    shown = text;
  };
  const onRead = (read: number, size: number) => {
    if (size >= worthShowing)
      show(`Reading ${name}: ${Math.floor((read / size) * 100)} % of ${Math.round(size / 1e6)} MB`);
  };
  try {
    return await use(nowAndThen(onRead, () => performance.now()));
  } finally {
    show('');
  }
}
