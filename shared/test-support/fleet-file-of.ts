import { atOnce } from '../bounds/pieces.ts';
import { parseFleetFile } from '../fleet-file/parse.ts';
import type { FleetFile } from '../fleet-file/schema.ts';
import type { Result } from '../result.ts';

/** What reading a file with this text, or with this value as JSON, gives. */
export function fleetFileOf(content: unknown, fileName = 'test'): Result<FleetFile> {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return atOnce(parseFleetFile(text, fileName));
}
