import { canonicalJson } from '../../canonical-json.ts';
import type { Evidence, EvidenceStage, EvidenceStageContent } from './evidence.ts';

/** SHA-256 of the UTF-8 bytes of a text, in hexadecimal; handed in, because `shared` has no digest of its own. */
export type Sha256 = (text: string) => string;

/** The digest of a stage: of everything in it but the digest itself. */
export function sealStage(
  { stage, reads, more, compared }: EvidenceStageContent,
  sha256: Sha256,
): EvidenceStage {
  const content = { stage, reads, more, compared };
  return { ...content, sha256: sha256(canonicalJson(content)) };
}

/** The evidence of stages in order, under one digest. */
export function sealEvidence(stages: readonly EvidenceStage[], sha256: Sha256): Evidence {
  const digests = stages.map((stage) => stage.sha256);
  return {
    ...{ format: 'berth-evidence', version: 1 },
    stages: [...stages],
    sha256: sha256(canonicalJson(digests)),
  };
}

/** Evidence with a stage more, or with a newer look at one that it has already. */
export function withStage(
  evidence: Evidence | undefined,
  content: EvidenceStageContent,
  sha256: Sha256,
): Evidence {
  const others = evidence?.stages.filter(({ stage }) => stage !== content.stage) ?? [];
  return sealEvidence([...others, sealStage(content, sha256)], sha256);
}
