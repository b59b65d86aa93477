import { Banner } from '../ui/content/states.tsx';

/** What of a selection stays as it is, and why, one line each; nothing where all of it is changed. */
export function LeftBanner({ lines }: { readonly lines: readonly string[] }) {
  return lines.length === 0 ? null : <Banner title="What this leaves as it is" lines={lines} />;
}
