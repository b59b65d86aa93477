// The baseline of the bench: the least that is a themed window with something painted in it.
import { app, BrowserWindow } from 'electron';

// Every process is sandboxed, except where root or a test said --no-sandbox: together the two end every child process.
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1280, height: 800, show: false, backgroundColor: '#10151c' });
  window.once('ready-to-show', () => window.show());
  void window.loadFile('index.html');
});
app.on('window-all-closed', () => app.quit());
