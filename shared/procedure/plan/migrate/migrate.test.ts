import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fleet, PrimaryController, SecondaryController } from '../../../fleet/schema.ts';
import { checkCompatibility } from '../../../migration/checks/compatibility.ts';
import { defaultPreCopyOptions } from '../../../migration/pre-copy/options.ts';
import type { MigrationRequest } from '../../../migration/request.ts';
import { guestNqn, migrationFleet, migrationRequest } from '../../../test-support/migration-fleet.ts';
import { numRuns } from '../../../test-support/property-runs.ts';
import type { VfioState } from '../../../vfio/device-state.ts';
import { type Plan, planSchema } from '../../procedure.ts';
import type { Step } from '../../step.ts';
import { planMigration } from './migrate.ts';
import { migrationPhases } from './migration-steps.ts';

function planned(fleet: Fleet, request: MigrationRequest): Plan {
  const plan = planMigration(fleet, request);
  if (!plan.ok) throw new Error(`${plan.error.message} ${plan.error.details?.join('\n')}`);
  return plan.value;
}

/** What the steps of a migration do to machines, states and identities; throws where an invariant would break. */
class Rehearsal {
  readonly machines = new Map<string, string>();
  readonly states = new Map<string, VfioState>();
  readonly identities = new Map<string, string>();
  readonly loaded = new Set<string>();
  readonly online = new Map<string, { vq: number; vi: number; online: boolean }>();
  readonly namespaces = new Map<string, Set<number>>();
  readonly subsystems = new Set<string>();

  readonly fleet: Fleet;

  constructor(fleet: Fleet) {
    this.fleet = fleet;
    for (const machine of Object.values(fleet.virtualMachines)) this.machines.set(machine.id, machine.state);
    for (const subsystem of Object.values(fleet.virtualSubsystems)) this.subsystems.add(subsystem.id);
    for (const controller of Object.values(fleet.controllers)) {
      if (controller.role !== 'secondary') continue;
      if (controller.vfioState !== null) this.states.set(controller.id, controller.vfioState);
      if (controller.virtualSubsystemId !== null)
        this.identities.set(controller.id, `${guestNqn}/${controller.virtualControllerId}`);
      this.online.set(controller.id, {
        vq: controller.nvq,
        vi: controller.nvi,
        online: controller.online,
      });
      this.namespaces.set(controller.id, new Set(controller.attachedNamespaces));
    }
  }

  apply(step: Step): void {
    switch (step.kind) {
      case 'secondary-assign': {
        const held = this.online.get(step.secondaryId)!;
        expect(held.online, 'resources change while offline only').toBe(false);
        held[step.resource === 'VQ' ? 'vq' : 'vi'] = step.count;
        return;
      }
      case 'secondary-online': {
        const held = this.online.get(step.secondaryId)!;
        expect(held.vq).toBeGreaterThanOrEqual(2);
        expect(held.vi).toBeGreaterThanOrEqual(1);
        held.online = true;
        return;
      }
      case 'secondary-offline':
        this.online.set(step.secondaryId, { vq: 0, vi: 0, online: false });
        return;
      case 'attach-namespace':
        this.namespaces.get(step.controllerId)!.add(step.nsid);
        return;
      case 'detach-namespace':
        this.namespaces.get(step.controllerId)!.delete(step.nsid);
        return;
      case 'virtual-subsystem-create':
        this.subsystems.add(`${step.primaryId}|${step.nqn}`);
        return;
      case 'virtual-subsystem-delete':
        this.subsystems.delete(`${step.primaryId}|${step.nqn}`);
        return;
      case 'virtual-subsystem-add':
        this.identities.set(step.secondaryId, `${step.nqn}/${step.virtualControllerId}`);
        return;
      case 'virtual-subsystem-remove':
        this.identities.delete(step.secondaryId);
        return;
      case 'set-driver':
        if (step.driver === 'vfio-pci') this.states.set(step.controllerId, 'RUNNING');
        else this.states.delete(step.controllerId);
        return;
      case 'vm-create-incoming':
        this.machines.set(`${step.hostId}:${step.name}`, 'incoming');
        return;
      case 'vm-pause':
        this.machines.set(step.virtualMachineId, 'paused');
        return;
      case 'vm-resume':
        this.machines.set(step.virtualMachineId, 'running');
        return;
      case 'vm-destroy':
        expect(this.machines.get(step.virtualMachineId), 'a running guest is never removed').not.toBe(
          'running',
        );
        this.machines.delete(step.virtualMachineId);
        return;
      case 'vm-send-memory':
        expect(this.machines.get(step.virtualMachineId)).toBe('paused');
        for (const id of this.fleet.virtualMachines[step.virtualMachineId]!.deviceIds)
          expect(this.states.get(id), 'no device writes into memory that is sent').toBe(
            step.rest ? 'STOP_COPY' : 'STOP',
          );
        return;
      case 'function-level-reset':
        if (this.states.has(step.controllerId)) this.states.set(step.controllerId, 'RUNNING');
        this.loaded.delete(step.controllerId);
        return;
      case 'vfio-transfer-state':
        expect(this.states.get(step.sourceId)).toBe('STOP_COPY');
        expect(this.states.get(step.destinationId)).toBe('RESUMING');
        this.loaded.add(step.destinationId);
        return;
      case 'vfio-set-state':
        if (this.states.get(step.controllerId) === 'RESUMING') {
          expect(step.state).toBe('STOP');
          expect(this.loaded.has(step.controllerId), 'commit follows the state').toBe(true);
        }
        this.states.set(step.controllerId, step.state);
        this.assertOneOwner();
        return;
      default:
        return;
    }
  }

