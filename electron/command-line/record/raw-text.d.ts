/** A script as the text that it is. */
declare module '*.sh?raw' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: this is how Vite imports a file as text.
  export default text;
}
