import { type CommandOutput, refused } from '../command-output.ts';

/** What a command prints that needs a namespace and got none. */
export function noNamespace(): CommandOutput {
  const refusal = { cause: 'No namespace is named', fix: 'Name it with --namespace-id=NSID', lines: [] };
  return refused('get-namespace-id: Inappropriate ioctl for device', 1, '', refusal);
}
