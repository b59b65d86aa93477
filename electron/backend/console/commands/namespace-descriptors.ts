import { identifyCommand, identifyStructures } from '#shared/nvme/commands/identify.ts';
import {
  decodeNamespaceDescriptors,
  type NamespaceDescriptor,
  namespaceDescriptorTypes,
} from '#shared/nvme/layouts/identify/namespace-descriptors.ts';
import { printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { format, namespace, raw } from '../grammar/common-options.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { exchange } from './admin-exchange.ts';
import { defineCommands, type TypedCommand } from './define-commands.ts';
import { noNamespace } from './no-namespace.ts';

const specs = {
  'ns-descs': {
    name: 'ns-descs',
    summary: 'Show the identifiers of a namespace',
    device: 'operand',
    options: [namespace, format, raw],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

/** `nvme ns-descs`: the Namespace Identification Descriptor list (CNS 03h). */
async function namespaceDescriptors(
  queue: AskedController,
  command: TypedCommand<'ns-descs', (typeof specs)['ns-descs']>,
): Promise<CommandOutput> {
  const nsid = command.values['namespace-id'] ?? command.device.namespace;
  if (!nsid) return noNamespace();
  const format = command.values['raw-binary'] ? 'binary' : command.values['output-format'];
  const answer = await exchange(queue, identifyCommand(identifyStructures.namespaceDescriptors, { nsid }), {
    subject: 'identify namespace',
    version: command.version,
    json: format === 'json',
  });
  if (!answer.ok) return answer.output;
  const data = answer.completion.data ?? new Uint8Array(0);
  if (format === 'binary') return printed(data);
  const decoded = decodeNamespaceDescriptors(data);
  if (!decoded.ok) return refused(decoded.error.message);
  const known = decoded.value.descriptors
    .map((descriptor) => ({ name: nameOf(descriptor), text: textOf(descriptor) }))
    .filter(({ name }) => name !== undefined);
  if (format === 'json')
    return printed(
      printNvmeCliJson(Object.fromEntries(known.map(({ name, text }) => [name, text])), command.version),
    );
  const lines = known.map(({ name = '', text }) => `${name.padEnd(7)} : ${text}\n`);
  return printed(`NVME Namespace Identification Descriptors NS ${nsid}:\n${lines.join('')}`);
}

function nameOf({ type }: NamespaceDescriptor): string | undefined {
  return Object.entries(namespaceDescriptorTypes).find(([, known]) => known.type === type)?.[0];
}

function textOf({ type, identifier }: NamespaceDescriptor): string {
  if (type !== namespaceDescriptorTypes.uuid.type) return identifier;
  return identifier.replaceAll('-', '').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** Namespace Identification Descriptors. */
export const namespaceDescriptorCommands = defineCommands(specs, {
  'ns-descs': ({ queue }, command) => namespaceDescriptors(queue, command),
});
