import { type ParseArgsConfig, parseArgs } from 'node:util';
import { unreachable } from '#shared/result.ts';
import { visibleText } from '#shared/visible-text.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from './command-line-io.ts';
import { generalHelp, isSubcommand, type Subcommand, subcommandHelp } from './help.ts';
import type { MigrationArguments } from './migrate/migration-request.ts';

/** What `check` and `migrate` have in common. */
const migrationOptions = {
  snapshot: { type: 'string' },
  vm: { type: 'string' },
  to: { type: 'string' },
  policy: { type: 'string' },
  downtime: { type: 'string' },
  throttle: { type: 'string' },
  'when-not-converging': { type: 'string' },
} as const;

const optionsOf = {
  inventory: {
    snapshot: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  exec: {
    snapshot: { type: 'string' },
    host: { type: 'string' },
    'nvme-cli': { type: 'string' },
    file: { type: 'string' },
    json: { type: 'boolean' },
    plain: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  shell: {
    snapshot: { type: 'string' },
    host: { type: 'string' },
    'nvme-cli': { type: 'string' },
    plain: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  check: {
    ...migrationOptions,
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  migrate: {
    ...migrationOptions,
    vm: { type: 'string', multiple: true },
    evacuate: { type: 'string' },
    'at-once': { type: 'string' },
    'accept-warnings': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
    rehearse: { type: 'boolean' },
    hold: { type: 'boolean' },
    fault: { type: 'string', multiple: true },
    report: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  verify: {
    sha256: { type: 'string' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
  replay: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  explain: { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  record: {
    output: { type: 'string' },
    anonymize: { type: 'boolean' },
    timeout: { type: 'string' },
    script: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
} as const;

/** What a subcommand is about, as its help calls it; null: it takes options only. */
const argumentOf = {
  inventory: 'SOURCE',
  exec: 'SOURCE',
  shell: 'SOURCE',
  check: 'SOURCE',
  migrate: 'SOURCE',
  verify: 'REPORT',
  replay: 'CAPTURE',
  explain: 'TEXT or FILE',
  record: null,
} as const satisfies Readonly<Record<Subcommand, string | null>>;

/** Runs the command line; answers the exit code. Each subcommand is loaded only when it is asked for. */
export async function runBerth(argv: readonly string[], given: CommandLineIo): Promise<ExitCode> {
  const io = printingVisibly(given);
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-V') {
    io.out(`berth ${await io.version()}\n`);
    return exitCodes.success;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    const about = name === 'help' ? (rest[0] ?? '') : '';
    io.out(isSubcommand(about) ? subcommandHelp[about] : generalHelp);
    return exitCodes.success;
  }
  if (name === undefined) return usage(io, 'a command is missing', generalHelp);
  if (!isSubcommand(name)) return usage(io, `unknown command ${name}`, generalHelp);
  try {
    return await runSubcommand(name, rest, io);
  } catch (error) {
    // parseArgs throws for unknown options and missing values; anything else is a defect.
    if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      return usage(io, error.message.replace(/\.? To specify.*$/s, ''), subcommandHelp[name]);
    throw error;
  }
}

/** Names, serial numbers and messages come from devices and files: none of it reaches a terminal as a command to it. */
function printingVisibly(io: CommandLineIo): CommandLineIo {
  return {
    ...io,
    out: (text) => io.out(typeof text === 'string' ? visibleText(text) : text),
    err: (text) => io.err(visibleText(text)),
    ...(io.progress === undefined ? {} : { progress: (text) => io.progress?.(visibleText(text)) }),
  };
}

async function runSubcommand(
  name: Subcommand,
  rest: readonly string[],
  io: CommandLineIo,
): Promise<ExitCode> {
  const options: ParseArgsConfig['options'] = optionsOf[name];
  const parsed = parseArgs({ args: [...rest], options, allowPositionals: true, strict: true });
  const text = (option: string) => {
    const value = parsed.values[option];
    return typeof value === 'string' ? value : undefined;
  };
  if (parsed.values.help) {
    io.out(subcommandHelp[name]);
    return exitCodes.success;
  }
  const wanted = argumentOf[name];
  const [source = '', surplus] = wanted === null ? [undefined, ...parsed.positionals] : parsed.positionals;
  if (source === '' && wanted !== null) return usage(io, `${wanted} is missing`, subcommandHelp[name]);
  if (surplus !== undefined && name !== 'explain' && name !== 'exec' && name !== 'inventory')
    return usage(io, `unexpected argument '${surplus}'`, subcommandHelp[name]);
  const json = parsed.values.json === true;
  const plain = parsed.values.plain === true;
  switch (name) {
    case 'inventory': {
      const { runInventory } = await import('./inventory/inventory.ts');
      return runInventory({ sources: parsed.positionals, snapshot: text('snapshot'), json }, io);
    }
    case 'exec': {
      const { runExec } = await import('./exec/exec.ts');
      const [snapshot, host, file = '-'] = [text('snapshot'), text('host'), text('file')];
      const nvmeCli = text('nvme-cli');
      const words = parsed.positionals.slice(1);
      if (words.length > 0 && text('file') !== undefined)
        return usage(io, 'give a LINE or --file, not both', subcommandHelp[name]);
      const line = words.length > 0 ? words.join(' ') : undefined;
      return runExec({ source, snapshot, host, nvmeCli, file, line, json, plain }, io);
    }
    case 'shell': {
      const { runShell } = await import('./interactive/run-shell.ts');
      const [snapshot, host, nvmeCli] = [text('snapshot'), text('host'), text('nvme-cli')];
      return runShell({ source, snapshot, host, nvmeCli, plain }, io);
    }
    case 'check': {
      const { runCheck } = await import('./migrate/check.ts');
      return runCheck({ ...migrationArguments(source, text), json }, io);
    }
    case 'migrate': {
      const { runMigrate } = await import('./migrate/migrate.ts');
      const { 'accept-warnings': accepted, 'dry-run': dry, rehearse, hold, fault, vm } = parsed.values;
      const vms = Array.isArray(vm) ? vm.map(String) : [];
      return runMigrate(
        {
          ...migrationArguments(source, text),
          ...{ vm: vms[0], vms, evacuate: text('evacuate'), atOnce: text('at-once') },
          ...{ acceptWarnings: accepted === true, dryRun: dry === true, report: text('report'), json },
          hold: hold === true,
          rehearse: rehearse === true,
          faults: Array.isArray(fault) ? fault.map(String) : [],
        },
        io,
      );
    }
    case 'verify': {
      const { runVerify } = await import('./verify/verify.ts');
      return runVerify({ file: source, sha256: text('sha256'), json }, io);
    }
    case 'replay': {
      const { runReplay } = await import('./replay/replay.ts');
      return runReplay({ capture: source, json }, io);
    }
    case 'explain': {
      const { runExplain } = await import('./explain/explain.ts');
      return runExplain({ words: parsed.positionals, json }, io);
    }
    case 'record': {
      const [output, timeout, script] = [text('output'), text('timeout'), parsed.values.script === true];
      const anonymize = parsed.values.anonymize === true;
      if (script && (output ?? timeout ?? (anonymize || undefined)) !== undefined)
        return usage(io, '--script takes no other option', subcommandHelp[name]);
      const { runRecord } = await import('./record/record.ts');
      return runRecord({ script, output, anonymize, timeout }, io);
    }
    default:
      return unreachable(name);
  }
}

function migrationArguments(
  source: string,
  text: (option: string) => string | undefined,
): MigrationArguments {
  return {
    ...{ source, snapshot: text('snapshot'), vm: text('vm'), to: text('to'), policy: text('policy') },
    ...{ downtime: text('downtime'), throttle: text('throttle') },
    whenNotConverging: text('when-not-converging'),
    hold: false,
  };
}

function usage(io: CommandLineIo, problem: string, help: string): ExitCode {
  io.err(`berth: ${problem}\n\n${help}`);
  return exitCodes.usage;
}
