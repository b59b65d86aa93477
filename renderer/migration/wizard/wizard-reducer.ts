import type { DeviceMapping, MigrationOptions } from '#shared/migration/request.ts';
import { unreachable } from '#shared/result.ts';
import {
  type Choice,
  checkKey,
  latestAnswer,
  requestOf,
  type WizardEvent,
  type WizardState,
  type WizardStep,
  warningsOf,
  wizardSteps,
} from './wizard-state.ts';

/** Advances the wizard; pure, an event that does not fit the state changes nothing. */
export function reduceWizard(state: WizardState, event: WizardEvent): WizardState {
  switch (event.kind) {
    case 'go':
      return isReachable(state, event.step) ? { ...state, step: event.step } : state;
    case 'choose-source':
      if (state.choice.kind !== 'nothing' && state.choice.virtualMachineId === event.virtualMachineId)
        return state;
      return withChoice(state, { kind: 'source', virtualMachineId: event.virtualMachineId });
    case 'choose-destination':
      return chooseDestination(state, event.hostId);
    case 'proposed':
      if (!isAwaited(state.choice, event)) return state;
      return withChoice(state, {
        ...state.choice,
        mapping: { kind: 'ready', devices: event.devices, unmapped: event.unmapped },
      });
    case 'proposal-failed':
      if (!isAwaited(state.choice, event)) return state;
      return withChoice(state, { ...state.choice, mapping: { kind: 'failed', error: event.error } });
    case 'map-device':
      return editDevice(state, event.sourceId, (device) => ({
        ...device,
        destinationId: event.destinationId,
      }));
    case 'map-namespace':
      return editDevice(state, event.sourceId, (device) =>
        device.destinationId === ''
          ? device
          : mapNamespace(device, event.source, event.destination, event.copy === true),
      );
    case 'take-remedy':
      return takeRemedy(state, event.devices, event.options);
    case 'set-options':
      return invalidateCheck({ ...state, options: event.options });
    case 'acknowledge':
      return acknowledge(state, event.ids, event.acknowledged);
    case 'checking':
      return { ...state, check: { kind: 'checking', last: latestAnswer(state) } };
    case 'checked': {
      const current = requestOf(state);
      if (current === null || checkKey(current) !== checkKey(event.request)) return state;
      const warnings = new Set(warningsOf(event.answer).map((check) => check.id));
      return {
        ...state,
        acknowledged: state.acknowledged.filter((id) => warnings.has(id)),
        check: { kind: 'done', answer: event.answer, at: event.at },
      };
    }
    case 'reviewed':
      return { ...state, look: { key: event.key, reviewed: event.reviewed } };
    case 'check-failed': {
      const current = requestOf(state);
      if (current === null || checkKey(current) !== checkKey(event.request)) return state;
      return { ...state, check: { kind: 'failed', error: event.error } };
    }
    default:
      return unreachable(event);
  }
}

/** A step can be opened when everything before it was chosen. */
export function isReachable(state: WizardState, step: WizardStep): boolean {
  switch (step) {
    case 'source':
      return true;
    case 'destination':
      return state.choice.kind !== 'nothing';
    case 'mapping':
      return state.choice.kind === 'destination';
    case 'checks':
    case 'options':
    case 'review':
      return requestOf(state) !== null;
    default:
      return unreachable(step);
  }
}

/** The step after this one, null after the last. */
export function nextStep(step: WizardStep): WizardStep | null {
  return wizardSteps[wizardSteps.indexOf(step) + 1] ?? null;
}

/** The step before this one, null before the first. */
export function previousStep(step: WizardStep): WizardStep | null {
  return wizardSteps[wizardSteps.indexOf(step) - 1] ?? null;
}

/** Asks for a new proposal, also for the same host when the last one failed. */
function chooseDestination(state: WizardState, hostId: string): WizardState {
  if (state.choice.kind === 'nothing') return state;
  if (
    state.choice.kind === 'destination' &&
    state.choice.destinationHostId === hostId &&
    state.choice.mapping.kind !== 'failed'
  ) {
    return state;
  }
  return withChoice(state, {
    kind: 'destination',
    virtualMachineId: state.choice.virtualMachineId,
    destinationHostId: hostId,
    mapping: { kind: 'proposing' },
  });
}

