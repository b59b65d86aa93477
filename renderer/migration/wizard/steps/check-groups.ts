import type { Check } from '#shared/migration/checks/check.ts';

/** Checks of one group with what to say about them at its right end. */
export interface CheckGroup {
  readonly id: Check['group'];
  readonly title: string;
  readonly checks: readonly Check[];
  readonly summary: string;
  readonly tone: 'ok' | 'warn' | 'bad';
}

/** In the order in which groups of the same gravity show. */
const titles: Record<Check['group'], string> = {
  capabilities: 'Controlling function and capabilities',
  'state-format': 'Controller state',
  resources: 'Controlled functions and resources',
  namespaces: 'Namespaces',
  identity: 'What the guest would see',
  environment: 'Hosts, VFIO and link',
};

const order = Object.keys(titles) as Check['group'][];

/** The checks by group; what blocks stands first, then what warns, else in a fixed order; the same inside a group. */
export function groupChecks(checks: readonly Check[]): readonly CheckGroup[] {
  const groups = order.flatMap((id): CheckGroup[] => {
    const members = checks.filter((check) => check.group === id);
    if (members.length === 0) return [];
    const errors = members.filter((check) => check.verdict === 'error').length;
    const warnings = members.filter((check) => check.verdict === 'warning').length;
    const rank = { error: 0, warning: 1, passed: 2 } as const;
    return [
      {
        id,
        title: titles[id],
        checks: [...members].sort((a, b) => rank[a.verdict] - rank[b.verdict]),
        summary: summaryOf(members.length, errors, warnings),
        tone: errors > 0 ? 'bad' : warnings > 0 ? 'warn' : 'ok',
      },
    ];
  });
  const rank = { bad: 0, warn: 1, ok: 2 } as const;
  return groups.sort((a, b) => rank[a.tone] - rank[b.tone]);
}

/** `12 of 12`, or what blocks and what warns. */
function summaryOf(count: number, errors: number, warnings: number): string {
  if (errors + warnings === 0) return `${count} of ${count}`;
  const parts = [
    errors === 0 ? '' : `${errors} blocking`,
    warnings === 0 ? '' : `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
  ];
  return parts.filter(Boolean).join(' · ');
}
