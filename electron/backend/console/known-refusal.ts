import { refusalOfExplanation } from '../hosts/refusal.ts';
import type { CommandOutput } from './command-output.ts';

/** An output with what is known of the words in it, where a program was refused and nobody could look into why. */
export async function withKnownRefusal(
  name: string,
  args: readonly string[],
  output: CommandOutput,
): Promise<CommandOutput> {
  if (output.exit === 0 || output.refusals !== undefined || output.stderr === '') return output;
  // Loaded when something was refused: it is long.
  const { explainText } = await import('#shared/explain/explain.ts');
  const [finding] = explainText(`${[name, ...args].join(' ')}\n${output.stderr}`).findings;
  if (finding === undefined) return withHelp(name, args, output);
  return { ...output, refusals: [refusalOfExplanation(finding.explanation)] };
}

/** nvme-cli refuses its own options in words that say why; what they are for stands in its help. */
function withHelp(name: string, args: readonly string[], output: CommandOutput): CommandOutput {
  if (!/^nvme(?:-|$)/.test(name)) return output;
  const cause = output.stderr.trim().split('\n', 1)[0] ?? '';
  return {
    ...output,
    refusals: [{ cause, fix: `Look at its options: ${name} help ${args[0] ?? ''}`.trim(), lines: [] }],
  };
}
