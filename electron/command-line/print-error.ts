import type { BerthError } from '#shared/result.ts';

/** An error as the command line tells it: what, where, and the fix, with every detail. */
export function errorText(error: BerthError): string {
  const where = [error.object, error.field].filter(
    (part) => part !== undefined && !error.message.includes(part),
  );
  const lines = [`berth: ${error.message}${where.length === 0 ? '' : ` (${where.join(', ')})`}`];
  if (error.fix !== undefined) lines.push(`  ${error.fix}`);
  for (const detail of error.details ?? []) lines.push(`  - ${detail}`);
  return `${lines.join('\n')}\n`;
}
