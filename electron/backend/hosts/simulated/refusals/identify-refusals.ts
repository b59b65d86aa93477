import { bytesOfZeroBased, getLogPage, logPageIdentifiers } from '#shared/nvme/commands/get-log-page.ts';
import { identify, identifyStructures as structures } from '#shared/nvme/commands/identify.ts';
import { namedValueTitle } from '#shared/nvme/commands/named-value.ts';
import type { Refusal } from '../../refusal.ts';
import { isValid } from '../commands/identify/identify-namespaces.ts';
import { hasPage, isForCommandSet, readsPart } from '../commands/log-pages/log-pages.ts';
import { shownTemplate } from '../controller/shown-identity.ts';
import { isPrimary } from '../state/controller.ts';
import { namespaceUnknown } from './namespace-refusals.ts';
import { change, controllerName, hex, type RefusedCommand } from './refused-command.ts';

const logPageAttributesOffset = 261;
const allNamespaces = 0xffffffff;

/** Why Identify was refused. */
export function identifyRefusal(refused: RefusedCommand): Refusal | null {
  const { controller, command, status, host } = refused;
  const who = controllerName(host, controller);
  const { cns, cntid, csi, nsid } = identify.decode(command);
  const title = namedValueTitle(structures, cns);
  const structure = title === undefined ? `CNS ${hex(cns)}` : `CNS ${hex(cns)} (${title})`;
  if (command.readLength <= 0)
    return change(`${who} was given no memory for its answer (0 bytes)`, 'Offer 4,096 bytes');
  if (status === 'invalidNamespace') {
    if (nsid >= 0xfffffffe)
      return change(
        `A list of namespaces of ${who} cannot begin behind ${hex(nsid)}`,
        'Give a smaller --namespace-id',
      );
    return namespaceUnknown(refused);
  }
  switch (cns) {
    case structures.commandSetNamespace.value:
    case structures.commandSetController.value:
    case structures.commandSetActiveNamespaces.value:
      return change(`${who} has the NVM command set (CSI 0) only; CSI ${csi} was asked for`, 'Give --csi=0');
    case structures.namespaceDescriptors.value:
      return namespaceUnknown(refused);
    case structures.attachedControllers.value:
    case structures.controllers.value:
      return nsid === allNamespaces && cns === structures.attachedControllers.value
        ? change(
            `${who} lists the controllers of one namespace, not of all (FFFFFFFFh)`,
            'Name one namespace',
          )
        : change(
            `The controllers of the NVM subsystem of ${who} do not know one another, so there is no list (${structure})`,
            'Do without it; list the devices of the host instead: nvme list -v',
          );
    case structures.primaryControllerCapabilities.value:
    case structures.secondaryControllers.value:
      return change(
        `${who} is not a primary controller, so it has no ${structure}`,
        'Send it to the primary controller, or use a drive that has secondary controllers',
      );
    case structures.commandSets.value:
      return change(
        `${structure} is answered by ${who} for itself only, and CNTID ${cntid} was asked for`,
        `Give CNTID ${controller.cntlid} or FFFFh`,
      );
    case structures.controllerStateFormats.value:
      return change(
        isPrimary(controller)
          ? `${who} has no Host Managed Live Migration (OACS bit 11 is 0), so it has no ${structure}`
          : `${who} does not manage migrations, so it has no ${structure}`,
        'Send it to a primary controller with Host Managed Live Migration',
      );
    default:
      return change(
        `${who} does not have ${structure}`,
        'Do without it; nvme id-ctrl shows what the controller supports',
      );
  }
}

/** Why Get Log Page was refused. */
export function logPageRefusal(refused: RefusedCommand): Refusal | null {
  const { controller, command, status, host } = refused;
  const who = controllerName(host, controller);
  const { lid, numd, lpo, ot, csi } = getLogPage.decode(command);
  const nsid = command.nsid >>> 0;
  const title = namedValueTitle(logPageIdentifiers, lid);
  const page = title === undefined ? `log page ${hex(lid)}` : `log page ${hex(lid)} (${title})`;
  const attributes = shownTemplate(controller)[logPageAttributesOffset] ?? 0;
  const bytes = bytesOfZeroBased(numd);
  if (!hasPage(controller, lid))
    return change(
      `${who} does not have ${page} (LPA is ${hex(attributes)})`,
      'Do without it; nvme supported-log-pages lists the pages where a controller has that list',
    );
  if (status === 'invalidNamespace' || (nsid !== 0 && nsid !== allNamespaces && !isValid(controller, nsid)))
    return namespaceUnknown(refused);
  if (nsid !== 0 && nsid !== allNamespaces)
    return change(
      `${page} of ${who} is one for all namespaces (LPA bit 0 is ${attributes & 1}), and namespace ${nsid} was named`,
      'Leave --namespace-id out',
    );
  if (command.readLength < bytes)
    return change(
      `${bytes} bytes of ${page} were asked of ${who} with memory for ${command.readLength}`,
      'Offer as much memory as is asked for',
    );
  if (ot || !readsPart(controller, lpo, bytes))
    return change(
      `${who} reads ${page} by bytes from its beginning only (LPA is ${hex(attributes)})`,
      'Leave --lpo and --ot out, and ask for at most 262,144 bytes',
    );
  if (!isForCommandSet(controller, lid, csi))
    return change(`${page} of ${who} is not there for command set ${csi}`, 'Give --csi=0');
  if (lpo % 4n !== 0n)
    return change(`Offset ${lpo} into ${page} of ${who} is not a multiple of 4`, 'Give --lpo in steps of 4');
  return change(`Offset ${lpo} is behind the end of ${page} of ${who}`, 'Give a smaller --lpo');
}
