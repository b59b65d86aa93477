import { describe, expect, it } from 'vitest';
import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import { announcementWords } from '#shared/nvme/announcements/announcements.ts';
import { functionSelectors } from '#shared/nvme/commands/proposal/function-management.ts';
import { functionReceiveSelectors } from '#shared/nvme/commands/proposal/function-receive.ts';
import { virtualSubsystemSelectors } from '#shared/nvme/commands/proposal/virtual-subsystem-management.ts';
import {
  previewKinds,
  virtualSubsystemReceiveSelectors,
} from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import { functionListFields } from '#shared/nvme/layouts/proposal/function-list.ts';
import { functionSupportFields } from '#shared/nvme/layouts/proposal/function-support.ts';
import {
  virtualSubsystemFields,
  virtualSubsystemMemberFields,
} from '#shared/nvme/layouts/proposal/virtual-subsystem.ts';
import {
  exposedCapabilityFields,
  exposedStructures,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import { virtualSubsystemIdentityFields } from '#shared/nvme/layouts/proposal/virtual-subsystem-identity.ts';
import { virtualSubsystemListFields } from '#shared/nvme/layouts/proposal/virtual-subsystem-list.ts';
import { offeredCapabilitiesFields } from '#shared/nvme/layouts/proposal/virtual-subsystem-offered.ts';
import { virtualSubsystemSupportFields } from '#shared/nvme/layouts/proposal/virtual-subsystem-support.ts';
import { guestStructures } from '#shared/virtual-subsystem/guest-view/guest-structures.ts';
import {
  featureReadables,
  identifyReadables,
  logReadables,
  namespaceReadables,
  type Readable,
} from '#shared/virtual-subsystem/leak-check/readable-rules.ts';
import { exposedFields } from '#shared/virtual-subsystem/mask/exposed-fields.ts';
import { documentPart, layout, selectors, table } from '../test-support/document-tables.ts';

function readables(command: string, list: readonly Readable[]) {
  return list.map(({ number, title, rule, needs }) => [
    `${command} ${suffixedHexadecimal(number)}`,
    title,
    rule,
    needs === undefined ? '' : announcementWords(needs),
  ]);
}

/** The parts of the document that follow from the tables of the code. */
const generated: Readonly<Record<string, string>> = {
  support: layout(virtualSubsystemSupportFields),
  management: selectors(virtualSubsystemSelectors),
  receive: selectors(virtualSubsystemReceiveSelectors),
  identity: layout(virtualSubsystemIdentityFields),
  list: layout(virtualSubsystemListFields),
  information: layout(virtualSubsystemFields),
  member: layout(virtualSubsystemMemberFields),
  capability: layout(exposedCapabilityFields),
  offered: layout(offeredCapabilitiesFields),
  preview: table(
    ['Kind', 'Question'],
    Object.values(previewKinds).map(({ value, title }) => [`${value}h`, title]),
  ),
  structures: table(
    ['Structure', 'Length', 'What it is'],
    Object.values(exposedStructures).map(({ value, length, title }) => [`${value}h`, length, title]),
  ),
  narrowing: table(
    ['Structure', 'Field', 'Byte', 'Size', 'Rule', 'Name', 'Never shown to a guest'],
    exposedFields.map(({ structure, mnemonic, offset, size, rule, title, bits, never }) => [
      `${exposedStructures[structure].value}h`,
      mnemonic,
      offset,
      size,
      rule,
      title,
      (bits ?? [])
        .filter(({ bit }) => ((never >>> bit) & 1) === 1)
        .map(({ bit, title: name }) => `bit ${bit} ${name}`)
        .join(', '),
    ]),
  ),
  bytes: table(
    ['Structure', 'Length', 'Rule', 'Fields'],
    guestStructures.flatMap((structure) =>
      [...new Set(Object.values(structure.rules))].map((rule) => [
        structure.source,
        structure.length,
        rule,
        structure.fields
          .filter(({ key }) => structure.rules[key] === rule)
          .map(({ mnemonic }) => mnemonic)
          .join(', '),
      ]),
    ),
  ),
  readable: table(
    ['Question', 'Name', 'Rule', 'Only when announced by'],
    [
      ...readables('CNS', [...identifyReadables, ...namespaceReadables]),
      ...readables('LID', logReadables),
      ...readables('FID', featureReadables),
    ],
  ),
};

describe('docs/virtual-subsystem.md', () => {
  it.each(Object.entries(generated))('%s says what the code does', (name, wanted) => {
    const part = documentPart('virtual-subsystem.md', name, wanted);
    expect(part).toBe(wanted);
  });
});

/** The same for the function provisioning commands. */
const ofFunctions: Readonly<Record<string, string>> = {
  'function support': layout(functionSupportFields),
  'function management': selectors(functionSelectors),
  'function receive': selectors(functionReceiveSelectors),
  'function list': layout(functionListFields),
};

describe('docs/function-provisioning.md', () => {
  it.each(Object.entries(ofFunctions))('%s says what the code does', (name, wanted) => {
    const part = documentPart('function-provisioning.md', name, wanted);
    expect(part).toBe(wanted);
  });
});
