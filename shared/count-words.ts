/**
 * A count with its noun, the thousands separated by commas: `1 host`, `2 hosts`, `4,096 bytes`. `several` is for nouns
 * whose plural is not made with an s.
 */
export function countWords(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : several}`;
}
