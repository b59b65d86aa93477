import { createHash } from 'node:crypto';
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

/** CNTLID, bytes 78-79 of Identify Controller. */
function withoutIdentifier(controller: Uint8Array): Uint8Array {
  return controller.slice().fill(0, 78, 80);
}

function digest(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 12);
}
