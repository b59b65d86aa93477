import type { PipelineTree, StatementTree } from './shell-library.ts';
import { ifStatement, pipelineOf, statusBefore } from './shell-tree.ts';

/**
 * A failure in front of `&&` and `||`, or behind `!`, ends no script (`set -e`). The library knows this of simple commands
 * only, and a guarded command is a group; of what stands in a condition it always knows. So `a && b` becomes
 * `if a; then b; else` the status of `a`.
 */
export function listAsIf(statement: StatementTree): StatementTree {
  const { pipelines, operators } = statement;
  const [last, operator] = [pipelines.at(-1), operators.at(-1)];
  if (last === undefined || operator === ';') return statement;
  const only = (pipeline: PipelineTree): StatementTree => ({
    ...statement,
    pipelines: [pipeline],
    operators: [],
  });
  if (operator === undefined) {
    if (!last.negated) return statement;
    const condition = only({ ...last, negated: false });
    return only({ ...pipelineOf([ifStatement([condition], [], [statusBefore])]), negated: true });
  }
  const before = { ...statement, pipelines: pipelines.slice(0, -1), operators: operators.slice(0, -1) };
  const behind = listAsIf({ ...only(last), background: false });
  const [whenTrue, whenFalse] = operator === '&&' ? [[behind], [statusBefore]] : [[], [behind]];
  return only(pipelineOf([ifStatement([{ ...before, background: false }], whenTrue, whenFalse)]));
}
