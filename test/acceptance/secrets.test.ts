import assert from "node:assert/strict";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { deploy, freePort } from "../../tools/node-red";
import { jpeg } from "../servers/isapi/alerts";
import { IpcPosts } from "../servers/viewtron/ipc-posts";
import { secretsOf } from "../support/built-dialog";
import { nodeTypes } from "../support/dialogs";
import { rawPost } from "../support/raw-http";
import { failing, secretFlow, spellingsOf, uses } from "../support/secret-flow";
import { Sidebar } from "../support/sidebar";
import { SimulatedSite } from "../support/simulated-site";
import { startWorld, type World } from "../support/world";

const variable = "environment-Secret-4";
const onLinux = process.platform === "linux" ? it : it.skip;

describe("the secrets of an installed Node-RED with every node at work and failing", function () {
  this.timeout(60_000);
  let site: SimulatedSite;
  let world: World;
  let sidebar: Sidebar;
  let spellings: string[];
  let temporary: string;

  before(async function () {
    this.timeout(180_000);
    site = await SimulatedSite.open();
    spellings = [...spellingsOf(site), variable];
    temporary = path.join(site.folder, "temporary");
    await mkdir(temporary);
    const port = await freePort();
    world = await startWorld({ port, env: { TMPDIR: temporary, CAMERA_PASSWORD: variable } });
    sidebar = await Sidebar.open(world);
    await deploy(world.url, secretFlow(site, port));
    await work(port);
  });
  after(async () => {
    sidebar.close();
    await world.stop();
    await site.close();
  });

  /** Uses every node, with a success and an error of each kind. */
  async function work(port: number): Promise<void> {
    // Node-RED answers the deploy before every node has started.
    await sidebar.next("out-frames");
    const plate = Buffer.from(new IpcPosts().plate({ plate: "MARK1" }));
    const origin = `http://127.0.0.1:${port}`;
    const login = (password: string): string =>
      `Basic ${Buffer.from(`camera:${password}`).toString("base64")}`;
    for (const password of ["guessed", uses["viewtron-webhook-in"]?.secrets.password ?? ""])
      await rawPost(`${origin}/viewtron`, { headers: { Authorization: login(password) }, body: plate });
    const token = encodeURIComponent(uses["hcp-event-in"]?.secrets.token ?? "");
    for (const end of ["guessed", token])
      await rawPost(`${origin}/hcp/events/${end}`, {
        headers: { "Content-Type": "application/json" },
        body: Buffer.from('{"method":"OnEventNotify","params":{"events":[{}]}}'),
      });
    for (const id of ["request", "snapshot", "device-info", "ptz"]) await sidebar.trigger(id);
    await sidebar.press("device-info", { path: "/ISAPI/Nothing/here" });
    await sidebar.press("detect", { payload: jpeg(400, 64, 48) });
    await sidebar.press("hcp-wrong");
    await sidebar.press("isapi-wrong");
    await sidebar.next("out-detect");
    for (const id of failing) await sidebar.errorOf(id);
    await sidebar.errorOf("device-info");
  }

  function assertSafe(text: string, where: string): void {
    for (const spelling of spellings) {
      const at = text.indexOf(spelling);
      assert.ok(at < 0, `${where} has ${spelling}: …${text.slice(Math.max(0, at - 200), at + 200)}…`);
    }
  }

  async function filesBelow(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  }

  /** Returns the processes below a process, with their command lines and environments. */
  async function descendants(pid: number): Promise<{ pid: number; text: string }[]> {
    const tasks = await readdir(`/proc/${pid}/task`);
    const lists = await Promise.all(
      tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, "utf8")),
    );
    const children = lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
    const found = await Promise.all(
      children.map(async (child) => {
        const [line, environment] = await Promise.all(
          ["cmdline", "environ"].map((name) => readFile(`/proc/${child}/${name}`, "utf8").catch(() => "")),
        );
        return [{ pid: child, text: `${line ?? ""}\n${environment ?? ""}` }, ...(await descendants(child))];
      }),
    );
    return found.flat();
  }

  it("are all marked: a new credential needs a place in the flow of this test", () => {
    const declared = nodeTypes.flatMap((type) => secretsOf(type).map((name) => `${type} ${name}`));
    const marked = Object.entries(uses).flatMap(([type, { secrets }]) =>
      Object.keys(secrets).map((name) => `${type} ${name}`),
    );
    assert.deepEqual(marked.sort(), declared.sort());
  });

  it("are in no line of the log", () => {
    assertSafe(world.output(), "the log");
  });

  it("are in no message, error, cause, stack or status", () => {
    assert.ok(sidebar.received.includes("isapi-wrong") && sidebar.received.includes("stack"));
    assertSafe(sidebar.received, "the debug sidebar");
  });

  it("are in no flow that the editor reads or exports", async () => {
    const flows = await (await fetch(`${world.url}/flows`)).text();
    assert.ok(flows.includes("device-wrong"));
    // The URL of this node has a password: the help says that a URL is exported.
    const exported = (JSON.parse(flows) as { id: string }[]).filter(({ id }) => id !== "frames-gone");
    assertSafe(JSON.stringify(exported), "the exported flow");
  });

  it("are in no answer about credentials", async () => {
    for (const [type, id] of [
      ["isapi-config", "device-wrong"],
      ["hcp-config", "server-wrong"],
      ["hcp-event-in", "hcp-events"],
    ] as const)
      assertSafe(
        await (await fetch(`${world.url}/credentials/${type}/${id}`)).text(),
        `the answer for ${id}`,
      );
  });

  it("are in no file of the user directory and in no temporary file", async () => {
    const own = (await readdir(world.userDir)).filter(
      (name) => name !== "node_modules" && name !== "flows.json",
    );
    const nested = await Promise.all(
      own.map(async (name) => {
        const at = path.join(world.userDir, name);
        return filesBelow(at).catch(() => [at]);
      }),
    );
    const files = [...nested.flat(), ...(await filesBelow(site.folder))];
    assert.ok(files.some((file) => file.endsWith("flows_cred.json")));
    for (const file of files) assertSafe((await readFile(file)).toString("latin1"), file);
    for (const file of files) assertSafe((await readFile(file)).toString("utf8"), file);
  });

  onLinux("are in no command line and no environment of a child process", async () => {
    const processes = await descendants(world.pid);
    assert.ok(processes.some(({ text }) => text.includes("ffmpeg")));
    assert.ok(processes.some(({ text }) => text.includes("inference-worker")));
    for (const { pid, text } of processes) assertSafe(text, `the process ${pid}`);
  });

  onLinux("are in no core dump: no child process may write one", async () => {
    for (const { pid } of await descendants(world.pid)) {
      const limits = await readFile(`/proc/${pid}/limits`, "utf8").catch(() => undefined);
      if (limits !== undefined) assert.match(limits, /^Max core file size +0 +0 /m);
    }
  });
});
