import type { Bash, Command, CommandContext } from 'just-bash/browser';
import { type NvmeCliRelease, usualRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { giveWay } from '../../event-loop.ts';
import type { CommandOutput } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import { withKnownRefusal } from '../known-refusal.ts';
import type { HostProgram } from '../programs/program.ts';
import { programsOf } from '../programs/table.ts';
import { encodeText, latin1 } from './bytes-and-text.ts';
import { programFiles } from './files/boot-files.ts';
import { HostFiles } from './files/host-files.ts';
import { KeptState } from './kept-state.ts';
import {
  environmentOf,
  hostName,
  type LibraryResult,
  quotedForShell,
  silent,
  statusOf,
} from './library-values.ts';
import { guardScript } from './script/guard-script.ts';
import { ownCommands } from './script/marked-paths.ts';
import { notAScript } from './script/not-a-script.ts';
import { type ScriptUnit, scriptUnits } from './script/script-units.ts';
import type { ScriptTree, ShellLibrary, StatementTree } from './script/shell-library.ts';
import { simpleCommand, untracedStatement } from './script/shell-tree.ts';
import { executionLimits, limitReason, type ShellBounds, scriptBounds } from './shell-limits.ts';
import { ShellOutputs } from './shell-outputs.ts';
import type { RunEnd, RunListener, ShellJob, ShellOptions, UnitEnd } from './shell-run.ts';

/** How long a shell runs before everything else has its turn. */
const longestTurn = 10;

/** How the library ends what reached a limit. */
const limitExit = 126;

/** A shell on a simulated host, with its variables, functions and files. It runs one text after the other. */
export class Shell {
  /** The release of nvme-cli that `nvme` is. */
  readonly nvme: NvmeCliRelease;
  readonly #host: ConsoleHost;
  readonly #options: ShellOptions;
  readonly #bounds: ShellBounds;
  readonly #files: HostFiles;
  readonly #bash: Bash;
  /** How the next text that the library parses is treated. */
  #parsing: 'nested' | 'top' | 'session' = 'nested';
  #parsed: ScriptTree | null = null;
  /** Statements of the running session: the library goes through them while more are added. */
  #statements: StatementTree[] = [];
  #session: AbortController | null = null;
  #job: ShellJob | null = null;
  /** Hands the next text to the session that waits for it; null ends it, since who still waits holds it up. */
  #takeJob: ((job: ShellJob | null) => void) | null = null;
  readonly #kept = new KeptState();
  #line = 0;
  /** The line before whose commands time has passed. */
  #timedLine = 0;
  #turnBegan = performance.now();
  #timeoutSeconds: number | null = null;
  #stopReason = '';
  /** How often it slept since it last did something to the host. */
  #sleeps = 0;
  #misunderstood = false;
  readonly #outputs = new ShellOutputs();

  constructor(
    library: ShellLibrary,
    host: ConsoleHost,
    initial: ConstructorParameters<typeof HostFiles>[3],
    options: ShellOptions,
  ) {
    this.#host = host;
    this.#options = options;
    this.nvme = options.nvme ?? usualRelease;
    this.#bounds = { ...scriptBounds, ...options.bounds };
    const programs = programsOf(this.nvme);
    const names = [...library.getCommandNames(), ...Object.keys(programs), ...Object.values(ownCommands)];
    const files = { ...initial, ...programFiles(names) };
    this.#files = new HostFiles(library, host, this.#fileListener(), files);
    this.#bash = new library.Bash({
      fs: this.#files,
      cwd: this.#kept.directory,
      env: environmentOf(hostName(initial['/etc/hostname'])),
      processInfo: { pid: 4242, ppid: 1, uid: 0, gid: 0 },
      executionLimits: executionLimits(this.#bounds),
      sleep: (milliseconds) => this.#sleep(milliseconds),
      // It would change the globals of the whole program; scripts here have no JavaScript.
      defenseInDepth: false,
      customCommands: [
        ...this.#ownCommands(),
        ...Object.entries(programs).map(([name, run]) => this.#command(name, run)),
      ],
    });
    this.#bash.registerTransformPlugin({
      name: 'berth',
      transform: ({ ast }) => ({ ast: this.#rewrite(ast) }),
    });
  }

  /** Runs a text, a line or a whole script, after what ran before. Only one at a time. */
  async run(text: string, listener: RunListener, signal?: AbortSignal): Promise<RunEnd> {
    if (this.#job !== null) throw new Error('The shell still runs another text');
    const script = text.replace(/\r\n/g, '\n');
    const parsed = await this.#parse(script);
    if (parsed.kind === 'not-a-script') return parsed;
    const units = scriptUnits(script, parsed.tree.statements);
    return new Promise<RunEnd>((resolve) => {
      const job: ShellJob = { units, listener, signal, at: 0, resolve };
      this.#job = job;
      if (this.#session === null) this.#begin();
      signal?.addEventListener('abort', this.#abort, { once: true });
      if (signal?.aborted) this.#abort();
      this.#takeJob?.(job);
      this.#takeJob = null;
    }).finally(() => signal?.removeEventListener('abort', this.#abort));
  }

  /** The statements of a text that is not run; null for what is no script. */
  async statementsOf(text: string): Promise<readonly StatementTree[] | null> {
    const parsed = await this.#parse(text);
    return parsed.kind === 'script' ? parsed.tree.statements : null;
  }

  /** Whether more lines could make a script of a text that is none. */
  async isUnfinished(text: string): Promise<boolean> {
    const parsed = await this.#parse(text);
    if (parsed.kind === 'script') return /(?:^|[^\\])(?:\\\\)*\\$/.test(text);
    if (parsed.unfinished) return true;
    // The library takes `then` and `do` without a command behind them for another mistake.
    const longer = await this.#parse(`${text}\n:`);
    return longer.kind === 'not-a-script' && longer.unfinished;
  }

  /** Names of commands and programs that the shell knows, for completion. */
  async commandNames(): Promise<readonly string[]> {
    const own: readonly string[] = Object.values(ownCommands);
    return (await this.#files.readdir('/usr/bin')).filter((name) => !own.includes(name));
  }

  /** The folder in which the last text ended. */
  get directory(): string {
    return this.#kept.directory;
  }

  get files(): Pick<HostFiles, 'readdir' | 'resolvePath' | 'stat'> {
    return this.#files;
  }

  /** Ends the shell. */
  close(): void {
    this.#abort();
  }

  readonly #abort = () => this.#stop('it was stopped from outside');

  #stop(reason: string): void {
    this.#stopReason = reason;
    this.#session?.abort();
    this.#takeJob?.(null);
    this.#takeJob = null;
  }

  /** Waits in the host's time; who waits for ever for what nothing brings about is stopped. */
  async #sleep(milliseconds: number): Promise<void> {
    this.#sleeps += 1;
    const { sleeps } = this.#bounds;
    if (this.#sleeps > sleeps) this.#stop(`it has slept ${sleeps} times without doing anything`);
    else await this.#host.sleep(milliseconds);
  }

  async #parse(
    text: string,
  ): Promise<
    { readonly kind: 'script'; readonly tree: ScriptTree } | Extract<RunEnd, { kind: 'not-a-script' }>
  > {
    if (text.trim() === '') return { kind: 'script', tree: { type: 'Script', statements: [] } };
    this.#parsing = 'top';
    this.#parsed = null;
    const { stderr } = await this.#bash.exec(text, { rawScript: true });
    this.#parsing = 'nested';
    // Set by the plugin while the library parsed the text.
    const tree = this.#parsed as ScriptTree | null;
    return tree === null ? notAScript(stderr) : { kind: 'script', tree };
  }

  #rewrite(ast: ScriptTree): ScriptTree {
    switch (this.#parsing) {
      case 'nested':
        return { ...ast, statements: guardScript(ast.statements, 0) };
      case 'top':
        this.#parsed = ast;
        this.#parsing = 'nested';
        return { ...ast, statements: [] };
      case 'session':
        this.#parsing = 'nested';
        return { ...ast, statements: this.#statements };
    }
  }

  /** A session is one script without an end, so that variables, functions and options of the shell last. */
  #begin(): void {
    const session = new AbortController();
    this.#session = session;
    this.#outputs.forgetWrites();
    this.#statements = [
      ...this.#kept.definitions,
      untracedStatement(simpleCommand(ownCommands.next, [], [])),
    ];
    this.#parsing = 'session';
    const options = {
      rawScript: true,
      env: this.#kept.variables,
      cwd: this.#kept.directory,
      signal: session.signal,
    };
    void this.#bash.exec(':', options).then(
      (result) => this.#finish(session, result),
      (error) => {
        const stderr = `stopped: ${error instanceof Error ? error.message : error}`;
        this.#finish(session, { exitCode: 1, stdout: '', stderr });
      },
    );
  }

  /** The session came to its end before the text did. A function that ends it has not shown what it printed. */
  #finish(session: AbortController, { exitCode: exit, stdout, stderr }: LibraryResult): void {
    if (this.#session === session) this.#session = null;
    this.#takeJob = null;
    const job = this.#job;
    this.#job = null;
    if (job === null) return;
    const said = exit === limitExit ? limitReason(stderr || this.#outputs.lastMessage) : null;
    const reason = session.signal.aborted ? this.#stopReason : (said ?? /^stopped: (.*)/s.exec(stderr)?.[1]);
    if (stdout !== '') this.#tell('stdout', this.#line, encodeText(stdout), job);
    if (reason === undefined && stderr !== '') this.#tell('stderr', this.#line, encodeText(stderr), job);
    const unit = job.units[job.at];
    const end: RunEnd =
      reason === undefined ? { kind: 'exited', exit } : { kind: 'stopped', line: this.#line, reason };
    const told = unit === undefined ? undefined : job.listener.onUnit?.(this.#endUnit(unit, exit));
    void Promise.resolve(told).finally(() => job.resolve(end));
  }

  #ownCommands(): Command[] {
    return [
      { name: ownCommands.next, execute: (_, context) => this.#next(context) },
      { name: ownCommands.line, execute: (_, context) => this.#unitDone(context) },
      {
        name: ownCommands.asked,
        execute: async (_, context) => silent(this.#outputs.isWriteRefused ? 0 : statusOf(context)),
      },
      { name: ownCommands.status, execute: async (_, context) => silent(statusOf(context)) },
      {
        name: ownCommands.written,
        execute: async ([line], context) => {
          return this.#written(statusOf(context), Number(line) || this.#line);
        },
      },
    ];
  }

  /** Between two texts: keeps what a session that is stopped would lose, and waits for the next one. */
  async #next(context: CommandContext): Promise<LibraryResult> {
    const exit = statusOf(context);
    this.#kept.keepVariables(context);
    const before = this.#job;
    if (before !== null && before.at >= before.units.length) {
      this.#job = null;
      before.resolve({ kind: 'done', exit });
    }
    const job = this.#job ?? (await this.#nextJob());
    if (job === null) return silent(exit);
    this.#kept.keepFunctions(job.units.flatMap((unit) => unit.statements));
    const boundary = untracedStatement(simpleCommand(ownCommands.line, [], []));
    const guarded = job.units.flatMap((unit) => [...guardScript(unit.statements, unit.line), boundary]);
    this.#statements.push(...guarded, untracedStatement(simpleCommand(ownCommands.next, [], [])));
    return silent(exit);
  }

  #nextJob(): Promise<ShellJob | null> {
    return new Promise((resolve) => {
      this.#takeJob = resolve;
    });
  }

  async #unitDone(context: CommandContext): Promise<LibraryResult> {
    const job = this.#job;
    const unit = job?.units[job.at];
    const refused = this.#written(statusOf(context), this.#line);
    if (job === null || unit === undefined) return silent(refused.exitCode);
    if (refused.stderr !== '') this.#tell('stderr', this.#line, encodeText(refused.stderr), job);
    job.at += 1;
    await job.listener.onUnit?.(this.#endUnit(unit, refused.exitCode));
    return silent(refused.exitCode);
  }

  #endUnit(unit: ScriptUnit, exit: number): UnitEnd {
    const misunderstood = this.#misunderstood || exit === 127;
    this.#misunderstood = false;
    const { refusals, silent } = this.#outputs.endUnit();
    for (const output of silent) this.#job?.listener.onOutput(output);
    this.#timedLine = 0;
    return { unit, exit, misunderstood, refusals };
  }

  /** Tells the writes that the kernel refused since the last time. */
  #written(exit: number, line: number): LibraryResult {
    const stderr = this.#outputs.tellWrites(line);
    return { stdout: '', stderr, exitCode: stderr === '' ? exit : 1 };
  }

  #fileListener(): ConstructorParameters<typeof HostFiles>[2] {
    return {
      onLine: (line, begins) => this.#breathe(line, begins),
      onOutput: (stream, line, bytes) => this.#tell(stream, line, bytes, this.#job),
      onRefusedWrite: (refusal) => this.#outputs.refuseWrite(refusal),
      beforeWrite: () => this.#beforeEffect(),
    };
  }

  async #breathe(line: number, begins = false): Promise<void> {
    if (line > 0) this.#line = line;
    if (line > 0) await this.#job?.listener.onLine?.(line, begins);
    if (performance.now() - this.#turnBegan < longestTurn) return;
    await giveWay();
    this.#turnBegan = performance.now();
  }

  async #beforeEffect(): Promise<void> {
    this.#sleeps = 0;
    const isAnother = this.#timedLine !== 0 && this.#timedLine !== this.#line;
    this.#timedLine = this.#line;
    if (isAnother) await this.#options.betweenLines?.();
  }

  #tell(stream: 'stdout' | 'stderr', line: number, bytes: Uint8Array, job: ShellJob | null): void {
    if (job === null) return;
    const resolve = (target: string) => this.#files.resolvePath(this.#kept.directory, target);
    for (const output of this.#outputs.read(stream, line, bytes, resolve)) job.listener.onOutput(output);
  }

  #command(name: string, program: HostProgram): Command {
    return {
      name,
      execute: async (args, context) => {
        await this.#breathe(0);
        const { cwd } = context;
        const output = await program({
          ...{ host: this.#host, args, cwd, files: this.#files },
          stdin: () => context.stdin as unknown as string,
          timeoutSeconds: this.#timeoutSeconds,
          run: (words, seconds) => this.#runNested(words, seconds ?? this.#timeoutSeconds, context),
          beforeEffect: () => this.#beforeEffect(),
        });
        return this.#result(await withKnownRefusal(name, args, output));
      },
    };
  }

  #result(output: CommandOutput): LibraryResult {
    const { stderr, exit: exitCode, refusals } = output;
    if (output.misunderstood) this.#misunderstood = true;
    this.#outputs.note(this.#line, stderr, refusals);
    const stdout = latin1(output.stdout);
    if (output.binary) this.#outputs.structure = stdout;
    return { stderr, exitCode, stdoutKind: 'bytes', stdout };
  }

  async #runNested(
    words: readonly string[],
    timeoutSeconds: number | null,
    context: CommandContext,
  ): Promise<CommandOutput> {
    if (context.exec === undefined) throw new Error('The shell cannot run a command in a command');
    const before = this.#timeoutSeconds;
    this.#timeoutSeconds = timeoutSeconds;
    try {
      const result = await context.exec(words.map(quotedForShell).join(' '), {
        cwd: context.cwd,
        env: context.exportedEnv ?? {},
        stdin: context.stdin as unknown as string,
        stdinKind: 'bytes',
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      });
      return this.#outputs.outputOf(result);
    } finally {
      this.#timeoutSeconds = before;
    }
  }
}
