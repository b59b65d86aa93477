import type * as Library from 'just-bash/browser';

/** The library that parses and runs shell scripts. */
export type ShellLibrary = typeof Library;

let loading: Promise<ShellLibrary> | undefined;

/** Loads the shell's library when it is used first: over a megabyte of code that most runs of Berth never need. */
export function loadShellLibrary(): Promise<ShellLibrary> {
  loading ??= import('just-bash/browser');
  return loading;
}

/** A script as the library parses it. */
export type ScriptTree = ReturnType<Library.Bash['transform']>['ast'];
export type StatementTree = ScriptTree['statements'][number];
export type PipelineTree = StatementTree['pipelines'][number];
export type CommandTree = PipelineTree['commands'][number];
export type SimpleCommandTree = Extract<CommandTree, { type: 'SimpleCommand' }>;
export type RedirectionTree = SimpleCommandTree['redirections'][number];
export type WordTree = SimpleCommandTree['args'][number];
