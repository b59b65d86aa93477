import { CircleAlert } from 'lucide-react';
import { Component, type ReactNode } from 'react';
import { EmptyState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { copyText } from '../ui/controls/copy-button.tsx';

interface Props {
  /** What failed, as the start of a sentence: `The migrations screen`. */
  readonly what: string;
  readonly children: ReactNode;
}

/** Catches a defect in a screen so that the rest of the window stays usable, and offers the text of the error. */
export class ErrorBoundary extends Component<Props, { readonly error: Error | null }> {
  override state: { readonly error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <EmptyState
        icon={CircleAlert}
        title={`${this.props.what} stopped with an error`}
        actions={
          <>
            <Button kind="primary" onClick={() => this.setState({ error: null })}>
              Show the screen again
            </Button>
            <Button onClick={() => void copyText(`${error.message}\n${error.stack ?? ''}`)}>
              Copy the error
            </Button>
          </>
        }
      >
        <p role="alert">
          {error.message} Devices and running procedures are not affected; they run outside this window.
        </p>
      </EmptyState>
    );
  }
}
