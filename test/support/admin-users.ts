import type { World } from "./world";

/** The users of a Node-RED with `adminAuth`: the password is the user name. */
export type AdminUser = "admin" | "reader";

/** Edits the default settings file: the editor requires a login, and `reader` may not change anything. */
export function withAdminAuth(written: string): string {
  const login = `adminAuth: {
        type: "credentials",
        users: async (name) => ({ username: name, permissions: name === "admin" ? "*" : "read" }),
        authenticate: async (name, password) =>
            name === password ? { username: name, permissions: name === "admin" ? "*" : "read" } : null,
    },`;
  return written.replace("module.exports = {", `module.exports = {\n    ${login}`);
}

/** Logs in to the editor. @returns the headers of a request by this user */
export async function loginOf(world: World, user: AdminUser): Promise<Record<string, string>> {
  const scope = user === "admin" ? "*" : "read";
  const fields = { client_id: "node-red-editor", grant_type: "password", scope };
  const response = await fetch(`${world.url}/auth/token`, {
    method: "POST",
    body: new URLSearchParams({ ...fields, username: user, password: user }),
  });
  if (!response.ok) throw new Error(`${user} cannot log in: ${response.status} ${await response.text()}`);
  const { access_token: token } = (await response.json()) as { access_token: string };
  return { Authorization: `Bearer ${token}` };
}
