import type {
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

export function outputTo(fd: number, path: string): RedirectionTree {
  return { type: 'Redirection', fd, operator: '>', target: quotedWord(path) };
}
