/**
 * Takes the `//` away in front of a setting of Node-RED's settings file, as its user would.
 *
 * @param value replaces what the commented line gives as an example
 */
export function uncomment(written: string, setting: string, value?: string): string {
  const line = new RegExp(`^(\\s*)//(${setting}: *)(.*),$`, "m");
  return written.replace(line, (_line, indent: string, name: string, example: string) => {
    return `${indent}${name}${value ?? example},`;
  });
}

/** Takes the `//` away in front of the example of `https`, with these files in place of the ones named there. */
export function serveHttps(written: string, files: { key: string; cert: string }): string {
  return written
    .replace(/^ *\/\/https: \{\n(?: *\/\/.*\n)*? *\/\/\},$/m, (block) => block.replaceAll("//", ""))
    .replace("'privkey.pem'", JSON.stringify(files.key))
    .replace("'cert.pem'", JSON.stringify(files.cert));
}
