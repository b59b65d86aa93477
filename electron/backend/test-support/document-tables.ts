import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NamedValue } from '#shared/nvme/commands/named-value.ts';
import type { LayoutField } from '#shared/nvme/layout.ts';

/** Tables of the documents that follow from the tables of the code. */

/** Padded as the formatter pads tables. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((cells) => String(cells[column] ?? '').length)),
  );
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell, column) => String(cell).padEnd(widths[column] ?? 3)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function layout(fields: readonly LayoutField[]): string {
  const title = (field: LayoutField) =>
    field.bits === undefined
      ? field.title
      : `${field.title}: ${field.bits.map(({ bit, title: name }) => `bit ${bit} ${name}`).join(', ')}`;
  return table(
    ['Byte', 'Size', 'Field', 'Meaning'],
    fields.map((field) => [field.offset, field.size, field.mnemonic, title(field)]),
  );
}

export function selectors(values: Readonly<Record<string, NamedValue>>): string {
  return table(
    ['SEL', 'Operation'],
    Object.values(values).map(({ value, title }) => [`${value}h`, title]),
  );
}

/**
 * The part of a document between its markers, which must be what the code says. With BERTH_WRITE_DOCS=1 it is written
 * first.
 */
export function documentPart(document: string, name: string, wanted: string): string {
  const path = join(import.meta.dirname, '../../../docs', document);
  const start = `<!-- from the code: ${name} -->\n`;
  const end = '<!-- end -->';
  const text = readFileSync(path, 'utf8');
  const from = text.indexOf(start);
  if (from < 0) return `${start.trim()} is missing`;
  const to = text.indexOf(end, from);
  if (process.env.BERTH_WRITE_DOCS !== '1') return text.slice(from + start.length, to).trimEnd();
  writeFileSync(path, `${text.slice(0, from + start.length)}${wanted}\n${text.slice(to)}`);
  return wanted;
}
