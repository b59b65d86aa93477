import { useEffect, useRef } from 'react';
import { refusalWords } from '#shared/fleet/rules/assignment.ts';
import type { Fleet } from '#shared/fleet/schema.ts';
import { findSecondary } from '#shared/fleet/selectors.ts';
import { Kbd } from '../ui/content/small.tsx';
import { Button } from '../ui/controls/button.tsx';
import styles from './carry.module.css';
import { chosenOption } from './carry.ts';
import { cancelCarry, carriedTitle, useCarry } from './carry-store.ts';

/** The ghost at the pointer, or the bar that says what the keyboard carries and where it would drop it. */
export function CarryOverlay({ fleet }: { readonly fleet: Fleet }) {
  const carry = useCarry((state) => state.carry);
  if (carry.mode === 'idle') return null;
  const option = chosenOption(carry);
  const title = carriedTitle(fleet, carry.ids);
  if (carry.mode === 'keyboard')
    return (
      <div className={styles.carryBar} role="status">
        <span>
          <b>{title}</b> → {option === null ? '…' : <b>{option.title}</b>}
          {option?.verdict.allowed === true ? `: ${option.verdict.words}` : ''}
        </span>
        <span className="mute">
          <Kbd>↑ ↓</Kbd> target <Kbd>Enter</Kbd> drop <Kbd>Esc</Kbd> cancel
        </span>
        <Button size="small" kind="quiet" onClick={cancelCarry}>
          Cancel
        </Button>
      </div>
    );
  const only = carry.ids.length === 1 ? findSecondary(fleet, carry.ids[0] ?? '') : undefined;
  return (
    <Ghost>
      <span className={styles.ghostCell}>
        {only === undefined ? `${carry.ids.length} controllers` : title.split(' of ')[0]}
        <span className={styles.ghostLine}>
          {only === undefined ? 'secondary' : only.nvq + only.nvi > 0 ? `${only.nvq}q ${only.nvi}i` : 'free'}
        </span>
      </span>
      {option === null ? null : (
        <span className={styles.ghostWords} data-allowed={option.verdict.allowed}>
          {option.verdict.allowed
            ? `${option.title}: ${option.verdict.words}`
            : `Not ${option.title}: ${refusalWords(option.verdict.reasons)}`}
        </span>
      )}
    </Ghost>
  );
}

/** Follows the pointer without rendering: the position is written to the element itself. */
function Ghost({ children }: { readonly children: React.ReactNode }) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const move = (event: PointerEvent) => {
      if (element.current === null) return;
      element.current.hidden = false;
      // 340: its largest width, so that it never leaves the window at the right.
      const left = Math.min(event.clientX + 12, window.innerWidth - 340);
      element.current.style.transform = `translate(${left}px, ${event.clientY + 10}px)`;
    };
    const cancel = (event: KeyboardEvent) => {
      if (event.key === 'Escape') cancelCarry();
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('keydown', cancel);
    return () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('keydown', cancel);
    };
  }, []);
  return (
    <div ref={element} className={styles.ghost} hidden aria-hidden>
      {children}
    </div>
  );
}
