import type { AdminFailure } from "../admin-failure";

/**
 * Sends a request to an admin route of the package: a POST if there is a body, else a GET.
 *
 * @param path relative, so that the editor adds the login of the user
 * @throws Error with the message of the runtime
 */
export function askRuntime<Result>(path: string, body?: object): Promise<Result> {
  return new Promise((resolve, reject) => {
    void $.ajax({
      url: path,
      method: body === undefined ? "GET" : "POST",
      dataType: "json",
      ...(body !== undefined && { contentType: "application/json", data: JSON.stringify(body) }),
      success: (result: Result) => {
        resolve(result);
      },
      error: ({ responseJSON, status, statusText }) => {
        const { error } = (responseJSON ?? {}) as Partial<AdminFailure>;
        reject(new Error(error ?? `${status} ${statusText}`));
      },
    });
  });
}

/** Shows a failure, as an element: the editor would parse a text as HTML, and parts of it come from other machines. */
export function notifyFailure(thrown: unknown): void {
  RED.notify($("<p>").text(thrown instanceof Error ? thrown.message : String(thrown)), "error");
}
