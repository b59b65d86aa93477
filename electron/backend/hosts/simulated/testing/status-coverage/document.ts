import { suffixedHexadecimal } from '#shared/hexadecimal.ts';
import { statusValue } from '#shared/nvme/command.ts';
import { opcodeName } from '#shared/nvme/commands/table.ts';
import { type StatusName, statusCodes } from '#shared/nvme/status.ts';
import { type CoverageSection, rowCompletion } from './scenario.ts';

const introduction = `# Every status of the simulated device

This page is generated from the rows in \`electron/backend/hosts/simulated/testing/status-coverage/\`. Each row is a test: it brings the
simulated device into a state, sends one command through the admin queue and expects exactly the status that stands here
(status code type, status code, Do Not Retry). After a refusal the device's whole state, as an exported fleet writes it, is
the same as before, and the same command is refused again. After a change of the rows,
\`npx vitest run --project node status-coverage --update\` writes this page anew.

A value is written as Linux and nvme-cli print it: Do Not Retry in bit 14, status code type in bits 10:8, status code in
bits 7:0. Every refusal carries Do Not Retry, because the same command fails again while nothing else changes. Two do not:
Sanitize In Progress, because the operation ends by itself, and Command Abort Requested, because the command was in order.
`;

/** Padded as the formatter pads tables. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((cells) => (cells[column] ?? '').length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 3)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function statusCells(status: StatusName): readonly string[] {
  const value = statusValue(rowCompletion(status));
  return [statusCodes[status].name, value === 0 ? '0' : `0x${value.toString(16)}`];
}

function heading({ opcode, part, clause }: CoverageSection): string {
  const name = `${opcodeName(opcode)} (${suffixedHexadecimal(opcode)})`;
  return `## ${part === undefined ? name : `${name}, ${part}`}\n\n${clause}.\n`;
}

function sectionText(section: CoverageSection): string {
  const rows = section.rows.map(({ operation, condition, status }) => [
    operation,
    condition,
    ...statusCells(status),
  ]);
  const parts = [heading(section), table(['Operation', 'Condition', 'Status', 'Value'], rows)];
  if (section.absent)
    parts.push(
      '\nListed, but never answered:\n',
      table(
        ['Operation', 'Condition', 'Status', 'Why'],
        section.absent.map(({ operation, condition, status, reason }) => [
          operation,
          condition,
          statusCodes[status].name,
          reason,
        ]),
      ),
    );
  return parts.join('\n');
}

/** Which commands answer which status: the page at a glance. */
function overview(sections: readonly CoverageSection[]): string {
  const commands = new Map<StatusName, Set<string>>();
  for (const { opcode, rows } of sections)
    for (const { status } of rows) {
      const known = commands.get(status) ?? new Set();
      known.add(suffixedHexadecimal(opcode));
      commands.set(status, known);
    }
  const rows = [...commands]
    .filter(([status]) => status !== 'success')
    .sort(([left], [right]) => statusValue(rowCompletion(left)) - statusValue(rowCompletion(right)))
    .map(([status, opcodes]) => [...statusCells(status), [...opcodes].sort().join(', ')]);
  return table(['Status', 'Value', 'Commands'], rows);
}

/** The page `docs/device-coverage.md`. */
export function coverageDocument(sections: readonly CoverageSection[]): string {
  const count = sections.reduce((sum, { rows }) => sum + rows.length, 0);
  const glance = `## At a glance\n\n${count} rows.\n\n${overview(sections)}`;
  return `${[`${introduction}\n${glance}`, ...sections.map(sectionText)].join('\n\n')}\n`;
}
