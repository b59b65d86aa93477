import { createHash } from 'node:crypto';
import type { Fleet } from '#shared/fleet/schema.ts';
import type { MigrationRequest } from '#shared/migration/request.ts';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import { readGuestAnswers } from '../guest-view/guest-answers.ts';
import { controllerToAsk } from '../nvme/ask-controller.ts';
import { type LivingHosts, timeoutMilliseconds } from './living-hosts.ts';

/** A guest on one host, as nobody but itself and its hypervisor sees it. */
export interface Guest {
  readonly name: string;
  readonly hostId: string;
  readonly state: string;
  /** Stands for what its memory holds; empty while it has not arrived, and for one that writes to it all the time. */
  readonly memory: string;
  /** What it finds on each of its controllers while it runs, as digests in order: registers and answers. */
  readonly devices: readonly string[];
  /** The same without the controller identifiers, which change where a device moves with its physical identity. */
  readonly unnumbered: readonly string[];
}

/** Every copy of every guest. */
export async function lookAtGuests({ hosts, clock }: LivingHosts): Promise<Guest[]> {
  const guests: Guest[] = [];
  for (const host of hosts)
    for (const { name, state, memoryDigest, workload, devices } of host.virtualMachines.machines.values()) {
      const seen: string[] = [];
      const unnumbered: string[] = [];
      if (state === 'running')
        for (const { address } of devices) {
          const registers = host.guestRegisters(address);
          const queue = host.guestQueue(address);
          const answers = queue.ok
            ? await readGuestAnswers(controllerToAsk(queue.value, address, { timeoutMilliseconds, clock }))
            : queue;
          if (!registers.ok || !answers.ok) {
            seen.push('does not answer');
            unnumbered.push('does not answer');
            continue;
          }
          const { controller, activeNamespaces } = answers.value;
          const rest = JSON.stringify(activeNamespaces);
          seen.push(digest(registers.value, controller, rest));
          unnumbered.push(digest(registers.value, withoutIdentifier(controller), rest));
        }
      guests.push({
        name,
        hostId: host.id,
        state,
        memory: workload === null ? memoryDigest : '',
        devices: seen.sort(),
        unnumbered: unnumbered.sort(),
      });
    }
  return guests;
}

/**
 * Whether every guest is where it belongs, whole, and once. `runs`: what was done, on guests of their own; `fleet`: as it was
 * before.
 */
export function wrongGuests(
  runs: readonly ProcedureRun[],
  fleet: Fleet,
  before: readonly Guest[],
  now: readonly Guest[],
): string[] {
  const wrong: string[] = [];
  const isFailed = runs.some(({ status }) => status === 'failed');
  const changes = runs.some(({ status, plan }) => status === 'done' && plan.intent.kind !== 'migrate');
  const moved = new Map(
    runs.flatMap(({ status, plan: { intent } }) =>
      intent.kind === 'migrate' && status === 'done'
        ? [[intent.request.virtualMachineId, intent.request] as const]
        : [],
    ),
  );
  for (const guest of before) {
    const copies = now.filter(({ name }) => name === guest.name);
    const running = copies.filter(({ state }) => state === 'running');
    if (running.length > 1) wrong.push(`${guest.name} runs on both sides`);
    if (!copies.some(({ memory, state }) => memory === guest.memory && state !== 'stopped'))
      wrong.push(`${guest.name} is lost`);
    if (isFailed) continue;
    const move = moved.get(`${guest.hostId}:${guest.name}`);
    const hostId = move?.destinationHostId ?? guest.hostId;
    const there = copies.find((copy) => copy.hostId === hostId);
    if (there?.state !== guest.state) wrong.push(`${guest.name} is ${there?.state ?? 'gone'} on ${hostId}`);
    if (there === undefined || there.state !== 'running') continue;
    const isRenumbered = move !== undefined && hasOwnIdentity(move, fleet);
    const seen = ({ devices, unnumbered }: Guest) => JSON.stringify(isRenumbered ? unnumbered : devices);
    if (seen(there) !== seen(guest) && !changes)
      wrong.push(`${guest.name} finds its controllers otherwise than it left them`);
    if (there.devices.includes('does not answer'))
      wrong.push(`a controller of ${guest.name} does not answer`);
  }
  return wrong;
}

/** A device that is in no virtual subsystem is another controller at the destination, which its checks warned of. */
function hasOwnIdentity({ devices }: MigrationRequest, { controllers }: Fleet): boolean {
  return devices.some(({ sourceId }) => {
    const source = controllers[sourceId];
    return source?.role === 'secondary' && source.virtualSubsystemId === null;
  });
}

/** CNTLID, bytes 78-79 of Identify Controller. */
function withoutIdentifier(controller: Uint8Array): Uint8Array {
  return controller.slice().fill(0, 78, 80);
}

function digest(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 12);
}
