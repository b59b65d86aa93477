import { createHash } from 'node:crypto';
import { canonicalJson } from '#shared/canonical-json.ts';
import type {
  ComparedStage,
  EvidenceRead,
  EvidenceStageContent,
} from '#shared/migration/evidence/evidence.ts';
import { describeCommand } from '#shared/nvme/commands/table.ts';
import type { AdminQueue } from '../../hosts/admin-queue.ts';
import type { Clock } from '../../ports.ts';
import type { ProofLine } from '../proof/migration-proof.ts';

/** Reads of one stage that are kept whole; of the others a digest is. */
const keptReads = 400;

/** Notes what is read for a comparison, as it was answered, from one look at both sides to the next. */
export class EvidenceRecorder {
  readonly #clock: () => Pick<Clock, 'now'>;
  #reads: EvidenceRead[] = [];
  #count = 0;
  #rest = createHash('sha256');

  constructor(clock: () => Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** What was read before belongs to no comparison, or to an earlier one. */
  begin(): void {
    this.#reads = [];
    this.#count = 0;
    this.#rest = createHash('sha256');
  }

  /** What has been read since, and what came of it. */
  take(stage: ComparedStage, lines: readonly ProofLine[]): EvidenceStageContent {
    const count = this.#count - this.#reads.length;
    const more = count === 0 ? null : { count, sha256: this.#rest.digest('hex') };
    const compared = lines.map(({ what, source, destination, equal }) => ({
      what,
      source,
      destination,
      equal,
    }));
    const reads = this.#reads;
    this.begin();
    return { stage, reads, more, compared };
  }

  /** What a host said itself. */
  host(hostId: string, what: string, value: string): void {
    this.#note({ kind: 'host', at: this.#clock().now(), hostId, what, value });
  }

  /** A queue of which every command and answer is noted. */
  queue(
    queue: AdminQueue,
    {
      hostId,
      address,
      asGuest,
    }: { readonly hostId: string; readonly address: string; readonly asGuest: boolean },
  ): AdminQueue {
    return {
      ...queue,
      submit: async (command) => {
        const at = this.#clock().now();
        const answer = await queue.submit(command);
        const { opcode, nsid, cdw10, cdw11, cdw12, cdw13, cdw14, cdw15 } = command;
        const data = answer.ok ? answer.value.data : undefined;
        this.#note({
          ...{ kind: 'command', at, hostId, address, asGuest, opcode, nsid },
          name: describeCommand(command).name,
          cdw: [cdw10, cdw11, cdw12, cdw13, cdw14, cdw15],
          status: answer.ok ? [answer.value.sct, answer.value.sc] : null,
          dw0: answer.ok ? answer.value.dw0 : 0,
          bytes: data?.length ?? 0,
          sha256: data === undefined ? '' : createHash('sha256').update(data).digest('hex'),
        });
        return answer;
      },
    };
  }

  #note(read: EvidenceRead): void {
    this.#count += 1;
    if (this.#reads.length < keptReads) this.#reads.push(read);
    else this.#rest.update(`${canonicalJson(read)}\n`);
  }
}

/** For the seals of evidence. */
export function sha256OfText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
