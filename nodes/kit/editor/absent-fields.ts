/**
 * Shows the defaults of settings that are missing in an older flow. Without this, a list would be empty, and "Done"
 * would save that.
 *
 * @param node the node of the open dialog
 * @param prefix prefix of the ids of the dialog's fields
 */
export function showDefaults(
  node: object,
  defaults: Readonly<Record<string, unknown>>,
  prefix: "node-input" | "node-config-input" = "node-input",
): void {
  for (const [name, value] of Object.entries(defaults)) {
    if ((node as Record<string, unknown>)[name] != null) continue;
    const field = $(`#${prefix}-${name}`);
    if (typeof value === "boolean") field.prop("checked", value);
    else if (typeof value === "string") field.val(value);
  }
}
