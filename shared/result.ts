import type { BerthError, ErrorCode } from './error-schema.ts';

// The schema stands apart: whoever only makes or reads a result (the window's own code, before the first paint) need not
// load a schema library for it.
export type { BerthError, ErrorCode };

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: BerthError };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T = never>(
  code: ErrorCode,
  message: string,
  about: Omit<BerthError, 'code' | 'message'> = {},
): Result<T> {
  return { ok: false, error: { code, message, ...about } };
}

/** Fails to compile when a switch over a union forgets a case; throws if the types lied. */
export function unreachable(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
