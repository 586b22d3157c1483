import { copyIcons, copyLocales } from "../build/assets";
import { buildDialog, nodeTypes } from "../build/dialogs";
import { compileFiles, isRuntime } from "../build/runtime";

/** Brings `dist/` up to date with single files. Types are not checked: `npm run typecheck` does that. */
export class Rebuild {
  /** What each node's dialog is made of. */
  readonly #dialogs = new Map<string, readonly string[]>();

  /** Builds every dialog once, to know its sources. */
  async prepare(): Promise<void> {
    await this.#buildDialogs(await nodeTypes());
  }

  /**
   * Builds what is made of these files.
   *
   * @param changed paths relative to the checkout, with `/`: of files that are new, changed or gone
   * @throws {Error} naming the file that cannot be built
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
