import { commandGroups, ungrouped } from '../../../../shared/nvme/nvme-cli/nvme-cli-line.ts';
import { fail, type Result, succeed } from '../../../../shared/result.ts';
import { commandSpec, isNvmeCommandName, nvmeCommands } from '../commands/table.ts';
import { echoText } from '../programs/echo.ts';
import type {
  ConsoleCommand,
  ConsoleLine,
  DevicePath,
  NvmeCommand,
  SimpleCommand,
  SimulationCommand,
} from './console-line.ts';
import { type CommandSpec, typedName } from './option-spec.ts';
import { parseOptions } from './parse-options.ts';
import { isSimulationCommandName, simulationCommands } from './simulation-commands.ts';
import { type ShellToken, splitWords } from './words.ts';

type Word = Extract<ShellToken, { kind: 'word' }>;

const longestLine = 4096;

/** Parses one line of the console: nvme commands and sysfs access, separated by `;`. Errors name the word and the fix. */
export function parseLine(text: string): Result<ConsoleLine> {
  if (text.length > longestLine)
    return fail('invalid-request', `The line is longer than ${longestLine} characters`, {
      fix: 'Split it into several lines',
    });
  const tokens = splitWords(text);
  if (!tokens.ok) return tokens;
  const commands: ConsoleCommand[] = [];
  for (const part of splitAt(tokens.value)) {
    if (part.length === 0) continue;
    const command = parseCommand(part);
    if (!command.ok) return command;
    commands.push(...command.value);
  }
  return succeed({ text, commands });
}

function splitAt(tokens: readonly ShellToken[]): readonly (readonly ShellToken[])[] {
  const parts: ShellToken[][] = [[]];
  for (const token of tokens)
    if (token.kind === 'operator' && token.text === ';') parts.push([]);
    else parts.at(-1)?.push(token);
  return parts;
}

/** One command with its prefixes; `sh -c '…'` stands for the commands inside. */
function parseCommand(tokens: readonly ShellToken[]): Result<readonly ConsoleCommand[]> {
  const [first, second, third] = tokens;
  if (first?.kind !== 'word') return unknownCommand('>');
  if (first.text === 'time') {
    const isPosix = second?.kind === 'word' && second.text === '-p';
    const inner = parseCommand(tokens.slice(isPosix ? 2 : 1));
    return inner.ok ? succeed(inner.value.map((command) => ({ ...command, timed: true }))) : inner;
  }
  if (first.text === 'timeout') {
    const seconds = second?.kind === 'word' && /^\d+(\.\d+)?$/.test(second.text) ? Number(second.text) : null;
    if (seconds === null)
      return fail('invalid-request', 'timeout needs a number of seconds', {
        object: 'timeout',
        fix: 'Write timeout 20 nvme …',
      });
    const inner = parseCommand(tokens.slice(2));
    return inner.ok
      ? succeed(inner.value.map((command) => ({ ...command, timeoutSeconds: seconds })))
      : inner;
  }
  if (first.text === 'sh' && second?.kind === 'word' && second.text === '-c' && third?.kind === 'word') {
    const inner = parseLine(third.text);
    return inner.ok ? succeed(inner.value.commands) : inner;
  }
  const simple = parseSimple(first, tokens.slice(1));
  return simple.ok ? succeed([{ command: simple.value, timeoutSeconds: null, timed: false }]) : simple;
}

function parseSimple(program: Word, tokens: readonly ShellToken[]): Result<SimpleCommand> {
  if (program.text === 'echo') return parseEcho(tokens);
  const words = tokens.filter((token) => token.kind === 'word');
  if (words.length < tokens.length)
    return fail('not-supported', `The output of ${program.text} cannot be redirected`, {
      object: program.text,
      fix: 'Only echo VALUE > /sys/… writes to a file',
    });
  switch (program.text) {
    case 'nvme':
      return parseNvme('2.3', words);
    case 'nvme-new':
      return parseNvme('2.13', words);
    case 'berth':
      return parseSimulation(words);
    case 'cat':
      return words.length > 0
        ? succeed({ kind: 'cat', paths: words.map((word) => word.text) })
        : fail('invalid-request', 'cat needs a file', { object: 'cat', fix: 'Write cat /sys/…' });
    case 'readlink':
    case 'realpath':
      return succeed({
        kind: 'readlink',
        program: program.text,
        words: words.map((word) => word.text),
      });
    default:
      return unknownCommand(program.text);
  }
}

function parseEcho(tokens: readonly ShellToken[]): Result<SimpleCommand> {
  const redirect = tokens.findIndex((token) => token.kind === 'operator');
  const words = (redirect === -1 ? tokens : tokens.slice(0, redirect)).map((token) => token.text);
  if (redirect === -1) return succeed({ kind: 'echo', text: echoText(words) });
  const [target, ...more] = tokens.slice(redirect + 1);
  if (target?.kind !== 'word' || more.length > 0)
    return fail('invalid-request', 'echo VALUE > must be followed by one file', {
      object: 'echo',
      fix: 'Write echo VALUE > /sys/…',
    });
  return succeed({ kind: 'write', text: echoText(words), path: target.text });
}

