import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import { type NvmeCliRelease, printedAs } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { type Result, succeed } from '#shared/result.ts';
import { type CommandOutput, printed } from '../command-output.ts';
import type { ConsoleHost } from '../console-host.ts';
import { format, globalOptions, verbose } from '../grammar/common-options.ts';
import { type CommandSpec, type OptionValues, withGlobals } from '../grammar/option-spec.ts';
import { parseOptions } from '../grammar/parse-options.ts';
import {
  type ListingHost,
  listJson,
  listText,
  subsystemsJson,
  subsystemsText,
  verboseListJson,
  verboseListText,
} from '../print/print-listing.ts';
import { listHost } from './listed-host.ts';

/** Commands of nvme that are about the host and not about one of its devices. */
export const listingCommands = {
  list: {
    name: 'list',
    summary: 'List all NVMe devices and namespaces of the host',
    device: 'none',
    options: [format, verbose],
  },
  'list-subsys': {
    name: 'list-subsys',
    summary: 'List the NVM subsystems of the host with their controllers',
    device: 'none',
    options: [format, verbose],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

export type ListingName = keyof typeof listingCommands;

export function isListingName(name: string): name is ListingName {
  return Object.hasOwn(listingCommands, name);
}

/** Runs `nvme list` or `nvme list-subsys`; a device that is named behind the latter shows its NVM subsystem only. */
export async function runListing(
  host: ConsoleHost,
  name: ListingName,
  release: NvmeCliRelease,
  words: readonly string[],
): Promise<Result<CommandOutput>> {
  const parsed = parseOptions(withGlobals(listingCommands[name], globalOptions[release]), words);
  if (!parsed.ok) return parsed;
  // Made by the parser from these options.
  const values = parsed.value.values as OptionValues<(typeof listingCommands)[ListingName]['options']>;
  const [device] = parsed.value.operands;
  const version = printedAs(release);
  const all = await listHost(host);
  const subsystems =
    device === undefined || name === 'list'
      ? all
      : all.filter(({ controllers, namespaces }) =>
          [...controllers, ...namespaces].some((each) => `/dev/${each.name}` === device),
        );
  const self = await listingHost(host);
  const { text, json } = forms(name, values.verbose === true);
  const isJson = values['output-format'] === 'json';
  return succeed(
    printed(
      isJson ? printNvmeCliJson(json(subsystems, version, self), version) : text(subsystems, version, self),
    ),
  );
}

/** How a list is printed. */
function forms(name: ListingName, verbosely: boolean) {
  if (name === 'list-subsys') return { text: subsystemsText, json: subsystemsJson };
  return verbosely ? { text: verboseListText, json: verboseListJson } : { text: listText, json: listJson };
}

/** Made of the host's name, so that it is the same each time; a real host has a random one in `/etc/nvme`. */
async function listingHost(host: ConsoleHost): Promise<ListingHost> {
  const described = await host.connection.describe();
  const name = described.ok ? described.value.name : 'host';
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  const id = `${hash.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
  return { nqn: `nqn.2014-08.org.nvmexpress:uuid:${id}`, id };
}
