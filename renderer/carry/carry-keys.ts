import { cancelCarry, drop, stepTarget } from './carry-store.ts';

/** Keys while secondaries are carried by keyboard: arrows walk the legal targets only. */
export function handleCarryKey(key: string): boolean {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      stepTarget(1);
      return true;
    case 'ArrowLeft':
    case 'ArrowUp':
      stepTarget(-1);
      return true;
    case 'Enter':
      drop();
      return true;
    case 'Escape':
      cancelCarry();
      return true;
    // Tab would leave the region with something in hand.
    case 'Tab':
      return true;
    default:
      // A second Space must not pick up again.
      return key === ' ';
  }
}
