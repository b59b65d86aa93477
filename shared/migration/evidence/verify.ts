import { proofStageWords } from '../../report/proof-words.ts';
import type { Evidence, EvidenceStage } from './evidence.ts';
import { type Sha256, sealEvidence, sealStage } from './seal.ts';

/** A line of a proof as a report has it. */
interface ReportedLine {
  readonly what: string;
  readonly source: string;
  readonly destination: string;
  readonly equal: boolean;
  readonly stage?: string | undefined;
}

/**
 * What is not as it was sealed: digests that are recomputed, comparisons that do not say what their two sides do, and lines of
 * the report that the evidence does not have, or has otherwise. Empty: nothing.
 * @param proof the report's own; null where the evidence stands alone
 * @param expected a digest that was noted elsewhere; null: none
 */
export function evidenceDifferences(
  evidence: Evidence,
  {
    proof,
    expected,
    sha256,
  }: {
    readonly proof: readonly ReportedLine[] | null;
    readonly expected: string | null;
    readonly sha256: Sha256;
  },
): string[] {
  const resealed = sealEvidence(
    evidence.stages.map((stage) => sealStage(stage, sha256)),
    sha256,
  );
  const found: string[] = [];
  for (const [index, stage] of evidence.stages.entries()) {
    const { sha256: computed = '' } = resealed.stages[index] ?? {};
    if (stage.sha256 !== computed)
      found.push(`${stageWords(stage)}: sealed as ${stage.sha256}, its content is ${computed}`);
    found.push(...untrueLines(stage));
  }
  if (evidence.sha256 !== resealed.sha256)
    found.push(`the whole: sealed as ${evidence.sha256}, its content is ${resealed.sha256}`);
  if (expected !== null && expected.toLowerCase() !== resealed.sha256)
    found.push(`noted as ${expected.toLowerCase()}, its content is ${resealed.sha256}`);
  if (proof !== null) found.push(...differentLines(evidence, proof));
  return found;
}

/** What is compared with nothing at the other side, or said to be in one place only, is not equal by its texts. */
function untrueLines(stage: EvidenceStage): string[] {
  if (stage.stage === 'source-released') return [];
  return stage.compared
    .filter(({ source, destination, equal }) => equal !== (source === destination))
    .map(
      ({ what, equal }) =>
        `${stageWords(stage)}: ${what} is called ${equal ? 'equal' : 'different'}, and is not`,
    );
}

function differentLines({ stages }: Evidence, proof: readonly ReportedLine[]): string[] {
  const found: string[] = [];
  for (const stage of stages) {
    const reported = proof.filter((line) => line.stage === stage.stage);
    for (const { what, source, destination, equal } of stage.compared) {
      const same = reported.find((line) => line.what === what);
      if (same === undefined) found.push(`${stageWords(stage)}: the report lacks ${what}`);
      else if (same.source !== source || same.destination !== destination || same.equal !== equal)
        found.push(`${stageWords(stage)}: the report has ${what} otherwise`);
    }
    for (const { what } of reported)
      if (!stage.compared.some((line) => line.what === what))
        found.push(`${stageWords(stage)}: the evidence lacks ${what}`);
  }
  for (const stage of new Set(proof.map((line) => line.stage)))
    if (stage !== undefined && !stages.some((one) => one.stage === stage))
      found.push(`the evidence has no stage ${stage}`);
  return found;
}

function stageWords({ stage }: EvidenceStage): string {
  return `“${proofStageWords(stage)}”`;
}
