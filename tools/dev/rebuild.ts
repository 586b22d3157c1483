import { copyIcons, copyLocales } from "../build/assets";
import { buildDialog, nodeTypes } from "../build/dialogs";
import { compileFiles, isRuntime } from "../build/runtime";

/** Updates `dist/` after changes of single files. It does not check types: `npm run typecheck` does. */
export class Rebuild {
  /** The sources of every dialog, by node type. */
  readonly #dialogs = new Map<string, readonly string[]>();

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
    await compileFiles(changed.filter(isRuntime));
    const types = await nodeTypes();
    await this.#buildDialogs(
      types.filter((type) => {
        const sources = this.#dialogs.get(type);
        return sources === undefined || changed.some((file) => sources.includes(file));
      }),
    );
    if (changed.some((file) => file.startsWith("locales/"))) await copyLocales();
    if (changed.some((file) => file.startsWith("icons/"))) await copyIcons();
  }

  async #buildDialogs(types: readonly string[]): Promise<void> {
    await Promise.all(
      types.map(async (type) => {
        this.#dialogs.set(type, await buildDialog(type));
      }),
    );
  }
}
