import type { Controller, Fleet } from '../../../fleet/schema.ts';
import { controllerFullTitle, findPrimary, findSecondary, hostTitle } from '../../../fleet/selectors.ts';
import type { Step } from '../../step.ts';
import { stepCommandLines } from '../../step-command-lines.ts';
import { stepWords } from '../../step-words.ts';
import { vfioCommandLines } from './vfio-command-lines.ts';

/** What a step is called and how the same is done on a shell. */
export interface StepText {
  readonly words: string;
  readonly commandLines: readonly string[];
}

/**
 * Words and command lines of a step of a migration. Two hosts are involved, so that virtual machines and VFIO devices
 * are told with their host, and the lines of hypervisor and VFIO driver are those of libvirt, QEMU and nvme-cli.
 */
export function migrationStepText(fleet: Fleet, step: Step): StepText {
  switch (step.kind) {
    case 'vm-attach-device':
    case 'vm-create-incoming':
    case 'vm-pause':
    case 'vm-resume':
    case 'vm-send-memory':
    case 'vm-destroy':
      return machineText(fleet, step);
    case 'vfio-set-state':
    case 'vfio-transfer-state':
      return vfioText(fleet, step);
    default:
      return { words: stepWords(step, fleet), commandLines: stepCommandLines(step, fleet) };
  }
}

type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

function machineText(
  fleet: Fleet,
  step: StepOf<
    'vm-attach-device' | 'vm-create-incoming' | 'vm-pause' | 'vm-resume' | 'vm-send-memory' | 'vm-destroy'
  >,
): StepText {
  if (step.kind === 'vm-create-incoming')
    return {
      words: `Create ${step.name} on ${hostTitle(fleet, step.hostId)}, waiting for the incoming guest`,
      commandLines: [
        `qemu-system-x86_64 -name ${quoted(step.name)} -smp ${step.vcpus} -m ${Math.ceil(step.memoryBytes / 2 ** 20)}M -incoming defer`,
      ],
    };
  const { name, host } = machineNames(step.virtualMachineId);
  const where = `${name} on ${hostTitle(fleet, host)}`;
  const domain = quoted(name);
  switch (step.kind) {
    case 'vm-attach-device': {
      const { title, address } = about(fleet, step.controllerId);
      return {
        words: `Hand ${title} to ${where}`,
        commandLines: [
          `virsh qemu-monitor-command ${domain} --hmp 'device_add vfio-pci,${address},enable-migration=on'`,
        ],
      };
    }
    case 'vm-pause':
      return { words: `Stop the guest ${where}`, commandLines: [`virsh suspend ${domain}`] };
    case 'vm-resume':
      return { words: `Resume the guest ${where}`, commandLines: [`virsh resume ${domain}`] };
    case 'vm-send-memory':
      return {
        words: `Copy the memory of ${where} to ${hostTitle(fleet, step.destinationHostId)}`,
        commandLines: [
          `virsh qemu-monitor-command ${domain} --hmp 'migrate tcp:${hostTitle(fleet, step.destinationHostId)}:4444'`,
        ],
      };
    case 'vm-destroy':
      return { words: `Remove the stopped ${where}`, commandLines: [`virsh destroy ${domain}`] };
  }
}

function vfioText(fleet: Fleet, step: StepOf<'vfio-set-state' | 'vfio-transfer-state'>): StepText {
  if (step.kind === 'vfio-transfer-state') {
    const source = about(fleet, step.sourceId);
    const destination = about(fleet, step.destinationId);
    return {
      words: `Send the state of ${source.title} to ${destination.title}`,
      commandLines: [`scp ${stateFile(source.cntlid)} ${destination.host}:`],
    };
  }
  const { title, cntlid, lines } = about(fleet, step.controllerId);
  // The lines are what the VFIO driver does for the transition.
  switch (step.state) {
    case 'RUNNING':
      return { words: `Resume ${title} (VFIO RUNNING)`, commandLines: lines.resume };
    case 'STOP':
      return { words: `Suspend ${title} (VFIO STOP)`, commandLines: lines.suspend };
    case 'RUNNING_P2P':
      // Suspend Notification (STYPE 0) is all that NVMe has for "start nothing new".
      return {
        words: `Keep ${title} from peer-to-peer DMA (VFIO RUNNING_P2P)`,
        commandLines: lines.notify,
      };
    case 'STOP_COPY':
      return {
        words: `Read the state of ${title} (VFIO STOP_COPY)`,
        commandLines: lines.save(stateFile(cntlid)),
      };
    case 'RESUMING':
      return {
        words: `Open ${title} for the incoming state (VFIO RESUMING)`,
        commandLines: lines.suspend,
      };
    default:
      return { words: `Set ${title} to VFIO ${step.state}`, commandLines: [] };
  }
}

