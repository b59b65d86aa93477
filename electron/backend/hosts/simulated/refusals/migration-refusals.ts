import { migrationReceive } from '#shared/nvme/commands/migration/migration-receive.ts';
import {
  migrationSend,
  migrationSendSelectors as selectors,
  setControllerState,
  suspendController,
} from '#shared/nvme/commands/migration/migration-send.ts';
import {
  vendorLoadData,
  vendorResume,
  vendorSaveData,
  vendorSuspend,
} from '#shared/nvme/commands/migration/vendor-migration.ts';
import { nvmeCliLine, spellLine } from '#shared/nvme/nvme-cli/nvme-cli-line.ts';
import type { Refusal } from '../../refusal.ts';
import { largestTransfer } from '../commands/migration/migration-receive.ts';
import { migrationTarget } from '../commands/migration/migration-target.ts';
import { shownResources } from '../controller/exposed-answers.ts';
import { isSecondary, type SimulatedPrimary, type SimulatedSecondary } from '../state/controller.ts';
import {
  change,
  controllerName,
  deviceForLine,
  listed,
  type RefusedByPrimary,
  type RefusedCommand,
} from './refused-command.ts';
import { resumeLine } from './resume-line.ts';

/** Why Migration Send was refused. */
export function migrationSendRefusal(refused: RefusedByPrimary): Refusal | null {
  const { controller, command, status, who } = refused;
  const { sel, cntlid } = migrationSend.decode(command);
  if (sel > selectors.setControllerState.value)
    return change(
      `${who} knows SEL 0 to 2; SEL ${sel} was given`,
      'Give --sel=0 (suspend), 1 (resume) or 2 (load)',
    );
  const target = migrationTarget(controller, cntlid);
  if (target === undefined) return notATarget(refused, controller, cntlid);
  switch (sel) {
    case selectors.suspend.value:
      return suspendRefusal(refused, target);
    case selectors.resume.value:
      return status === 'commandSequenceError'
        ? change(
            `CNTLID ${cntlid} has received ${target.incoming?.bytes.length ?? 0} bytes of a state that is not committed`,
            'Send the last part (--seq-ind=2) first',
          )
        : change(`CNTLID ${cntlid} is not suspended`, 'Leave the step out: it is running');
    default:
      return setStateRefusal(refused, controller, target);
  }
}

/** A CNTLID that this controller cannot migrate. */
export function notATarget({ host }: RefusedCommand, primary: SimulatedPrimary, cntlid: number): Refusal {
  const who = controllerName(host, primary);
  const own = primary.part.secondaries.filter(isSecondary);
  const found = own.find((secondary) => secondary.cntlid === cntlid);
  const ready = own.filter(({ part }) => part.migrationEnabled);
  const fix = `Give a secondary controller of ${who}: CNTLID ${listed(ready.map((each) => each.cntlid))}`;
  if (found !== undefined)
    return change(
      `Live migration of CNTLID ${cntlid} is not enabled on ${who}`,
      'Hide the function, enable its live migration, and make it visible again',
    );
  return change(
    cntlid === primary.cntlid
      ? `CNTLID ${cntlid} is ${who} itself, which manages migrations and cannot be migrated`
      : `CNTLID ${cntlid} is not a secondary controller of ${who}`,
    fix,
  );
}

function suspendRefusal({ command, status, host }: RefusedCommand, target: SimulatedSecondary): Refusal {
  const { stype } = suspendController.decode(command);
  const { cntlid } = target;
  if (status === 'invalidField')
    return change(
      `${stype} is not a kind of suspension that CNTLID ${cntlid} has`,
      'Give --stype=0 (notification) or 1',
    );
  if (target.isOffline)
    return change(
      `CNTLID ${cntlid} is offline, so there is nothing to suspend`,
      'Leave the step out, or bring the controller online first',
    );
  const owner = target.dataQueue?.owner;
  return change(
    owner === undefined
      ? `CNTLID ${cntlid} has no user data migration queue that could be deleted with it`
      : `The user data migration queue of CNTLID ${cntlid} belongs to ${controllerName(host, owner)}`,
    'Leave --dudmq out',
  );
}

