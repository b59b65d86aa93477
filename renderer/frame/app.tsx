import { CSPProvider } from '@base-ui/react/csp-provider';
import { ErrorBoundary } from './error-boundary.tsx';
import { Frame } from './frame.tsx';

/** The whole window. The content security policy forbids style elements, so the controls must not make any. */
export function App() {
  return (
    <CSPProvider disableStyleElements>
      <ErrorBoundary what="The window">
        <Frame />
      </ErrorBoundary>
    </CSPProvider>
  );
}
