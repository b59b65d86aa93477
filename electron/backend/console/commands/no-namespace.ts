import { type CommandOutput, refused } from '../command-output.ts';

/** What a command prints that needs a namespace and got none. */
export function noNamespace(): CommandOutput {
  return refused(
    'get-namespace-id: Inappropriate ioctl for device\nName the namespace with --namespace-id=<NSID>, -n',
  );
}
