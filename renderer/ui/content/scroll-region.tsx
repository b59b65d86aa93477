import type { ReactNode, Ref } from 'react';
import styles from './scroll-region.module.css';

/** A part of a screen that scrolls by itself. It takes the focus, because the arrow keys scroll only what has it. */
export function ScrollRegion({
  as: Element = 'section',
  label,
  labelledBy,
  className,
  hidden,
  ref,
  children,
}: {
  readonly as?: 'section' | 'ol' | 'ul' | 'pre';
  /** Accessible name; left out where `labelledBy` or what stands around gives one. */
  readonly label?: string;
  /** Id of the element that is its name. */
  readonly labelledBy?: string;
  /** Size and frame; scrolling is the region's own. */
  readonly className?: string | undefined;
  readonly hidden?: boolean;
  /** The scrolling element, for `scrollTop` or a shadow tree. */
  readonly ref?: Ref<HTMLElement>;
  readonly children?: ReactNode;
}) {
  return (
    <Element
      ref={ref as Ref<never>}
      className={`${styles.region} ${className ?? ''}`}
      hidden={hidden}
      aria-label={label}
      aria-labelledby={labelledBy}
      tabIndex={0}
    >
      {children}
    </Element>
  );
}
