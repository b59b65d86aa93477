import { listAsIf } from './list-as-if.ts';
import { markedLine, ownCommands, targetMark } from './marked-paths.ts';
import type {
  CommandTree,
  PipelineTree,
  RedirectionTree,
  SimpleCommandTree,
  StatementTree,
  WordTree,
} from './shell-library.ts';
import {
  groupOf,
  ifStatement,
  literalText,
  outputTo,
  quotedWord,
  simpleCommand,
  statementOf,
  statusBefore,
} from './shell-tree.ts';

/** Which outputs of a command come to the shell's own, and are to be shown as soon as it ends. */
interface Shown {
  readonly stdout: boolean;
  readonly stderr: boolean;
}

const everything: Shown = { stdout: true, stderr: true };
const nothing: Shown = { stdout: false, stderr: false };

/** A descriptor that no script uses. */
const lineDescriptor = 19;

/**
 * Rewrites statements so that the shell learns what the library does not tell: each output as soon as it is written,
 * with its line; the line of every command before it runs; and a write that the kernel refuses, which ends a command
 * with 1. `firstLine` is 0 for a text whose lines mean nothing to people.
 */
export function guardScript(statements: readonly StatementTree[], firstLine: number): StatementTree[] {
  return guardAll(statements, {
    shown: firstLine > 0 ? everything : nothing,
    line: firstLine,
    isPiped: false,
    fixed: firstLine === 0,
  });
}

/** Where a part of a script stands. */
interface Place {
  readonly shown: Shown;
  readonly line: number;
  /** Behind it in the same pipeline stand more commands, which see the same `$?` as it does. */
  readonly isPiped: boolean;
  /** Lines inside of it are counted anew, so that the place of the whole counts. */
  readonly fixed: boolean;
}

function guardAll(statements: readonly StatementTree[], place: Place): StatementTree[] {
  return statements.map((statement) =>
    listAsIf({
      ...statement,
      pipelines: statement.pipelines.map((pipeline) => guardPipeline(pipeline, place)),
    }),
  );
}

function guardPipeline(pipeline: PipelineTree, place: Place): PipelineTree {
  const last = pipeline.commands.length - 1;
  const commands = pipeline.commands.map((command, index) => {
    const isPiped = index !== last;
    const shown = {
      stdout: place.shown.stdout && !isPiped,
      stderr: place.shown.stderr && pipeline.pipeStderr?.[index] !== true,
    };
    return guardCommand(command, { ...place, shown, isPiped });
  });
  return { ...pipeline, commands };
}

function guardCommand(command: CommandTree, given: Place): CommandTree {
  const line = given.fixed ? given.line : (command.line ?? firstLineOf(command) ?? given.line);
  const place: Place = { ...given, line };
  switch (command.type) {
    case 'SimpleCommand':
      return guardSimple(guardWords(command, place), place);
    case 'ArithmeticCommand':
      return leaf(guardWords(command, place), place, 'whole');
    case 'ConditionalCommand':
      return leaf(guardWords(withoutDeviceTests(command), place), place, 'whole');
    case 'FunctionDef': {
      const body = guardCommand(command.body, { ...place, shown: nothing });
      // A body with a refused write becomes a group, which is a body as well.
      return { ...command, body: body as typeof command.body };
    }
    default: {
      const outward = command.redirections.some(isOutput);
      const inside: Place = outward ? { ...place, shown: nothing } : place;
      const guarded = guardBodies(guardWords(command, place), inside);
      return outward ? leaf(guarded, place, 'lines') : guarded;
    }
  }
}

type Compound = Exclude<
  CommandTree,
  { type: 'SimpleCommand' | 'ArithmeticCommand' | 'ConditionalCommand' | 'FunctionDef' }
>;

function guardBodies(command: Compound, place: Place): Compound {
  const all = (statements: readonly StatementTree[]) => guardAll(statements, place);
  switch (command.type) {
    case 'If':
      return {
        ...command,
        clauses: command.clauses.map(({ condition, body }) => ({
          condition: all(condition),
          body: all(body),
        })),
        elseBody: command.elseBody === null ? null : all(command.elseBody),
      };
    case 'While':
    case 'Until':
      return { ...command, condition: all(command.condition), body: all(command.body) };
    case 'For':
    case 'CStyleFor':
    case 'Subshell':
    case 'Group':
      return { ...command, body: all(command.body) };
    case 'Case':
      return { ...command, items: command.items.map((item) => ({ ...item, body: all(item.body) })) };
  }
}

