import { expect, it } from 'vitest';
import { hasEveryWord, searchWords } from './search-words.ts';

it('finds the words in any case and order, and matches everything when there is none', () => {
  expect(hasEveryWord('Migrate db-primary done', searchWords('  DONE db '))).toBe(true);
  expect(hasEveryWord('Migrate db-primary done', searchWords('done hv-b'))).toBe(false);
  expect(hasEveryWord('Migrate db-primary done', searchWords('   '))).toBe(true);
});
