import type { Parameter } from "../../../src/hcp/catalogue/types";
import type { OpenServer, Resource } from "../../hcp/admin-data";
import { askRuntime, notifyFailure } from "../../kit/editor/runtime";

/** The most suggestions at a time. Typing narrows them down. */
const SHOWN = 100;

interface Completion {
  value: string;
  label: JQuery;
}
/** Part of the editor since Node-RED 2.1, but missing in its type definitions. */
interface WithCompletion {
  autoComplete: (options: { minLength: number; search: (value: string) => Completion[] }) => JQuery;
}

/**
 * Returns a button that loads the platform's resources of a kind and then suggests names and ids for a field. In a
 * list, the suggestions apply to the text after the last comma.
 *
 * @param server returns the server; called when the button is pressed
 */
export function resourcePicker(
  { type, separator }: Parameter,
  kind: string,
  input: JQuery,
  server: () => OpenServer | undefined,
  translate: (key: string) => string,
): JQuery {
  const title = translate("form.pick");
  const icon = $('<i class="fa fa-list">');
  const button = $('<button type="button" class="red-ui-button red-ui-button-small">')
    .attr({ title, "aria-label": title })
    .append(icon);
  const isList = type === "array" || separator !== undefined;
  let resources: readonly Resource[] | undefined;

  const search = (value: string): Completion[] => {
    const cut = isList ? value.lastIndexOf(",") + 1 : 0;
    const [before, typed] = [value.slice(0, cut), value.slice(cut).trim().toLowerCase()];
    const isChosen = resources?.some(({ id }) => id.toLowerCase() === typed) ?? false;
    return (resources ?? [])
      .filter(({ id, name }) => isChosen || `${name} ${id}`.toLowerCase().includes(typed))
      .slice(0, SHOWN)
      .map(({ id, name }) => ({
        value: before + id,
        label: $("<div>").append($("<span>").text(name), " ", $("<code>").text(id)),
      }));
  };
  const load = async (): Promise<void> => {
    const openServer = server();
    if (openServer === undefined) {
      RED.notify(translate("form.noServer"), "warning");
      return;
    }
    icon.attr("class", "fa fa-spinner fa-spin");
    try {
      const isFirst = resources === undefined;
      resources = await askRuntime<Resource[]>("hcp-config/resources", { server: openServer, kind });
      if (isFirst) (input as unknown as WithCompletion).autoComplete({ minLength: 0, search });
      // Opens the suggestions: they react to these events.
      input.trigger("focus").trigger("keyup");
      if (resources.length === 0) RED.notify(translate("form.noneThere"), "warning");
    } catch (error) {
      notifyFailure(error);
    } finally {
      icon.attr("class", "fa fa-list");
    }
  };
  return button.on("click", () => void load());
}