function guardSimple(command: SimpleCommandTree, place: Place): CommandTree {
  const name = commandName(command);
  // Its redirections stay for the rest of the script; where standard output goes is the shell's own matter.
  if (name === 'exec')
    return { ...command, redirections: command.redirections.filter((each) => !isOutput(each)) };
  const tested =
    name === '[' || name === 'test' ? { ...command, args: command.args.map(deviceTestWord) } : command;
  // An assignment alone keeps the status of its substitutions only without redirections. Without substitutions it is 0,
  // which the library takes for the status of what ran before.
  if (command.name === null && command.redirections.length === 0)
    return hasSubstitution(tested) ? tested : ifStatement([statementOf(tested)], [], []);
  return leaf(tested, place, 'whole');
}

function commandName({ name }: SimpleCommandTree): string | null {
  // The library takes a lone bracket for the beginning of a pattern.
  const [only, ...more] = name?.parts ?? [];
  return only?.type === 'Glob' && only.pattern === '[' && more.length === 0 ? '[' : literalText(name);
}

/** A command that is one piece: its outputs are shown, its line is told, and what it writes to files is looked after. */
function leaf<C extends Extract<CommandTree, { redirections: RedirectionTree[] }>>(
  command: C,
  place: Place,
  kind: 'whole' | 'lines',
): CommandTree {
  const { line } = place;
  const redirections = [
    ...shownRedirections(place),
    ...command.redirections.map((each) => guardTarget(each, kind)),
  ];
  const told = { ...command, redirections };
  if (!command.redirections.some(isGuarded)) return told;
  const written = simpleCommand(
    ownCommands.written,
    [String(line)],
    [...shownRedirections(place), ...messageRedirections(command.redirections)],
  );
  const asked = statementOf(simpleCommand(ownCommands.asked, [], []));
  const checked = statementOf(ifStatement([asked], [statementOf(written)], [statusBefore]));
  // The library hands the status of a group on to the next command of the pipeline, that of a subshell it does not. What
  // is a group already hands its own on.
  return groupOf(place.isPiped && kind === 'whole' ? 'Subshell' : 'Group', statementOf(told), checked);
}

/** Where messages of a command go that the script redirects: into its file they would be a write of their own. */
function messageRedirections(redirections: readonly RedirectionTree[]): readonly RedirectionTree[] {
  const found: RedirectionTree[] = [];
  let outputIsFile = false;
  for (const each of redirections) {
    const { fd, operator } = each;
    if (operator === '&>' || operator === '&>>') found.push(outputTo(2, '/dev/null'));
    else if (fd === 2 && operator === '>&') found.push(outputIsFile ? outputTo(2, '/dev/null') : each);
    else if (fd === 2 && writing.has(operator)) found.push({ ...each, operator: '>>' });
    outputIsFile ||= isOutput(each) && (fd === null || fd === 1);
  }
  return found;
}

function shownRedirections({ shown, line }: Place): readonly RedirectionTree[] {
  if (!shown.stdout && !shown.stderr) return [outputTo(lineDescriptor, markedLine('line', line))];
  return [
    ...(shown.stdout ? [outputTo(1, markedLine('stdout', line))] : []),
    ...(shown.stderr ? [outputTo(2, markedLine('stderr', line))] : []),
  ];
}

const writing: ReadonlySet<string> = new Set(['>', '>>', '>|', '&>', '&>>']);

function isOutput({ operator, fd, fdVariable, target }: RedirectionTree): boolean {
  if (fdVariable !== undefined || target.type === 'HereDoc') return false;
  if (operator === '>&') return fd === null || fd <= 2;
  return writing.has(operator) && (fd === null || fd <= 2);
}

/** Devices that a shell knows by name. */
const ownDevices: ReadonlySet<string> = new Set([
  '/dev/null',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/full',
  '/dev/tty',
]);

