/**
 * Removes the `//` before a setting in Node-RED's default settings file.
 *
 * @param value replaces the value in the comment
 */
export function uncomment(written: string, setting: string, value?: string): string {
  const line = new RegExp(`^(\\s*)//(${setting}: *)(.*),$`, "m");
  return written.replace(line, (_line, indent: string, name: string, example: string) => {
    return `${indent}${name}${value ?? example},`;
  });
}

/** Removes the `//` before the example for `https`, and replaces its files. */
export function serveHttps(written: string, files: { key: string; cert: string }): string {
  return written
    .replace(/^ *\/\/https: \{\n(?: *\/\/.*\n)*? *\/\/\},$/m, (block) => block.replaceAll("//", ""))
    .replace("'privkey.pem'", JSON.stringify(files.key))
    .replace("'cert.pem'", JSON.stringify(files.cert));
}