/** Whether an answer is to the question that is open now. */
function isAwaited(
  choice: Choice,
  event: { readonly virtualMachineId: string; readonly destinationHostId: string },
): choice is Extract<Choice, { kind: 'destination' }> {
  return (
    choice.kind === 'destination' &&
    choice.mapping.kind === 'proposing' &&
    choice.virtualMachineId === event.virtualMachineId &&
    choice.destinationHostId === event.destinationHostId
  );
}

/** Every change of a choice makes the last verdict one about something else: keep it for display only. */
function withChoice(state: WizardState, choice: Choice): WizardState {
  const changed = { ...state, choice };
  const complete = choice.kind === 'destination' && choice.mapping.kind === 'ready';
  return complete ? invalidateCheck(changed) : { ...changed, check: { kind: 'idle' }, acknowledged: [] };
}

/** The last answer stays in sight, marked as one that is being made anew. */
function invalidateCheck(state: WizardState): WizardState {
  if (state.check.kind === 'idle' || requestOf(state) === null) return { ...state, check: { kind: 'idle' } };
  return { ...state, check: { kind: 'checking', last: latestAnswer(state) } };
}

/** Changes the mapping of one device; one that had none enters the request with its first destination. */
function editDevice(
  state: WizardState,
  sourceId: string,
  edit: (device: DeviceMapping) => DeviceMapping,
): WizardState {
  const { choice } = state;
  if (choice.kind !== 'destination' || choice.mapping.kind !== 'ready') return state;
  const { devices, unmapped } = choice.mapping;
  const wasUnmapped = unmapped.includes(sourceId);
  if (!wasUnmapped && !devices.some((device) => device.sourceId === sourceId)) return state;
  const before = wasUnmapped ? [...devices, { sourceId, destinationId: '', namespaces: [] }] : devices;
  const edited = before.map((device) => (device.sourceId === sourceId ? edit(device) : device));
  // A device without a destination is not in the request: it stays among the unmapped ones.
  const mapped = edited.filter((device) => device.destinationId !== '');
  return withChoice(state, {
    ...choice,
    mapping: {
      kind: 'ready',
      devices: mapped,
      unmapped: [
        ...unmapped.filter((id) => id !== sourceId),
        ...(mapped.some((device) => device.sourceId === sourceId) ? [] : [sourceId]),
      ],
    },
  });
}

/** What is acknowledged stays, as far as it is still a warning. */
function takeRemedy(
  state: WizardState,
  devices: readonly DeviceMapping[] | undefined,
  options: MigrationOptions | undefined,
): WizardState {
  const { choice } = state;
  const changed = options === undefined ? state : invalidateCheck({ ...state, options });
  if (devices === undefined || choice.kind !== 'destination' || choice.mapping.kind !== 'ready')
    return changed;
  const known = [...choice.mapping.devices.map(({ sourceId }) => sourceId), ...choice.mapping.unmapped];
  const mapped = new Set(devices.map(({ sourceId }) => sourceId));
  return withChoice(changed, {
    ...choice,
    mapping: { kind: 'ready', devices, unmapped: known.filter((id) => !mapped.has(id)) },
  });
}

function mapNamespace(
  device: DeviceMapping,
  source: number,
  destination: number | null,
  copy: boolean,
): DeviceMapping {
  const others = device.namespaces.filter((pair) => pair.source !== source);
  const pairs =
    destination === null
      ? others
      : [...others, { source, destination, ...(copy ? { copy: true as const } : {}) }];
  return { ...device, namespaces: pairs.sort((a, b) => a.source - b.source) };
}

function acknowledge(state: WizardState, ids: readonly string[], acknowledged: boolean): WizardState {
  const others = state.acknowledged.filter((id) => !ids.includes(id));
  return { ...state, acknowledged: acknowledged ? [...others, ...ids] : others };
}
