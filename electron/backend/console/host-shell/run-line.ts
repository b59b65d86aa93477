import { type CommandOutput, refused } from '../command-output.ts';
import type { Shell } from './shell.ts';
import type { ShellOutput } from './shell-outputs.ts';

/** Runs one line or text in a shell and gathers what it printed. */
export async function runLine(shell: Shell, text: string): Promise<CommandOutput> {
  const outputs: ShellOutput[] = [];
  let exit = 0;
  let misunderstood = false;
  const end = await shell.run(text, {
    onOutput: (output) => outputs.push(output),
    onUnit: (unit) => {
      exit = unit.exit;
      misunderstood ||= unit.misunderstood;
    },
  });
  if (end.kind === 'not-a-script') return { ...refused(`sh: ${end.message}`, 2), misunderstood: true };
  const gathered = gatherOutputs(outputs);
  return {
    ...gathered,
    exit: end.kind === 'stopped' ? 1 : exit,
    stderr: end.kind === 'stopped' ? `${gathered.stderr}sh: stopped: ${end.reason}\n` : gathered.stderr,
    ...(misunderstood ? { misunderstood: true } : {}),
  };
}

/** Outputs of commands that ran one after the other. */
export function gatherOutputs(
  outputs: readonly ShellOutput[],
): Pick<CommandOutput, 'stdout' | 'stderr' | 'binary'> {
  const printed = outputs.filter(({ stream }) => stream === 'stdout');
  const said = outputs.filter(({ stream }) => stream === 'stderr');
  return {
    stdout: Buffer.concat(printed.map(({ bytes }) => bytes)),
    stderr: said.map(({ bytes }) => new TextDecoder().decode(bytes)).join(''),
    ...(printed.some(({ binary }) => binary) ? { binary: true } : {}),
  };
}
