import type { AdminFailure } from "../admin-failure";

/**
 * Asks one of the package's own routes of Node-RED's admin application: a post when there is a body.
 *
 * @param path relative, so that the editor adds who is logged in
 * @throws Error with the runtime's own message
 */
export function askRuntime<Answer>(path: string, body?: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    void $.ajax({
      url: path,
      method: body === undefined ? "GET" : "POST",
      dataType: "json",
      ...(body !== undefined && { contentType: "application/json", data: JSON.stringify(body) }),
      success: (answer: Answer) => {
        resolve(answer);
      },
      error: ({ responseJSON, status, statusText }) => {
        const { error } = (responseJSON ?? {}) as Partial<AdminFailure>;
        reject(new Error(error ?? `${status} ${statusText}`));
      },
    });
  });
}

/** Shows a failure. As an element: a text would be taken for HTML, and some of it comes from other machines. */
export function notifyFailure(thrown: unknown): void {
  RED.notify($("<p>").text(thrown instanceof Error ? thrown.message : String(thrown)), "error");
}
