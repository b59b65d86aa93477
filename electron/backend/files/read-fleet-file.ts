import { largestFleetFile } from '#shared/bounds/sizes.ts';
import type { Result } from '#shared/result.ts';
import { readFileText } from './read-file.ts';

/** The text of a fleet file that a person chose. */
export function readFleetFileText(file: string): Promise<Result<string>> {
  return readFileText(file, { largest: largestFleetFile, what: 'a fleet file' });
}
