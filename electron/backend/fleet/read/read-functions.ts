import type { Capability, PrimaryFunctions } from '#shared/fleet/schema.ts';
import {
  functionReceive,
  functionReceiveSelectors,
} from '#shared/nvme/commands/proposal/function-receive.ts';
import type { IdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import {
  decodeFunctionList,
  type FunctionListEntry,
  functionListLength,
  maximumListedFunctions,
} from '#shared/nvme/layouts/proposal/function-list.ts';
import { decodeFunctionSupport } from '#shared/nvme/layouts/proposal/function-support.ts';
import { type AdminReader, problemOf } from './admin-reader.ts';

/** FNCAP bits. */
const setsState = 1;
const provisions = 2;

/** What a controlling function can do with functions, and the functions that it lists. */
export interface FunctionsReading {
  readonly support: PrimaryFunctions;
  readonly functions: readonly FunctionListEntry[] | null;
}

/**
 * The functions of one controlling function. The commands are vendor specific, so they are sent only to a controller that
 * announces them in the vendor part of Identify Controller.
 */
export async function readFunctions(
  reader: AdminReader,
  identify: IdentifyController | null,
  device: string,
): Promise<FunctionsReading> {
  const announced = identify === null ? null : decodeFunctionSupport(identify.vs);
  if (announced !== null && !announced.ok)
    reader.problems.push(problemOf(`${device} · Identify Controller`, announced.error));
  const support = announced?.ok ? announced.value : undefined;
  if (support === undefined) return withoutFunctions(`${device} has no function provisioning commands`);
  const can = (bit: number, words: string): Capability =>
    (support.fncap & bit) === 0 ? { available: false, reason: `${device} ${words}` } : { available: true };
  return {
    support: {
      manage: can(setsState, 'cannot enable live migration of individual functions or hide them.'),
      provision: can(provisions, 'cannot provision functions; it has SR-IOV virtual functions only.'),
      maximumProvisioned: support.maxpf,
      firstCntlid: support.fpcid,
    },
    functions: await readFunctionList(reader),
  };
}

/** A controller that was not asked, or has none of the commands. */
export function withoutFunctions(reason: string): FunctionsReading {
  const none: Capability = {
    available: false,
    reason: `${reason}. Function provisioning is a proposal, not part of the NVMe standard; simulated fleets have it.`,
  };
  return {
    support: { manage: none, provision: none, maximumProvisioned: 0, firstCntlid: 0 },
    functions: null,
  };
}

/** The whole list, page after page: a page holds 127 entries. */
async function readFunctionList(reader: AdminReader): Promise<readonly FunctionListEntry[] | null> {
  const entries: FunctionListEntry[] = [];
  for (let from = 0; from <= 0xffff; ) {
    const command = functionReceive.encode(
      { sel: functionReceiveSelectors.list.value, cntlid: from },
      { readLength: functionListLength },
    );
    const page = await reader.read(command, 'Function List', decodeFunctionList, 'required');
    if (page === null) return entries.length > 0 ? entries : null;
    // A device that ignores the lowest CNTLID would answer the same page for ever.
    const fresh = page.entries.filter((entry) => entry.cntlid >= from);
    entries.push(...fresh);
    const last = fresh.at(-1);
    if (last === undefined || fresh.length < maximumListedFunctions) break;
    from = last.cntlid + 1;
  }
  return entries;
}