function parseNvme(version: NvmeCommand['version'], words: readonly Word[]): Result<NvmeCommand> {
  const [first, ...behind] = words;
  // A plugin's commands are two words, `lm create-cdq`, and so are those that 3.x grouped: `id ctrl` is `id-ctrl`.
  const isPlugin = first?.text === 'lm' || commandGroups.includes(first?.text ?? '');
  const typed = isPlugin ? `${first?.text} ${behind[0]?.text ?? ''}`.trimEnd() : first?.text;
  const name = typed === undefined ? undefined : { text: ungrouped(typed) ?? typed };
  const rest = isPlugin ? behind.slice(1) : behind;
  const program = version === '2.3' ? 'nvme' : 'nvme-new';
  if (name === undefined || !isNvmeCommandName(name.text))
    return fail(
      'invalid-request',
      name === undefined ? `${program} needs a command` : `${program} has no command ${name.text}`,
      {
        object: program,
        ...(name === undefined ? {} : { field: name.text }),
        fix: `Choose one of: ${similarCommands(name?.text ?? '').join(', ')}`,
      },
    );
  const spec = commandSpec(name.text, version);
  const parsed = parseOptions(spec, rest);
  if (!parsed.ok) return parsed;
  const { values, operands } = parsed.value;
  const device = deviceOf(spec, values, operands);
  if (!device.ok) return device;
  return succeed({ kind: 'nvme', name: name.text, version, device: device.value, values } as NvmeCommand);
}

function parseSimulation(words: readonly Word[]): Result<SimulationCommand> {
  const [first, ...rest] = words;
  const name = `berth ${first?.text ?? ''}`;
  if (!isSimulationCommandName(name))
    return fail('invalid-request', `berth has no command ${first?.text ?? ''}`, {
      object: 'berth',
      fix: `Choose one of: ${Object.keys(simulationCommands).join(', ')}`,
    });
  const spec: CommandSpec = simulationCommands[name];
  const parsed = parseOptions(spec, rest);
  if (!parsed.ok) return parsed;
  const { values, operands } = parsed.value;
  const device =
    spec.device === 'none' && operands.length === 0 ? succeed(null) : deviceOf(spec, values, operands);
  if (!device.ok) return device;
  return succeed({ kind: 'simulation', name, device: device.value, values } as SimulationCommand);
}

function deviceOf(
  spec: CommandSpec,
  values: Readonly<Record<string, unknown>>,
  operands: readonly string[],
): Result<DevicePath> {
  const given = spec.device === 'option' ? values.dev : operands[0];
  const surplus = operands[spec.device === 'operand' ? 1 : 0];
  if (surplus !== undefined && !spec.ignoresSurplus)
    return fail('invalid-request', `${typedName(spec)}: unexpected argument '${surplus}'`, {
      object: typedName(spec),
      field: surplus,
      fix: 'Leave it out, or write it as the value of an option',
    });
  const path = parseDevicePath(typeof given === 'string' ? given : '');
  if (path !== null) return succeed(path);
  const wanted = spec.device === 'option' ? '--dev=/dev/nvme0' : '/dev/nvme0';
  const message = given === undefined ? 'a device is missing' : `${String(given)} is not an NVMe device`;
  return fail('invalid-request', `${typedName(spec)}: ${message}`, {
    object: typedName(spec),
    field: spec.device === 'option' ? '--dev' : 'device',
    fix: `Name a controller such as ${wanted}`,
  });
}

/** `/dev/nvme0` or `/dev/nvme0n1`; null for anything else. */
export function parseDevicePath(text: string): DevicePath | null {
  const match = /^\/dev\/(nvme\d{1,6})(?:n(\d{1,6}))?$/.exec(text);
  if (match?.[1] === undefined) return null;
  return { text, name: match[1], namespace: match[2] === undefined ? null : Number(match[2]) };
}

/** Commands that share a beginning or a part with a mistyped one; all of them when none does. */
function similarCommands(name: string): readonly string[] {
  const all = Object.keys(nvmeCommands);
  const near = all.filter((known) => {
    const parts = name
      .toLowerCase()
      .split(/[-_ ]/)
      .filter((part) => part.length > 1);
    return parts.some((part) => known.includes(part));
  });
  return near.length > 0 ? near : all;
}

function unknownCommand<T>(name: string): Result<T> {
  return fail('invalid-request', `${name}: not found`, {
    object: name,
    fix: 'The console supports nvme, nvme-new, berth, echo VALUE > /sys/…, cat, readlink, realpath, time, timeout and sh -c',
  });
}
