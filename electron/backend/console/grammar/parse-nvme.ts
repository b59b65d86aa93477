import { commandGroups, ungrouped } from '../../../../shared/nvme/nvme-cli/nvme-cli-line.ts';
import {
  type NvmeCliRelease,
  printedAs,
  programOfRelease,
} from '../../../../shared/nvme/nvme-cli/nvme-release.ts';
import { fail, type Result, succeed } from '../../../../shared/result.ts';
import { listingCommands } from '../commands/listing.ts';
import { commandSpec, isNvmeCommandName, nvmeCommands } from '../commands/table.ts';
import type { DevicePath, NvmeCommand, SimulationCommand } from './console-command.ts';
import { type CommandSpec, typedName } from './option-spec.ts';
import { parseOptions } from './parse-options.ts';
import { isSimulationCommandName, simulationCommands } from './simulation-commands.ts';

/** The words behind `nvme`, as the given version of nvme-cli takes them. Errors name the word and the fix. */
export function parseNvme(release: NvmeCliRelease, words: readonly string[]): Result<NvmeCommand> {
  const { name, rest } = nameOfCommand(words);
  const program = programOfRelease(release);
  if (name === undefined || !isNvmeCommandName(name))
    return fail(
      'invalid-request',
      name === undefined ? `${program} needs a command` : `${program} has no command ${name}`,
      {
        object: program,
        ...(name === undefined ? {} : { field: name }),
        fix: `Choose one of: ${similarCommands(name ?? '').join(', ')}`,
      },
    );
  const version = printedAs(release);
  const spec = commandSpec(name, release);
  const parsed = parseOptions(spec, rest);
  if (!parsed.ok) return parsed;
  const { values, operands } = parsed.value;
  const device = deviceOf(spec, values, operands);
  if (!device.ok) return device;
  return succeed({ kind: 'nvme', name, release, version, device: device.value, values } as NvmeCommand);
}

/** The command's name, and what stands behind it. */
export function nameOfCommand(words: readonly string[]): {
  readonly name: string | undefined;
  readonly rest: readonly string[];
} {
  const [first, ...behind] = words;
  // A plugin's commands are two words, `lm create-cdq`, and so are those that 3.x grouped: `id ctrl` is `id-ctrl`.
  const isPlugin = first === 'lm' || commandGroups.includes(first ?? '');
  const typed = isPlugin ? `${first} ${behind[0] ?? ''}`.trimEnd() : first;
  return {
    name: typed === undefined ? undefined : (ungrouped(typed) ?? typed),
    rest: isPlugin ? behind.slice(1) : behind,
  };
}

/** The words behind `berth`. */
export function parseSimulation(words: readonly string[]): Result<SimulationCommand> {
  const [first, ...rest] = words;
  const name = `berth ${first ?? ''}`;
  if (!isSimulationCommandName(name))
    return fail('invalid-request', `berth has no command ${first ?? ''}`, {
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
  const all = [...Object.keys(listingCommands), ...Object.keys(nvmeCommands)];
  const near = all.filter((known) => {
    const parts = name
      .toLowerCase()
      .split(/[-_ ]/)
      .filter((part) => part.length > 1);
    return parts.some((part) => known.includes(part));
  });
  return near.length > 0 ? near : all;
}
