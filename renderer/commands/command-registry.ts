import { useEffect, useRef } from 'react';
import { create } from 'zustand';
import type { CommandId } from '#shared/commands/command-table.ts';

/** What a command does where somebody handles it. */
export interface CommandHandler {
  readonly run: () => void;
  /** Why it cannot be used now, or null. */
  readonly unavailable: string | null;
  /** What it is called now, where that says more than its row in the table: `Undo: Assign VF 3 to db-primary`. */
  readonly label?: string | null;
}

interface RegistryState {
  readonly handlers: Readonly<Partial<Record<CommandId, CommandHandler>>>;
}

/** What the commands do at the moment; screens register theirs while they are shown. */
export const useCommandRegistry = create<RegistryState>(() => ({ handlers: {} }));

/** Registers what a command does while the component is mounted. The newest registration wins. */
export function useCommand(
  id: CommandId,
  run: () => void,
  unavailable: string | null = null,
  label: string | null = null,
): void {
  // The function changes on every rendering; registering it anew each time would render every reader of the registry.
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const handler: CommandHandler = { run: () => latest.current(), unavailable, label };
    useCommandRegistry.setState(({ handlers }) => ({ handlers: { ...handlers, [id]: handler } }));
    return () => {
      useCommandRegistry.setState(({ handlers }) => {
        // Somebody else has registered since: it is theirs now.
        if (handlers[id] !== handler) return {};
        const rest = { ...handlers };
        delete rest[id];
        return { handlers: rest };
      });
    };
  }, [id, unavailable, label]);
}

/** Runs a command if something handles it and it is available now; answers whether it ran. */
export function runCommand(id: CommandId): boolean {
  const handler = useCommandRegistry.getState().handlers[id];
  if (handler === undefined || handler.unavailable !== null) return false;
  handler.run();
  return true;
}
