import { fieldOf, isChosen, type Field } from "../../kit/editor/validators";

/** Requires a server if the store is NATS. */
export function isStoreServer(this: object, server: Field): boolean {
  return fieldOf(this, "store") !== "nats" || isChosen(server);
}

/** Requires a folder if the store is this computer. */
export function isStoreFolder(this: object, folder: Field): boolean {
  return fieldOf(this, "store") === "nats" || folder == null || String(folder).trim() !== "";
}

/** Shows only the rows of the chosen store. */
export function prepareStore(): void {
  const store = $("#node-input-store");
  const show = (): void => {
    const isNats = store.val() === "nats";
    $(".events-here").toggle(!isNats);
    $(".events-nats").toggle(isNats);
  };
  store.on("change", show);
  show();
}
