import { setting, type PropertiesOf } from "../kit/editor/setting";
import { defaultsOf } from "../kit/option-kinds";
import { options } from "./options";
import { showDefaults } from "../kit/editor/absent-fields";
import { fieldOf, isUrl, type Field } from "../kit/editor/validators";
import { setUpCallbackTest } from "./editor/callback-test";
import { EventTypePicker } from "./editor/event-type-picker";
import { isOwnPort, prepareEndpoint } from "../webhook/editor/endpoint";

type Properties = PropertiesOf<typeof options>;

/** Rejects an empty callback address and an absent one. */
const isCallbackUrl = (url: Field): boolean => url !== undefined && isUrl("https?")(url);

let picker: EventTypePicker | undefined;

RED.nodes.registerType<Properties, { token: string }>("hcp-event-in", {
  category: "surveillance",
  color: "#C0DEED",
  defaults: {
    name: { value: "" },
    server: setting(options.server),
    eventTypes: setting(options.eventTypes),
    path: setting(options.path),
    listen: setting(options.listen),
    port: setting(options.port, isOwnPort),
    tls: setting(options.tls),
    trustedProxies: setting(options.trustedProxies),
    answer: setting(options.answer),
    ackTimeout: setting(options.ackTimeout),
    callbackUrl: setting(options.callbackUrl, function (this: object, url: Field) {
      return fieldOf(this, "manageSubscription") === false || isCallbackUrl(url);
    }),
    manageSubscription: setting(options.manageSubscription),
    checkEvery: setting(options.checkEvery),
    allow: setting(options.allow),
    pictures: setting(options.pictures),
    backfill: setting(options.backfill),
    raw: setting(options.raw),
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
    showDefaults(this, defaultsOf(options));
    prepareEndpoint();
    const { eventTypes } = this;
    // In an edited flow file, or from an environment variable, the value may be text.
    const codes = Array.isArray(eventTypes) ? eventTypes : String(eventTypes).split(",");
    picker = new EventTypePicker(codes, (key, values) => this._(key, values));
    $("#node-input-eventTypes-picker").append(picker.element);

    const manage = $("#node-input-manageSubscription");
    manage.on("change", () => {
      $(".hcp-event-in-managed").toggle(manage.is(":checked"));
    });
    manage.trigger("change");

    setUpCallbackTest(this, (key, values) => this._(key, values));

    const token = $("#node-input-token");
    const renew = (): void => {
      token.val(randomToken()).trigger("change");
    };
    $("#hcp-event-in-newToken").on("click", (event) => {
      event.preventDefault();
      renew();
    });
    // A new node gets a random token.
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
