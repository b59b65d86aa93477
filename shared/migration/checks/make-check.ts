import type { Check } from './check.ts';

/** What a check found; `fix` is left out only when it passed. */
export type Finding =
  | {
      readonly verdict: 'passed';
      readonly evidence: string;
      readonly source?: string;
      readonly destination?: string;
    }
  | {
      readonly verdict: 'warning' | 'error';
      readonly evidence: string;
      readonly source?: string;
      readonly destination?: string;
      readonly fix: string;
    };

/**
 * Makes one check. `subject` is the object that the check is about (a controller, a virtual NQN); together with `rule`
 * it makes an id that stays the same over re-checks, so that acknowledgements keep their meaning.
 */
export function makeCheck(
  group: Check['group'],
  rule: string,
  subject: string,
  title: string,
  finding: Finding,
): Check {
  return {
    id: `${group}.${rule}:${subject}`,
    group,
    title,
    verdict: finding.verdict,
    evidence: finding.evidence,
    source: finding.source ?? '',
    destination: finding.destination ?? '',
    fix: finding.verdict === 'passed' ? '' : finding.fix,
  };
}

/** The common shape: passed with this evidence when it holds, otherwise an error with the same evidence and a fix. */
export function holds(
  condition: boolean,
  evidence: string,
  fix: string,
  values: { readonly source?: string; readonly destination?: string } = {},
): Finding {
  return condition
    ? { verdict: 'passed', evidence, ...values }
    : { verdict: 'error', evidence, fix, ...values };
}
