import { createRoot } from 'react-dom/client';
import { connectMirror } from '../fleet-mirror/connect.ts';
import { App } from './app.tsx';
import { applyAppearance } from './appearance.ts';

/** Puts the program in the place of the empty frame that index.html painted. */
export function startProgram(): void {
  applyAppearance();
  connectMirror();
  const root = document.getElementById('root');
  if (root !== null) createRoot(root).render(<App />);
}
