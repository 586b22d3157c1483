/** Defaults of where a webhook listens and whom it believes. A flow saved before they existed stays valid. */
export const placeDefaults = {
  listen: { value: "node-red" },
  port: {
    value: "",
    validate(this: { listen?: string }, value: string) {
      return this.listen !== "port" || RED.validators.number()(value);
    },
  },
  tls: { value: "", type: "tls-config", required: false },
  trustedProxies: { value: "" },
};

/** Shows the rows of a port of its own only where there is one. */
export function preparePlace(): void {
  const listen = $("#node-input-listen");
  // A node saved before there was a choice.
  if (!listen.val()) listen.val("node-red");
  const show = (): void => {
    $(".webhook-own-port").toggle(listen.val() === "port");
  };
  listen.on("change", show);
  show();
}