function setStateRefusal(
  { command, status, host }: RefusedCommand,
  primary: SimulatedPrimary,
  target: SimulatedSecondary,
): Refusal | null {
  const { cntlid } = target;
  const { seqind, csvi, csuuidi, offset, numd } = setControllerState.decode(command);
  const length = command.data?.length ?? 0;
  switch (status) {
    case 'invalidControllerIdentifier': {
      const needs = primary.subsystem.readings.setStateNeeds;
      const line = nvmeCliLine('lm migration-send', { cntlid, sel: selectors.suspend.value, stype: 1 });
      return {
        cause: `CNTLID ${cntlid} is online, ${target.isEnabled ? 'enabled' : 'not enabled'} and not suspended; a state is taken by one that is suspended, offline or ${needs}`,
        fix: 'Suspend it first',
        lines: [spellLine(line, deviceForLine(host, primary), '2.x')],
      };
    }
    case 'commandSequenceError':
      return change(
        `No state for CNTLID ${cntlid} is under way, and SEQIND ${seqind} continues one`,
        'Begin with --seq-ind=1 (first) or 3 (only)',
      );
    case 'notEnoughResources': {
      const { ioQueuePairs, interruptVectors } = shownResources(target);
      return change(
        `CNTLID ${cntlid} has ${ioQueuePairs} I/O queue pairs and ${interruptVectors} interrupt vectors, and the state needs more`,
        'Take it offline, assign as many VQ and VI as the source has, bring it online, and send the state again',
      );
    }
    case 'invalidNamespace':
      return change(
        `A namespace of the state is not the one behind the same number here; CNTLID ${cntlid} has namespaces ${listed(target.subsystem.attachedTo(cntlid))}`,
        'Use a destination that reaches the same namespaces (NGUID)',
      );
    case 'namespaceIsPrivate': {
      const taken = [...target.subsystem.namespaces.values()].filter(
        ({ isShared, attachedTo }) => !isShared && attachedTo.size > 0 && !attachedTo.has(cntlid),
      );
      return change(
        `A namespace of the state is private and attached elsewhere, so CNTLID ${cntlid} cannot get it: ${listed(taken.map(({ nsid }) => nsid))}`,
        'Detach it from the other controller first',
      );
    }
    default:
  }
  if (csvi + csuuidi === 0 || csvi > 1 || csuuidi > 1)
    return change(
      `${controllerName(host, primary)} has CSVI 1 and CSUUIDI 1 (Identify CNS 20h); CSVI ${csvi} and CSUUIDI ${csuuidi} were given`,
      'Give --csvi=1, --csuuidi=1 or both',
    );
  if (numd * 4 > largestTransfer(primary) || length < numd * 4 || numd === 0 || offset % 4n !== 0n)
    return change(
      `${numd * 4} bytes at ${offset} for CNTLID ${cntlid} with ${length} bytes of data: MDTS allows ${largestTransfer(primary)}, offsets are multiples of 4`,
      'Send the state in parts of at most MDTS, with --numd as long as the data',
    );
  const queues = target.hasLiveState
    ? target.live.submissionQueues.size + target.live.completionQueues.size
    : 0;
  if (queues > 0)
    return change(
      `CNTLID ${cntlid} has ${queues} I/O queues, and a state brings its own`,
      'Reset the destination function, or take it offline and online again, and send the state from its beginning',
    );
  return change(
    `The state for CNTLID ${cntlid} (${target.incoming?.bytes.length ?? 0} bytes before, ${length} now) does not fit its header, its formats (CSVI ${csvi}, CSUUIDI ${csuuidi}) or this device`,
    'Read it again from a source of the same model and firmware, and send all of it from its beginning',
  );
}

/** Why Migration Receive was refused. */
export function migrationReceiveRefusal(refused: RefusedByPrimary): Refusal | null {
  const { controller, command, who } = refused;
  const { sel, csvi, csuuidi, cntlid, offset, numdl } = migrationReceive.decode(command);
  if (sel !== 0)
    return change(`${who} knows SEL 0 (Get Controller State); SEL ${sel} was given`, 'Give --sel=0');
  if (migrationTarget(controller, cntlid) === undefined) return notATarget(refused, controller, cntlid);
  if (csvi > 1 || csuuidi > 1)
    return change(
      `${who} has CSVI 1 and CSUUIDI 1 (Identify CNS 20h); CSVI ${csvi} and CSUUIDI ${csuuidi} were given`,
      'Give --csvi=1, --csuuidi=1 or both',
    );
  const length = (numdl + 1) * 4;
  if (length > largestTransfer(controller) || command.readLength < length)
    return change(
      `${length} bytes of the state of CNTLID ${cntlid} were asked for: MDTS of ${who} allows ${largestTransfer(controller)}, and there is memory for ${command.readLength}`,
      'Read the state in parts of at most MDTS',
    );
  return change(
    `Offset ${offset} in the state of CNTLID ${cntlid} is ${offset % 4n === 0n ? 'behind its end' : 'not a multiple of 4'}`,
    'Give --offset in steps of 4, below the size that the header reports',
  );
}

/** Why a command of the vendor-opcode device was refused. */
export function vendorRefusal(refused: RefusedByPrimary): Refusal | null {
  const { controller, command, status, who } = refused;
  const index = vendorSuspend.decode(command).index;
  const target = controller.part.secondaries[index - 1];
  const count = controller.part.secondaries.filter((each) => each.isFunctionEnabled).length;
  if (target === undefined || !isSecondary(target) || !target.isFunctionEnabled)
    return change(`${who} has virtual functions 1 to ${count}; ${index} was named`, 'Name one of them');
  if (target.isOffline)
    return change(
      `Virtual function ${index} of ${who} (CNTLID ${target.cntlid}) is offline`,
      'Bring it online first, or leave the step out',
    );
  switch (status) {
    case 'commandSequenceError':
      return change(
        `Virtual function ${index} of ${who} is not suspended`,
        command.opcode === vendorResume.opcode
          ? 'Leave the step out: it is running'
          : 'Suspend it first (opcode CCh)',
      );
    case 'dataTransferError':
      return change(
        `The data of virtual function ${index} of ${who} is longer than the memory for it (${command.opcode === vendorSaveData.opcode ? command.readLength : (command.data?.length ?? 0)} bytes)`,
        'Ask for the size first and offer as much memory',
      );
    default:
      return command.opcode === vendorLoadData.opcode
        ? change(
            `${command.data?.length ?? 0} bytes for virtual function ${index} of ${who} are not a state of this device`,
            'Give the data that a function of the same device saved, with its size',
          )
        : null;
  }
}

/** A suspended controller, and the line that ends it. */
export function isSuspended({ host }: RefusedCommand, target: SimulatedSecondary): Refusal {
  const line = resumeLine(host, target);
  return {
    cause: `CNTLID ${target.cntlid} is suspended for a migration`,
    fix: 'Resume it, or let the migration end',
    lines: line === null ? [] : [line],
  };
}
