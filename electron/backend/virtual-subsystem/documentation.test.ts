import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type NamedValue,
  previewKinds,
  virtualSubsystemReceiveSelectors,
  virtualSubsystemSelectors,
} from '#shared/nvme/command-values.ts';
import type { LayoutField } from '#shared/nvme/layout.ts';
import {
  virtualSubsystemFields,
  virtualSubsystemMemberFields,
} from '#shared/nvme/layouts/virtual-subsystem.ts';
import {
  exposedCapabilityFields,
  exposedStructures,
} from '#shared/nvme/layouts/virtual-subsystem-capabilities.ts';
import { virtualSubsystemIdentityFields } from '#shared/nvme/layouts/virtual-subsystem-identity.ts';
import { virtualSubsystemListFields } from '#shared/nvme/layouts/virtual-subsystem-list.ts';
import { offeredCapabilitiesFields } from '#shared/nvme/layouts/virtual-subsystem-offered.ts';
import { virtualSubsystemSupportFields } from '#shared/nvme/layouts/virtual-subsystem-support.ts';
import { exposedFields } from '#shared/virtual-subsystem/exposed-fields.ts';
import { guestStructures } from '#shared/virtual-subsystem/guest-structures.ts';
import {
  featureReadables,
  identifyReadables,
  logReadables,
  namespaceReadables,
  type Readable,
} from '#shared/virtual-subsystem/readable-rules.ts';

const path = join(import.meta.dirname, '../../../docs/virtual-subsystem.md');

/** Padded as the formatter pads tables. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((cells) => String(cells[column] ?? '').length)),
  );
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell, column) => String(cell).padEnd(widths[column] ?? 3)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function layout(fields: readonly LayoutField[]): string {
  const title = (field: LayoutField) =>
    field.bits === undefined
      ? field.title
      : `${field.title}: ${field.bits.map(({ bit, title: name }) => `bit ${bit} ${name}`).join(', ')}`;
  return table(
    ['Byte', 'Size', 'Field', 'Meaning'],
    fields.map((field) => [field.offset, field.size, field.mnemonic, title(field)]),
  );
}

function selectors(values: Readonly<Record<string, NamedValue>>): string {
  return table(
    ['SEL', 'Operation'],
    Object.values(values).map(({ value, title }) => [`${value}h`, title]),
  );
}

function readables(command: string, list: readonly Readable[]) {
  return list.map(({ number, title, rule, needs }) => [
    `${command} ${number.toString(16).toUpperCase().padStart(2, '0')}h`,
    title,
    rule,
    needs?.name ?? '',
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
    const start = `<!-- from the code: ${name} -->\n`;
    const end = '\n<!-- end -->';
    const text = readFileSync(path, 'utf8');
    const from = text.indexOf(start);
    expect(from, `${start.trim()} is missing`).toBeGreaterThan(-1);
    const to = text.indexOf(end, from);
    if (process.env.BERTH_WRITE_DOCS === '1')
      writeFileSync(path, `${text.slice(0, from + start.length)}${wanted}${text.slice(to)}`);
    else expect(text.slice(from + start.length, to)).toBe(wanted);
  });
});
