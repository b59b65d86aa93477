/** Names only, without schemas, so that the preload script stays tiny; `contract.ts` must describe every one of them. */
export const requestChannels = [
  'app:info',
  'app:quit-anyway',
  'app:unsaved',
  'fleet:snapshot',
  'fleet:sources',
  'fleet:choose',
  'fleet:capture-snapshots',
  'fleet:open',
  'fleet:forget-recent',
  'fleet-file:template',
  'fleet-file:check',
  'fleet-file:read',
  'fleet-file:save',
  'procedure:plan',
  'procedure:plan-undo',
  'procedure:run',
  'procedure:abort',
  'procedure:undo',
  'procedure:recover',
  'history:list',
  'history:get',
  'migration:destinations',
  'migration:propose',
  'migration:check',
  'guest:view',
  'virtual-subsystem:leak-check',
  'simulation:clock',
  'simulation:set-clock',
  'simulation:step',
  'simulation:faults',
  'simulation:add-fault',
  'simulation:clear-fault',
  'simulation:device-fault',
  'virtual-subsystem:journal',
  'draft:list',
  'draft:save',
  'draft:delete',
  'trace:recent',
  'report:render',
  'report:export',
  'report:reveal',
  'settings:get',
  'settings:set',
] as const;
export type RequestChannel = (typeof requestChannels)[number];

export const eventChannels = [
  'fleet:change',
  'fleet:replaced',
  'run:changed',
  'drafts:changed',
  'trace:entries',
  'settings:changed',
  'simulation:clock-changed',
  'app:command',
  'app:notice',
] as const;
export type EventChannel = (typeof eventChannels)[number];

/** The two Electron channels that carry all of the above. */
export const electronRequestChannel = 'berth:request';
export const electronEventChannel = 'berth:event';
