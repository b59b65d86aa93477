import { isControllerIdentifier } from '#shared/nvme/controller-identifier.ts';

/** The controller identifiers of one NVM subsystem, each given once. */
export class TwinIdentifiers {
  private readonly taken = new Set<number>();

  has(cntlid: number): boolean {
    return this.taken.has(cntlid);
  }

  /** Whether the identifier is one, and was free until now. */
  take(cntlid: number): boolean {
    if (!isControllerIdentifier(cntlid) || this.taken.has(cntlid)) return false;
    this.taken.add(cntlid);
    return true;
  }

  /** The lowest free one from here on, else the lowest free one at all; there are more than a twin has controllers. */
  next(from: number): number {
    for (let cntlid = Math.max(0, from); isControllerIdentifier(cntlid); cntlid++)
      if (this.take(cntlid)) return cntlid;
    for (let cntlid = 0; ; cntlid++) if (this.take(cntlid)) return cntlid;
  }
}
