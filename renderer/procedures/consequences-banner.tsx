import { Banner } from '../ui/content/states.tsx';

/** What a plan interrupts or takes away, one line each; nothing where it interrupts nothing. */
export function ConsequencesBanner({ lines }: { readonly lines: readonly string[] }) {
  return lines.length === 0 ? null : <Banner tone="warning" title="What this interrupts" lines={lines} />;
}
