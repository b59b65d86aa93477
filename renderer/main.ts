/** In milliseconds, for a window that is never painted: one that starts minimised or behind others. */
const longestWait = 300;

let begun = false;

// Evaluating the program keeps this process from painting the empty frame of index.html, and loading the backend keeps
// the main process from showing it. So both begin when the frame has been shown, and side by side: the request is
// there to have the backend loaded, its answer is asked for again by the program.
function begin(): void {
  if (begun) return;
  begun = true;
  void window.berth?.request('settings:get', {});
  void import('./frame/start.tsx').then(({ startProgram }) => startProgram());
}

new PerformanceObserver(begin).observe({ type: 'paint', buffered: true });
setTimeout(begin, longestWait);
