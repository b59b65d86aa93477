import { lazy, Suspense } from 'react';

const Content = lazy(async () => ({ default: (await import('./problems-content.tsx')).ProblemsContent }));

/** Everything that failed or could not be read; its content is loaded when it is first opened. */
export function ProblemsDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Suspense fallback={null}>
      <Content onClose={onClose} />
    </Suspense>
  );
}