  /** No identity runs on a loaded destination and on the source; no two guests run. */
  assertOneOwner(): void {
    const running = (id: string) => this.states.get(id)?.startsWith('RUNNING') === true;
    for (const id of this.loaded) {
      if (!running(id)) continue;
      const twins = [...this.identities].filter(
        ([other, identity]) => other !== id && identity === this.identities.get(id),
      );
      for (const [other] of twins) expect(running(other), `${other} runs beside ${id}`).toBe(false);
    }
    const guests = [...this.machines].filter(
      ([id, state]) => id.endsWith(':db-primary') && state === 'running',
    );
    expect(guests.length).toBeLessThanOrEqual(1);
  }

  snapshot(): unknown {
    return [
      this.machines,
      this.states,
      this.identities,
      this.online,
      this.namespaces,
      this.subsystems,
      this.loaded,
    ].map((part) => [...part].map((entry) => JSON.stringify(entry)).sort());
  }
}

function rehearse(fleet: Fleet, steps: readonly Step[]): Rehearsal {
  const rehearsal = new Rehearsal(fleet);
  for (const step of steps) {
    rehearsal.apply(step);
    rehearsal.assertOneOwner();
  }
  return rehearsal;
}

function phasesOf({ steps }: Plan): string[] {
  return steps.map((step) => step.phase).filter((phase, index, all) => phase !== all[index - 1]);
}

