// Evaluating the program takes longer than painting the empty frame of index.html, so the frame is let through first:
// the code of the program is asked for at once, and evaluated after the next frame.
requestAnimationFrame(() => {
  setTimeout(() => {
    void import('./frame/start.tsx').then(({ startProgram }) => startProgram());
  });
});
