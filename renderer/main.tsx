import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { applyAppearance } from './app/appearance.ts';
import { connectMirror } from './fleet-mirror/connect.ts';

applyAppearance();
connectMirror();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