describe('the plan of a migration', () => {
  it('has the phases in order, words and valid shape', () => {
    const fleet = migrationFleet();
    const plan = planned(fleet, migrationRequest(fleet));
    expect(() => planSchema.parse(plan)).not.toThrow();
    const without = (skipped: string) => Object.values(migrationPhases).filter((phase) => phase !== skipped);
    expect(phasesOf(plan)).toEqual(without(migrationPhases.preCopy));
    for (const controller of Object.values(fleet.controllers))
      if (controller.role === 'secondary')
        controller.vfioOffer = { flags: { p2p: true, preCopy: true, dmaLogging: true }, reason: '' };
    const { options, ...request } = migrationRequest(fleet);
    const goesOn = { ...request, options: { ...options, preCopy: defaultPreCopyOptions } };
    expect(phasesOf(planned(fleet, goesOn))).toEqual(without(migrationPhases.copyMemory));
    expect(
      plan.steps.every((step) => step.words !== step.step.kind && !step.words.includes('undefined')),
    ).toBe(true);
    const resume = plan.steps[plan.pointOfNoReturn!]!;
    expect([resume.phase, resume.step]).toEqual([
      'Resume',
      { kind: 'vm-resume', virtualMachineId: 'hv-b:db-primary' },
    ]);
    // Nothing comes between a comparison and the resume that it is for, nor between the last one and the source.
    const kinds: string[] = plan.steps.map(({ step }) =>
      step.kind === 'migration-proof' ? step.stage : step.kind,
    );
    const behind = (stage: string) => kinds[kinds.indexOf(stage) + 1];
    expect([behind('loaded'), behind('resumed'), behind('running')]).toEqual([
      ...['vfio-set-state', 'vm-resume', 'vm-destroy'],
    ]);
    expect(kinds[plan.pointOfNoReturn! - 1]).toBe('resumed');
    const lines = plan.steps.flatMap((step) => step.commandLines);
    expect(lines).toContain('nvme virt-mgmt /dev/nvme1 --cntlid=1 --rt=0 --act=8 --nr=8');
    expect(lines).toContain(
      `nvme virtual_subsys_create --dev=/dev/nvme1 --virtual_nqn="${guestNqn}" --dev_vcid=1`,
    );
  });

  it('leaves the guest at the destination as it was and the source secondaries in the pool', () => {
    const fleet = migrationFleet();
    const plan = planned(fleet, migrationRequest(fleet));
    const end = rehearse(
      fleet,
      plan.steps.map((step) => step.step),
    );
    expect([...end.machines]).toEqual([['hv-b:db-primary', 'running']]);
    expect([...end.subsystems]).toEqual([`hv-b/0000:41:00.0|${guestNqn}`]);
    for (const [index, vfn] of [1, 2].entries()) {
      const destination = `hv-b/0000:41:00.0/${vfn}`;
      expect(end.identities.get(destination)).toBe(`${guestNqn}/${20 + index}`);
      expect(end.states.get(destination)).toBe('RUNNING');
      expect(end.online.get(destination)).toEqual({ vq: 8, vi: 4, online: true });
      expect(end.namespaces.get(destination)).toEqual(new Set([1, 2]));
      const source = `hv-a/0000:41:00.0/${vfn}`;
      expect(end.identities.has(source)).toBe(false);
      expect(end.online.get(source)).toEqual({ vq: 0, vi: 0, online: false });
      expect(end.namespaces.get(source)).toEqual(new Set());
    }
  });

  it('keeps a virtual subsystem that has other members', () => {
    const fleet = migrationFleet(1);
    const subsystem = Object.values(fleet.virtualSubsystems)[0]!;
    subsystem.members.push({ controllerId: 'hv-a/0000:41:00.0/5', virtualControllerId: 40 });
    const plan = planned(fleet, migrationRequest(fleet));
    expect(plan.steps.filter((step) => step.step.kind === 'virtual-subsystem-delete')).toEqual([]);
  });

  it('leaves the source secondary configured when it is not to be released', () => {
    const fleet = migrationFleet(1);
    const request = migrationRequest(fleet);
    const plan = planned(fleet, { ...request, options: { ...request.options, releaseSource: false } });
    const end = rehearse(
      fleet,
      plan.steps.map((step) => step.step),
    );
    expect(end.online.get('hv-a/0000:41:00.0/1')).toEqual({ vq: 8, vi: 4, online: true });
    expect(end.identities.has('hv-a/0000:41:00.0/1')).toBe(false);
  });

  it('refuses with every blocker and its fix', () => {
    const fleet = migrationFleet(1);
    const request = migrationRequest(fleet);
    Object.assign(fleet.controllers['hv-a/0000:41:00.0/1']!, { virtualSubsystemId: null });
    fleet.hosts['hv-b']!.iommu = '';
    const plan = planMigration(fleet, request);
    expect(plan.ok).toBe(false);
    if (plan.ok) return;
    expect(plan.error.code).toBe('refused');
    expect(plan.error.details).toHaveLength(2);
    expect(plan.error.details?.join()).toContain(
      'Put the secondary controller into a virtual subsystem first',
    );
  });
});

