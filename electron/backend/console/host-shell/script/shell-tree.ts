import { ownCommands } from './marked-paths.ts';
import type {
  CommandTree,
  PipelineTree,
  RedirectionTree,
  SimpleCommandTree,
  StatementTree,
  WordTree,
} from './shell-library.ts';

/** A word that expands to this text, whatever is in it. */
export function quotedWord(text: string): WordTree {
  return { type: 'Word', parts: [{ type: 'SingleQuoted', value: text }] };
}

/** The text of a word that nothing is expanded in; null for any other. */
export function literalText(word: WordTree | null): string | null {
  let text = '';
  for (const part of word?.parts ?? [])
    if (part.type === 'Literal' || part.type === 'SingleQuoted' || part.type === 'Escaped')
      text += part.value;
    else if (part.type === 'DoubleQuoted') {
      const inner = literalText({ type: 'Word', parts: part.parts });
      if (inner === null) return null;
      text += inner;
    } else return null;
  return word === null ? null : text;
}

export function simpleCommand(
  name: string,
  args: readonly string[],
  redirections: readonly RedirectionTree[],
): SimpleCommandTree {
  return {
    type: 'SimpleCommand',
    name: quotedWord(name),
    args: args.map(quotedWord),
    assignments: [],
    redirections: [...redirections],
  };
}

export function groupOf(type: 'Group' | 'Subshell', ...body: StatementTree[]): CommandTree {
  return { type, body, redirections: [] };
}

export function ifStatement(
  condition: StatementTree[],
  body: StatementTree[],
  elseBody: StatementTree[],
): CommandTree {
  return { type: 'If', clauses: [{ condition, body }], elseBody, redirections: [] };
}

export function pipelineOf(commands: PipelineTree['commands']): PipelineTree {
  return { type: 'Pipeline', commands, negated: false };
}

export function statementOf(...commands: PipelineTree['commands']): StatementTree {
  return {
    type: 'Statement',
    pipelines: commands.map((command) => pipelineOf([command])),
    operators: commands.slice(1).map(() => '&&'),
    background: false,
  };
}

/** A command of the shell itself between those of a script: `PIPESTATUS` stays, and its failure ends no script. */
export function untracedStatement(command: CommandTree): StatementTree {
  return statementOf(groupOf('Subshell', statementOf(command)), groupOf('Group'));
}

/** Ends with the status of what ran before, and a script with `set -e` goes on. */
export const statusBefore: StatementTree = untracedStatement(simpleCommand(ownCommands.status, [], []));

export function outputTo(fd: number, path: string): RedirectionTree {
  return { type: 'Redirection', fd, operator: '>', target: quotedWord(path) };
}
