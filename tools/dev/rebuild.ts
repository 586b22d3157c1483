import { copyIcons, copyLocales } from "../build/assets";
import { buildDialog, nodeTypes } from "../build/dialogs";
import { compileFiles, isRuntime } from "../build/runtime";

/** Updates `dist/` after changes of single files. It does not check types: `npm run typecheck` does. */
export class Rebuild {
  /** The sources of every dialog, by node type. */
  readonly #dialogs = new Map<string, readonly string[]>();
  /** The changed files since the last successful build: after a failure, the next build repeats them. */
  readonly #pending = new Set<string>();

  /** Builds every dialog once, which also returns its sources. */
  async prepare(): Promise<void> {
    await this.#buildDialogs(await nodeTypes());
  }

  /**
   * Builds the output of changed files.
   *
   * @param changed the files that were added, changed or removed, relative to the checkout with `/`
   * @throws {Error} when a file cannot be built; the message names it
   */
  async run(changed: readonly string[]): Promise<void> {
    for (const file of changed) this.#pending.add(file);
    const files = [...this.#pending];
    await compileFiles(files.filter(isRuntime));
    const types = await nodeTypes();
    await this.#buildDialogs(
      types.filter((type) => {
        const sources = this.#dialogs.get(type);
        return sources === undefined || files.some((file) => sources.includes(file));
      }),
    );
    if (files.some((file) => file.startsWith("locales/"))) await copyLocales();
    if (files.some((file) => file.startsWith("icons/"))) await copyIcons();
    this.#pending.clear();
  }

  async #buildDialogs(types: readonly string[]): Promise<void> {
    await Promise.all(
      types.map(async (type) => {
        this.#dialogs.set(type, await buildDialog(type));
      }),
    );
  }
}
