/** What the plugin of setup/python.mjs makes of a file of Python: its text. */
declare module '*.py' {
  const text: string;
  export default text;
}
