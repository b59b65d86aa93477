import { z } from 'zod';
import { capabilitySchema } from '../fleet/schema.ts';
import {
  awaitedSchema,
  clockModeSchema,
  clockStateSchema,
  longestStepMilliseconds,
} from '../simulation/clock-state.ts';
import { deviceFaultSchema, notedFaultSchema } from '../simulation/device-faults.ts';
import { commandFaultSchema, plannedFaultSchema } from '../simulation/faults.ts';
import { objectIdSchema as id, emptySchema as nothing } from './contract-parts.ts';

/** The clock and the faults of a simulated fleet. */
export const simulationRequests = {
  /** The clock of a simulated fleet; with the reason where there is none. */
  'simulation:clock': {
    request: nothing,
    response: z.object({ capability: capabilitySchema, clock: clockStateSchema.nullable() }),
  },
  'simulation:set-clock': {
    request: z.object({ mode: clockModeSchema }),
    response: z.object({ clock: clockStateSchema }),
  },
  /** Pauses the clock and ends the one wait that is due first; with milliseconds, lets that much time pass at once. */
  'simulation:step': {
    request: z.object({ milliseconds: z.number().int().min(1).max(longestStepMilliseconds).optional() }),
    response: z.object({ ended: awaitedSchema.nullable(), clock: clockStateSchema }),
  },
  /** Faults that wait for commands, and what was injected so far. */
  'simulation:faults': {
    request: nothing,
    response: z.object({
      faults: z.array(plannedFaultSchema.extend({ subsystemId: id })),
      injected: z.array(notedFaultSchema),
    }),
  },
  /** `controllerId`: the controller whose commands it meets; null: any of the NVM subsystem. */
  'simulation:add-fault': {
    request: z.object({
      subsystemId: id,
      controllerId: id.nullable(),
      fault: commandFaultSchema.omit({ cntlid: true }),
    }),
    response: z.object({ number: z.number().int() }),
  },
  'simulation:clear-fault': {
    request: z.object({ subsystemId: id, number: z.number().int().min(1) }),
    response: nothing,
  },
  /** Lets a fault happen, reads the fleet again, and answers in words what it was. */
  'simulation:device-fault': {
    request: z.object({ fault: deviceFaultSchema }),
    response: z.object({ words: z.string() }),
  },
} as const;
