import { Tag } from '../ui/content/small.tsx';

/** Stands wherever virtual subsystems are shown or made. */
export function ProposalLabel() {
  return (
    <span>
      <Tag tone="warning">Proposal, not in the ratified NVMe specification</Tag>
    </span>
  );
}
