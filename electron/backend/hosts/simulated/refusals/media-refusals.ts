import { formatNvm } from '#shared/nvme/commands/format-nvm.ts';
import { sanitizeActions, sanitize as sanitizeCommand } from '#shared/nvme/commands/sanitize.ts';
import type { Refusal } from '../../refusal.ts';
import { sanitizeKind } from '../commands/namespaces/sanitize.ts';
import { shownTemplate } from '../controller/shown-identity.ts';
import { progress, secondsLeft } from '../state/sanitize-operation.ts';
import { namespaceUnknown } from './namespace-refusals.ts';
import { change, controllerName, hex, listed, type RefusedCommand } from './refused-command.ts';
import { resumeLine } from './resume-line.ts';

const allNamespaces = 0xffffffff;
/** Identify Controller: FNA. Identify Namespace: NLBAF. */
const offsets = { fna: 524, nlbaf: 25 } as const;

/** A sanitize operation holds the command up; it ends by itself. */
export function sanitizeRuns({ controller, host }: RefusedCommand): Refusal | null {
  const { subsystem } = controller;
  const operation = subsystem.sanitize;
  if (operation === null) return null;
  const now = subsystem.time();
  const kind = { blockErase: 'block erase', overwrite: 'overwrite', cryptoErase: 'crypto erase' }[
    operation.kind
  ];
  const left = secondsLeft(operation, now);
  return {
    cause: `A sanitize operation (${kind}) runs on the drive of ${controllerName(host, controller)}: SPROG is ${progress(operation, now)} of 65536`,
    fix: `Wait until it has ended, in about ${left} s`,
    lines: [`sleep ${left}`],
  };
}

/** Why Format NVM was refused. */
export function formatRefusal(refused: RefusedCommand): Refusal | null {
  const { controller, command, status, host } = refused;
  const who = controllerName(host, controller);
  const { lbaf, pi, ses } = formatNvm.decode(command);
  const fna = shownTemplate(controller)[offsets.fna] ?? 0;
  const nsid = command.nsid >>> 0;
  if (status === 'invalidNamespace') return namespaceUnknown(refused);
  if (status === 'invalidFormat') {
    if (pi !== 0)
      return change(
        `${who} has no protection information (DPC is 0), and type ${pi} was asked for`,
        'Leave --pi out, or give --pi=0',
      );
    const most = [...controller.subsystem.namespaces.values()]
      .filter((namespace) => nsid === allNamespaces || namespace.nsid === nsid)
      .map(({ identify }) => identify[offsets.nlbaf] ?? 0);
    const last = Math.min(...most);
    return change(
      `LBA formats of namespace ${nsid} on ${who} are 0 to ${last} (NLBAF), and ${lbaf} was asked for`,
      `Give --lbaf=0 to ${last}`,
    );
  }
  if (ses > 2 || (ses === 2 && (fna & 4) === 0))
    return change(
      `Secure erase setting ${ses} is not one that ${who} has (FNA is ${hex(fna)})`,
      `Give --ses=0 (none) or 1 (user data)${(fna & 4) === 0 ? '' : ' or 2 (crypto erase)'}`,
    );
  if (nsid === allNamespaces)
    return change(`${who} does not format all namespaces at once (FNA is ${hex(fna)})`, 'Name one namespace');
  return namespaceUnknown(refused);
}

/** Why Sanitize was refused. */
export function sanitizeRefusal({ controller, command, status, host }: RefusedCommand): Refusal | null {
  const who = controllerName(host, controller);
  const { sanact, emvs } = sanitizeCommand.decode(command);
  if (status === 'controllerSuspended') {
    const suspended = [...controller.subsystem.controllers.values()].filter((each) => each.suspended);
    const lines = suspended.map((each) => resumeLine(host, each));
    return {
      cause: `CNTLID ${listed(suspended.map(({ cntlid }) => cntlid))} of the NVM subsystem of ${who} is suspended for a migration`,
      fix: 'Let the migration end, or resume it',
      lines: lines.every((line) => line !== null) ? lines : [],
    };
  }
  if (emvs) return change(`${who} has no media verification state, and EMVS was set`, 'Leave --emvs out');
  const known = Object.values(sanitizeActions).filter(
    ({ value }) => sanitizeKind(controller, value) !== undefined,
  );
  return change(
    `${sanact} is not a sanitize action of ${who} (SANICAP)`,
    `Give --sanact=${known.map(({ value, title }) => `${value} (${title})`).join(', ')}`,
  );
}