/** Fleets as they come: now and then something stands in the way, often several things. */
const fleets = fc
  .record({
    devices: fc.integer({ min: 1, max: 4 }),
    destinationFree: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 6, maxLength: 6 }),
    pool: fc.integer({ min: 24, max: 64 }),
    oncs: fc.constantFrom(0x1ff, 0x1ff, 0x1ff, 0x5f, 0x3ff),
    mdts: fc.constantFrom(7, 7, 0, 7, 5),
    iommu: fc.constantFrom('iommufd', 'iommufd', 'iommufd', 'intel-iommu', ''),
    p2p: fc.constantFrom(true, true, true, false),
    state: fc.constantFrom('running', 'running', 'running', 'paused'),
    shared: fc.constantFrom(true, true, true, false),
    release: fc.boolean(),
    detach: fc.boolean(),
  })
  .map((choice) => {
    const fleet = migrationFleet(choice.devices);
    const primary = fleet.controllers['hv-b/0000:41:00.0'] as PrimaryController;
    primary.capabilities = { ...primary.capabilities!, oncs: choice.oncs, mdts: choice.mdts };
    primary.vq.total = choice.pool;
    choice.destinationFree.forEach((kind, index) => {
      const secondary = fleet.controllers[`hv-b/0000:41:00.0/${index + 1}`] as SecondaryController;
      if (kind === 0) secondary.virtualMachineId = 'hv-b:other';
      if (kind === 1) secondary.pciAddress = null;
      if (kind === 2) Object.assign(secondary, { online: true, nvq: 2, nvi: 1 });
      if (kind === 3) secondary.attachedNamespaces = [2, 3];
      if (kind === 4) Object.assign(secondary, { nvq: 3, nvi: 1 });
    });
    fleet.hosts['hv-b']!.iommu = choice.iommu;
    fleet.hosts['hv-b']!.vfioFlags.p2p = choice.p2p;
    Object.values(fleet.virtualMachines)[0]!.state = choice.state as 'running' | 'paused';
    Object.values(fleet.namespaces)[3]!.shared = choice.shared;
    const request = migrationRequest(fleet);
    const options = {
      ...request.options,
      releaseSource: choice.release,
      detachSourceNamespaces: choice.detach,
    };
    return { fleet, request: { ...request, options } };
  })
  .filter(({ request }) => request.devices.length > 0);

describe('over many fleets', () => {
  it('plans exactly when no check is an error, and the steps keep the invariants', () => {
    let plans = 0;
    let refusals = 0;
    fc.assert(
      fc.property(fleets, ({ fleet, request }) => {
        const { errors, checks } = checkCompatibility(fleet, request);
        for (const check of checks) expect(check.fix === '').toBe(check.verdict === 'passed');
        const plan = planMigration(fleet, request);
        expect(plan.ok).toBe(errors === 0);
        if (!plan.ok) {
          refusals++;
          expect(plan.error.details).toHaveLength(errors);
          return;
        }
        plans++;
        const end = rehearse(
          fleet,
          plan.value.steps.map((step) => step.step),
        );
        expect(end.machines.get('hv-b:db-primary')).toBe('running');
      }),
      { numRuns: numRuns(200, 2000), seed: 20261123 },
    );
    expect(Math.min(plans, refusals)).toBeGreaterThan(20);
  });

  it('returns to the start from every step before the point of no return', () => {
    let plans = 0;
    fc.assert(
      fc.property(fleets, ({ fleet, request }) => {
        const plan = planMigration(fleet, request);
        if (!plan.ok) return;
        plans += 1;
        const before = new Rehearsal(fleet).snapshot();
        for (let stop = 0; stop <= plan.value.pointOfNoReturn!; stop++) {
          const done = plan.value.steps.slice(0, stop);
          const back = [...done].reverse().flatMap((step) => step.inverse!);
          const after = rehearse(fleet, [...done.map((step) => step.step), ...back]);
          // The rehearsal has no hidden state: what it shows is all there is.
          expect(after.snapshot(), `stopped before step ${stop}`).toEqual(before);
        }
      }),
      { numRuns: numRuns(60, 600), seed: 20261123 },
    );
    expect(plans).toBeGreaterThan(10);
  });

  it('never resumes the source once the destination was resumed', () => {
    let plans = 0;
    fc.assert(
      fc.property(fleets, ({ fleet, request }) => {
        const plan = planMigration(fleet, request);
        if (!plan.ok) return;
        plans += 1;
        const sources = new Set(request.devices.map((device) => device.sourceId));
        for (const { step, inverse } of plan.value.steps.slice(plan.value.pointOfNoReturn!)) {
          expect(inverse).toBeNull();
          if (step.kind === 'vfio-set-state') expect(sources.has(step.controllerId)).toBe(false);
          if (step.kind === 'vm-resume') expect(step.virtualMachineId).toBe('hv-b:db-primary');
        }
      }),
      { numRuns: numRuns(60, 600), seed: 20261123 },
    );
    expect(plans).toBeGreaterThan(10);
  });
});
