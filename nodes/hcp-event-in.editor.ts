import type { NodeProperties } from "@node-red/editor-client";
import { EventTypePicker } from "./shared/editor/event-type-picker";
import { placeDefaults, preparePlace } from "./shared/editor/webhook-place";

interface Properties extends NodeProperties {
  name: string;
  server: string;
  eventTypes: (number | string)[];
  path: string;
  listen: string;
  port: string;
  tls: string;
  trustedProxies: string;
  callbackUrl: string;
  manageSubscription: boolean;
  checkEvery: string;
  allow: string;
  pictures: string;
  backfill: boolean;
  raw: boolean;
}

let picker: EventTypePicker | undefined;

RED.nodes.registerType<Properties, { token: string }>("hcp-event-in", {
  category: "surveillance",
  color: "#C0DEED",
  defaults: {
    name: { value: "" },
    server: { value: "", type: "hcp-config", required: true },
    eventTypes: { value: [] },
    path: { value: "/hcp/events", required: true },
    ...placeDefaults,
    callbackUrl: {
      value: "",
      validate(url: string) {
        return !this.manageSubscription || /^(https?:\/\/.+|\$\{.+\}.*)$/i.test(url);
      },
    },
    manageSubscription: { value: true },
    checkEvery: { value: "60", validate: RED.validators.number(true) },
    allow: { value: "" },
    pictures: { value: "uploaded" },
    backfill: { value: true },
    raw: { value: false },
  },
  credentials: {
    token: { type: "password" },
  },
  inputs: 0,
  outputs: 1,
  outputLabels: "event",
  icon: "surveillance-hcp-event-in.svg",
  paletteLabel: "hcp event",
  label() {
    return this.name || "hcp event";
  },
  labelStyle() {
    return this.name ? "node_label_italic" : "";
  },
  oneditprepare() {
    preparePlace();
    const { eventTypes } = this;
    // Typed into a flow file, or out of the environment, it may be text.
    const codes = Array.isArray(eventTypes) ? eventTypes : String(eventTypes).split(",");
    picker = new EventTypePicker(codes, (key, values) => this._(key, values));
    $("#node-input-eventTypes-picker").append(picker.element);

    const manage = $("#node-input-manageSubscription");
    manage.on("change", () => {
      $(".hcp-event-in-managed").toggle(manage.is(":checked"));
    });
    manage.trigger("change");

    const token = $("#node-input-token");
    const renew = (): void => {
      token.val(randomToken()).trigger("change");
    };
    $("#hcp-event-in-newToken").on("click", (event) => {
      event.preventDefault();
      renew();
    });
    // A node that was only just added: nobody should have to think of the token.
    if (String(token.val()) === "" && this.path === "/hcp/events" && this.callbackUrl === "") renew();
  },
  oneditsave() {
    this.eventTypes = picker?.codes ?? this.eventTypes;
    picker = undefined;
  },
  oneditcancel() {
    picker = undefined;
  },
});

function randomToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
