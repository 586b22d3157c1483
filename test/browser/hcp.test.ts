import assert from "node:assert/strict";
import { setTimeout } from "node:timers/promises";
import type { Page } from "playwright-core";
import { OpenEditor } from "../support/open-editor";
import { startHcpGateway, type HcpGateway } from "../servers/hcp-gateway";

interface EditorNode {
  id: string;
  operation?: string;
  body?: string;
  bodyType?: string;
}
/** The part of the editor's API that these tests use. */
interface Editor {
  nodes: { node(id: string): EditorNode };
  editor: { edit(node: EditorNode): void; editConfig(scope: string, type: string, id: string): void };
}
declare const RED: Editor;

const MOTION = 131331;
const credentials = { appKey: "21000031", appSecret: "browser-test-secret" };

/** The dialogs of the HikCentral nodes of the packed package, with a simulated gateway. */
describe("the editor of the HikCentral nodes", function () {
  this.timeout(120_000);
  let editor: OpenEditor;
  let gateway: HcpGateway;
  let page: Page;

  before(async () => {
    gateway = await startHcpGateway(credentials);
    const flow = [
      { id: "tab", type: "tab", label: "Test" },
      { id: "server", type: "hcp-config", url: gateway.url, verifyTls: true, timeout: "5", credentials },
      {
        ...{ id: "request", type: "hcp-request", z: "tab", x: 200, y: 100, wires: [[]], server: "server" },
        ...{ operation: "custom", path: "", body: "payload", bodyType: "msg", paging: "off" },
      },
      {
        ...{ id: "alarm", type: "hcp-alarm-out", z: "tab", x: 200, y: 200, wires: [[]], server: "server" },
        ...{ transport: "tcp", host: "", port: "", rule: "Browser", path: "", template: "" },
      },
      {
        ...{ id: "events", type: "hcp-event-in", z: "tab", x: 200, y: 300, wires: [[]], server: "server" },
        ...{ eventTypes: [MOTION], path: "/hcp/events", checkEvery: "60", manageSubscription: true },
        // The port refuses connections.
        ...{ callbackUrl: "http://127.0.0.1:1", credentials: { token: "browser-test-token" } },
      },
    ];
    editor = await OpenEditor.open({ flow });
    page = editor.page;
  });

  after(async () => {
    await editor.close();
    await gateway.close();
  });

  afterEach(() => {
    editor.assertNoProblems();
  });

  async function close(button: string): Promise<void> {
    await page.locator(button).last().click();
    await page.waitForSelector(".red-ui-tray", { state: "detached" });
  }
  const field = (parameter: string): ReturnType<Page["locator"]> =>
    page.locator(`[data-parameter="${parameter}"]`);
  const bodyValue = (): Promise<string> => page.locator("#node-input-body").inputValue();

  it("tests a server with the settings in the dialog and the saved secret", async () => {
    await page.evaluate(() => {
      RED.editor.editConfig("", "hcp-config", "server");
    });
    await page.click("#hcp-config-test");
    await page.waitForSelector("#hcp-config-tested .fa-check-circle");
    assert.match(
      await page.innerText("#hcp-config-tested"),
      /HikCentral Professional V2\.2\.2\.0 responded in/,
    );
    await editor.shoot("hcp-config-ok");

    await page.fill("#node-config-input-appSecret", "not-it");
    await page.click("#hcp-config-test");
    await page.waitForSelector("#hcp-config-tested .fa-exclamation-triangle");
    assert.match(await page.innerText("#hcp-config-tested"), /signature is not accepted/);
    await editor.shoot("hcp-config-signature");
    await close("#node-config-dialog-cancel");
  });

  it("finds an operation by words, and shows its parameters", async () => {
    await page.evaluate(() => {
      RED.editor.edit(RED.nodes.node("request"));
    });
    await page.waitForSelector("#node-input-operation optgroup", { state: "attached" });
    assert.ok((await page.locator("#node-input-operation optgroup").count()) > 10);
    await page.fill("#hcp-request-search", "live video");
    const options = page.locator("#node-input-operation optgroup option");
    assert.deepEqual(
      await options.evaluateAll((all) => all.map((each) => (each as HTMLOptionElement).value)),
      ["video/cameras/previewURLs"],
    );
    await editor.shoot("hcp-request-search");
    await page.selectOption("#node-input-operation", "video/cameras/previewURLs");
    assert.equal(await field("cameraIndexCode").count(), 1);
    assert.equal(await page.locator("#node-input-path").isVisible(), false);
    assert.equal(await page.locator("#hcp-request-paging").isVisible(), false);
    const text = await page.innerText("#hcp-request-parameters");
    assert.match(text, /cameraIndexCode \* text/);
    assert.doesNotMatch(text, /\b(form|type)\.[a-z]/i);
  });

  it("fills in an example, and writes inputs into the body", async () => {
    await page.click("#hcp-request-example");
    assert.deepEqual(JSON.parse(await bodyValue()), {
      cameraIndexCode: "31",
      streamType: 1,
      protocol: "rtsp_s",
      transmode: 1,
    });
    await field("streamType").selectOption("0");
    await field("transmode").selectOption("");
    assert.deepEqual(JSON.parse(await bodyValue()), {
      cameraIndexCode: "31",
      streamType: 0,
      protocol: "rtsp_s",
    });
  });

  it("offers the cameras of the platform for a camera parameter", async () => {
    await field("cameraIndexCode").fill("");
    await field("cameraIndexCode").locator("xpath=following-sibling::button").click();
    const menu = page.locator(".red-ui-autoComplete-container, .red-ui-menu-dropdown").last();
    await menu.getByText("Hall").waitFor();
    await editor.shoot("hcp-request-picker");
    await menu.getByText("Hall").click();
    assert.deepEqual(JSON.parse(await bodyValue()), {
      cameraIndexCode: "47",
      streamType: 0,
      protocol: "rtsp_s",
    });
    await editor.shoot("hcp-request-form");
  });

  it("shows the message of a platform as text, not as HTML", async () => {
    const message = "<img src=x onerror='window.ran = true'>";
    gateway.fail({ code: "1", msg: message });
    await field("cameraIndexCode").locator("xpath=following-sibling::button").click();
    const shown = page.locator(".red-ui-notification").filter({ hasText: message });
    await shown.waitFor();
    assert.equal(await shown.locator("img").count(), 0);
    await shown.click();
  });

  it("saves the operation and the body", async () => {
    await close("#node-dialog-ok");
    const saved = await page.evaluate(() => {
      const { operation, body, bodyType } = RED.nodes.node("request");
      return { operation, body: JSON.parse(body ?? "") as unknown, bodyType };
    });
    assert.deepEqual(saved, {
      operation: "video/cameras/previewURLs",
      body: { cameraIndexCode: "47", streamType: 0, protocol: "rtsp_s" },
      bodyType: "json",
    });
  });

  it("shows the saved operation, and nested parameters", async () => {
    await page.evaluate(() => {
      RED.editor.edit(RED.nodes.node("request"));
    });
    await page.waitForSelector("#node-input-operation optgroup", { state: "attached" });
    assert.equal(await page.inputValue("#node-input-operation"), "video/cameras/previewURLs");
    assert.equal(await field("cameraIndexCode").inputValue(), "47");
    await page.selectOption("#node-input-operation", "visitor/visitorgroups/groupinfo");
    await page.click("#hcp-request-example");
    await editor.shoot("hcp-request-nested");
    assert.equal(await field("VisitorListRequest.pageIndex").inputValue(), "1");
    assert.equal(await page.locator("#hcp-request-paging").isVisible(), true);
    await page.selectOption("#node-input-operation", "visitor/visitorconfig/customfields");
    await page.click("#hcp-request-example");
    await field("customFieldName").fill("floor");
    await field("customFieldName").fill("");
    assert.deepEqual(JSON.parse(await bodyValue()), { pageIndex: 0, pageSize: 50, customFieldName: "" });
    await close("#node-dialog-cancel");
  });

  it("shows the limits of a server, and offers resending for alarms over TCP", async () => {
    await page.evaluate(() => {
      RED.editor.editConfig("", "hcp-config", "server");
    });
    for (const [name, preset] of [
      ["concurrency", "8"],
      ["pending", "10000"],
    ] as const) {
      const input = page.locator(`#node-config-input-${name}`);
      // The flow does not have these settings.
      assert.equal(await input.inputValue(), preset);
      assert.equal(await input.evaluate((each) => each.classList.contains("input-error")), false);
    }
    await page.fill("#node-config-input-concurrency", "many");
    await page.locator("#node-config-input-concurrency").press("Tab");
    assert.equal(
      await page
        .locator("#node-config-input-concurrency")
        .evaluate((each) => each.classList.contains("input-error")),
      true,
    );
    await close("#node-config-dialog-cancel");

    await page.evaluate(() => {
      RED.editor.edit(RED.nodes.node("alarm"));
    });
    const resend = page.locator("#node-input-resend");
    assert.deepEqual([await resend.isVisible(), await resend.isChecked()], [true, false]);
    await page.selectOption("#node-input-transport", "udp");
    assert.equal(await resend.isVisible(), false);
    await close("#node-dialog-cancel");
  });

  describe("of hcp-event-in", () => {
    const subscribedTo = async (origin: string): Promise<void> => {
      while (!gateway.events.subscriptions.some(({ eventDest }) => eventDest.startsWith(`${origin}/`)))
        await setTimeout(20);
    };
    const edit = (): Promise<void> =>
      page.evaluate(() => {
        RED.editor.edit(RED.nodes.node("events"));
      });
    /** Presses the button and returns the lines below it at the end of the test. */
    const tested = async (): Promise<string[]> => {
      await page.click("#hcp-event-in-test");
      await page.waitForSelector("#hcp-event-in-test:enabled");
      return (await page.innerText("#hcp-event-in-tested")).split("\n");
    };

    it("shows that a callback address is not reachable, with the reason and advice", async () => {
      await subscribedTo("http://127.0.0.1:1");
      await edit();
      const [subscribed, failed, reason, advice, ...rest] = await tested();
      assert.deepEqual(
        [subscribed, failed, rest],
        [
          "HikCentral posts 1 of 1 types to this node.",
          "A test post from this machine did not arrive.",
          [] as string[],
        ],
      );
      assert.match(reason ?? "", /http:\/\/127\.0\.0\.1:1\b.*refused/i);
      assert.match(advice ?? "", /only HikCentral can reach that address/);
      assert.doesNotMatch(await page.innerText("#hcp-event-in-tested"), /browser-test-token/);
      await editor.shoot("hcp-event-in-callback-failed");
    });

    it("shows that a callback address is reachable after a deploy", async () => {
      const { origin } = editor.nodeRed;
      await page.fill("#node-input-callbackUrl", origin);
      // Until the deploy, the test uses the old address, and the dialog says so.
      const asDeployed = "The test used the deployed settings, without later changes.";
      assert.equal((await tested()).at(-1), asDeployed);
      await close("#node-dialog-ok");
      await page.click("#red-ui-header-button-deploy:not(.disabled)");
      // The platform can have the subscription before the editor has finished.
      await page.waitForSelector("#red-ui-header-button-deploy.disabled");
      await subscribedTo(origin);
      await edit();
      const [subscribed, arrived, ...rest] = await tested();
      assert.deepEqual([subscribed, rest], ["HikCentral posts 1 of 1 types to this node.", [] as string[]]);
      assert.match(arrived ?? "", /^A test post from this machine arrived after \d+ ms\.$/);
      await editor.shoot("hcp-event-in-callback-arrived");
    });

    it("shows other destinations of the types, and why HikCentral cannot list them", async () => {
      gateway.events.subscriptions.push({ eventTypes: [MOTION], eventDest: "http://10.9.8.7:1880/secret" });
      assert.ok((await tested()).includes("Some of them also go to http://10.9.8.7:1880."));
      gateway.fail({ code: "0x00072201" }, 1, "/eventSubscriptionView");
      const [notListed] = await tested();
      assert.equal(notListed, "The subscriptions could not be read from HikCentral.");
      await close("#node-dialog-cancel");
    });
  });
});
