import {
  virtualizationActions as actions,
  virtualizationManagement as definition,
  resourceTypes,
} from '#shared/nvme/commands/virtualization-management.ts';
import type { Refusal } from '../../refusal.ts';
import { isPrimary, isSecondary, type SimulatedPrimary, secondaryOf } from '../state/controller.ts';
import { whyNotOnline } from './bring-online.ts';
import { freeResources, type ResourceKey, virtMgmt } from './free-resources.ts';
import { change, controllerName, deviceForLine, listed, type RefusedCommand } from './refused-command.ts';

/** Why Virtualization Management was refused. */
export function virtualizationRefusal(refused: RefusedCommand): Refusal | null {
  const { controller, command, status, host } = refused;
  const who = controllerName(host, controller);
  if (!isPrimary(controller))
    return isSecondary(controller)
      ? change(
          `${who} is a secondary controller; its resources are managed by its primary controller, ${controllerName(host, controller.part.primary)}`,
          `Send the command to ${deviceForLine(host, controller.part.primary)}`,
        )
      : change(
          `${who} is not a primary controller and has no secondary controllers`,
          'Choose a drive with secondary controllers; nvme list-secondary shows them',
        );
  const { cntlid, rt, act, nr } = definition.decode(command);
  if (rt > resourceTypes.virtualInterrupt.value)
    return change(`${rt} is not a resource type of ${who}`, 'Give --rt=0 (VQ) or --rt=1 (VI)');
  const key: ResourceKey = rt === resourceTypes.virtualQueue.value ? 'vq' : 'vi';
  const name = key.toUpperCase();
  const pool = controller.part[key];
  const isForPrimary = act === actions.primaryAllocation.value;
  if (status === 'invalidField')
    return change(
      `${act} is not an action that ${who} knows${act === 0 ? '; nvme-cli up to 2.16 sends 0 for an --act that stands before --cntlid' : ''}`,
      'Give --cntlid first, then --act=1 (primary allocation), 7 (offline), 8 (assign) or 9 (online)',
    );
  if (status === 'invalidControllerIdentifier') return unknownController(refused, controller, cntlid, act);
  if (status === 'invalidNumberOfResources') {
    const most = isForPrimary ? pool.total : pool.secondaryMaximum;
    const field = `${name}FR${isForPrimary ? 'T' : 'SM'}`;
    return pool.isFlexible
      ? change(`${nr} ${name} were asked for, and ${field} of ${who} is ${most}`, `Give --nr=${most} or less`)
      : change(
          `${name} of ${who} are private (${field} is 0): each secondary controller has ${pool.perSecondary} for good`,
          `Leave the step out: ${name} are not assigned on this drive`,
        );
  }
  const secondary = secondaryOf(controller, cntlid);
  if (status === 'invalidResourceIdentifier') {
    const has = isForPrimary || secondary === undefined ? 0 : secondary.part[key];
    const most = isForPrimary ? pool.total - pool.assigned : pool.free + has;
    const { how, lines, reset } = freeResources(refused, controller, {
      key,
      missing: nr - most,
      for: isForPrimary ? undefined : secondary,
    });
    return {
      cause: `${nr} ${name} were asked for and ${most} of ${who} are free: of ${pool.total}, the primary controller holds ${pool.allocatedToPrimary} and the secondary controllers ${pool.assigned}`,
      fix: `Give --nr=${most} or less${how === null ? '' : `, or ${how}`}`,
      lines: reset === null ? lines : [...lines, reset],
    };
  }
  if (status !== 'invalidSecondaryControllerState' || secondary === undefined) return null;
  if (act !== actions.secondaryAssign.value) return whyNotOnline(refused, secondary);
  return {
    cause: `CNTLID ${cntlid} is online, and resources are assigned offline`,
    fix: 'Take it offline first, which takes it from whoever uses it and removes all its resources',
    lines: [virtMgmt(refused, controller, { cntlid, act: actions.secondaryOffline.value })],
  };
}

function unknownController(
  { host }: RefusedCommand,
  primary: SimulatedPrimary,
  cntlid: number,
  act: number,
): Refusal {
  const who = controllerName(host, primary);
  if (act === actions.primaryAllocation.value)
    return change(
      `CNTLID ${cntlid} is not ${who}, and a primary controller allocates for itself only`,
      `Give --cntlid=${primary.cntlid}`,
    );
  const known = primary.part.secondaries.map((secondary) => secondary.cntlid);
  const other = primary.subsystem.controllers.get(cntlid);
  const cause =
    other === undefined
      ? `There is no controller CNTLID ${cntlid} in the NVM subsystem of ${who}`
      : isSecondary(other)
        ? `CNTLID ${cntlid} is a secondary controller of CNTLID ${other.part.primary.cntlid}, not of ${who}`
        : `CNTLID ${cntlid} is not a secondary controller`;
  return change(
    cause,
    known.length === 0
      ? `Choose another drive: ${who} has no secondary controllers now`
      : `Give one of the secondary controllers of ${who}: CNTLID ${listed(known)}`,
  );
}