function isGuarded({ operator, fdVariable, target }: RedirectionTree): boolean {
  if (!writing.has(operator) || fdVariable !== undefined || target.type === 'HereDoc') return false;
  // What is expanded by its first character or as a pattern must stay as it is; nothing of the kernel is so named.
  if (target.parts.some(({ type }) => type === 'TildeExpansion' || type === 'Glob')) return false;
  return (
    !target.parts.some(({ type }) => type === 'ProcessSubstitution') &&
    !ownDevices.has(literalText(target) ?? '')
  );
}

function guardTarget(redirection: RedirectionTree, kind: 'whole' | 'lines'): RedirectionTree {
  if (!isGuarded(redirection) || redirection.target.type === 'HereDoc') return redirection;
  const { target } = redirection;
  return {
    ...redirection,
    target: { ...target, parts: [...quotedWord(targetMark(kind)).parts, ...target.parts] },
  };
}

/**
 * The library has no block and character devices. Two bits of the mode that no file here has stand for them: `-k` for a
 * block device, `-g` for a character device.
 */
const deviceTests: Readonly<Record<string, '-k' | '-g'>> = { '-b': '-k', '-c': '-g' };

function deviceTestWord(word: WordTree): WordTree {
  const test = deviceTests[literalText(word) ?? ''];
  return test === undefined ? word : quotedWord(test);
}

function withoutDeviceTests<T>(value: T): T {
  return mapNodes(value, (node) => {
    if (node.type !== 'CondUnary') return null;
    const operator = deviceTests[String(node.operator)];
    return operator === undefined ? null : { ...node, operator };
  });
}

/** Guards what is substituted inside the words of a command: `$(…)`, `<(…)`. */
function guardWords<C extends CommandTree>(command: C, place: Place): C {
  const inside: Place = { ...place, shown: { stdout: false, stderr: place.shown.stderr }, fixed: true };
  return mapNodes(command, (node) => {
    // Statements of the command itself have their own turn.
    if (node.type === 'Statement') return node;
    if (node.type !== 'CommandSubstitution' && node.type !== 'ProcessSubstitution') return null;
    const body = node.body as { readonly statements: readonly StatementTree[] };
    if (isFileAlone(body.statements)) return node;
    const guarded = guardAll(body.statements, inside);
    const statements = node.type === 'CommandSubstitution' ? goingOn(guarded) : guarded;
    return { ...node, body: { ...body, statements } };
  });
}

/** `< file`, which the library knows by its form. */
function isFileAlone([first, ...more]: readonly StatementTree[]): boolean {
  const [command] = first?.pipelines[0]?.commands ?? [];
  return more.length === 0 && command?.type === 'SimpleCommand' && command.name === null;
}

/** In `$(…)` bash goes on where something fails, also with `set -e`. */
function goingOn(statements: StatementTree[]): readonly StatementTree[] {
  return [statementOf(groupOf('Subshell', statementOf(ifStatement(statements, [], [statusBefore]))))];
}

function hasSubstitution(command: SimpleCommandTree): boolean {
  let found = false;
  mapNodes(command.assignments, ({ type }) => {
    found ||= type === 'CommandSubstitution';
    return null;
  });
  return found;
}

type TreeNode = Readonly<Record<string, unknown>> & { readonly type: string };

/** A copy in which `change` replaced nodes; null leaves a node, whose parts are then looked at. */
function mapNodes<T>(value: T, change: (node: TreeNode) => unknown): T {
  if (Array.isArray(value)) return value.map((each) => mapNodes(each, change)) as T;
  if (typeof value !== 'object' || value === null) return value;
  if ('type' in value && typeof value.type === 'string') {
    const changed = change(value as unknown as TreeNode);
    if (changed !== null) return changed as T;
  }
  const entries = Object.entries(value).map(([key, each]) => [key, mapNodes(each, change)]);
  return Object.fromEntries(entries) as T;
}

/** The line of the first command inside a compound one, which has none of its own. */
function firstLineOf(value: unknown): number | null {
  if (Array.isArray(value)) {
    for (const each of value) {
      const line = firstLineOf(each);
      if (line !== null) return line;
    }
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const node = value as { readonly type?: unknown; readonly line?: unknown };
  // Lines of a substitution are counted from its beginning.
  if (node.type === 'CommandSubstitution' || node.type === 'ProcessSubstitution') return null;
  if (typeof node.line === 'number') return node.line;
  return firstLineOf(Object.values(value));
}
