import type { CommandContext } from 'just-bash/browser';
import type { StatementTree } from './script/shell-library.ts';

/** What of a shell lasts when its session is stopped: variables, functions and its folder. */
export class KeptState {
  variables: Record<string, string> = {};
  directory = '/root';
  readonly #functions = new Map<string, StatementTree>();

  /** Definitions of functions, to begin the next session with. */
  get definitions(): readonly StatementTree[] {
    return [...this.#functions.values()];
  }

  /** Between two texts, when no command runs. */
  keepVariables(context: CommandContext): void {
    const variables: Record<string, string> = {};
    context.env.forEach((value, name) => {
      if (/^[A-Za-z_]\w*$/.test(name)) variables[name] = value;
    });
    this.variables = variables;
    this.directory = context.cwd;
  }

  /** Before statements are run. */
  keepFunctions(statements: readonly StatementTree[]): void {
    for (const statement of statements) {
      const [command] = statement.pipelines[0]?.commands ?? [];
      if (command?.type === 'FunctionDef') this.#functions.set(command.name, statement);
    }
  }
}
