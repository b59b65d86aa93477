/**
 * The command identifier that a queue gives to its next command: the lowest that no outstanding command has. Commands
 * complete at once here, so only Asynchronous Event Requests are ever outstanding.
 */
export function freeCommandIdentifier(outstanding: readonly number[]): number {
  let identifier = 0;
  while (outstanding.includes(identifier)) identifier++;
  return identifier;
}