/** The destination leaves RESUMING: the driver hands over the whole state, which is verified and committed. */
export function commitText(fleet: Fleet, sourceId: string, destinationId: string): StepText {
  const { title, lines } = about(fleet, destinationId);
  return {
    words: `Load the state into ${title} (VFIO STOP)`,
    commandLines: lines.load(stateFile(about(fleet, sourceId).cntlid)),
  };
}

/** Several devices resume in two hops; the first one is the Resume command, the second lifts the P2P restriction. */
export function resumeText(fleet: Fleet, controllerId: string, target: 'RUNNING' | 'RUNNING_P2P'): StepText {
  const { title, lines } = about(fleet, controllerId);
  return target === 'RUNNING_P2P'
    ? {
        words: `Resume ${title} without peer-to-peer DMA (VFIO RUNNING_P2P)`,
        commandLines: lines.resume,
      }
    : { words: `Let ${title} start peer-to-peer DMA again (VFIO RUNNING)`, commandLines: [] };
}

function stateFile(cntlid: string): string {
  return `state-${cntlid}.bin`;
}

/** `hv-b:db-primary` in its two parts. Host ids hold no colon, names may. */
function machineNames(virtualMachineId: string): { host: string; name: string } {
  const colon = virtualMachineId.indexOf(':');
  return { host: virtualMachineId.slice(0, colon), name: virtualMachineId.slice(colon + 1) };
}

/** A secondary as command lines speak of it: its CNTLID, and what its driver does through the controlling function. */
function about(fleet: Fleet, controllerId: string) {
  const controller = fleet.controllers[controllerId];
  const secondary = findSecondary(fleet, controllerId);
  const primary = secondary === undefined ? undefined : findPrimary(fleet, secondary.primaryId);
  const cntlid = `0x${(controller?.cntlid ?? 0).toString(16)}`;
  return {
    title: controller === undefined ? controllerId : controllerFullTitle(fleet, controller),
    cntlid,
    lines: vfioCommandLines(primary?.migrationInterface ?? null, devicePath(primary ?? controller), {
      cntlid,
      vfn: secondary?.vfn ?? 0,
    }),
    address: controller === undefined ? '' : vfioProperty(fleet, controller),
    host: controller === undefined ? '' : hostTitle(fleet, controller.hostId),
  };
}

/** How QEMU's vfio-pci names the function: by PCI address, or by the folder of a provisioned one. */
function vfioProperty(fleet: Fleet, controller: Controller): string {
  if (controller.role !== 'secondary' || controller.functionKind === 'vf')
    return `host=${controller.pciAddress ?? ''}`;
  const parent = findPrimary(fleet, controller.primaryId)?.pciAddress ?? '';
  const folder = controller.assignableDevice ?? `${parent}/UUID`;
  return `sysfsdev=/sys/bus/pci/devices/${folder}`;
}

function devicePath(controller: Controller | undefined): string {
  if (controller === undefined) return '';
  return controller.deviceName === null ? (controller.pciAddress ?? '') : `/dev/${controller.deviceName}`;
}

/** In double quotes, so that a shell takes it as one word with nothing expanded. */
function quoted(text: string): string {
  return `"${text.replace(/[\\"$`]/g, '\\$&')}"`;
}
