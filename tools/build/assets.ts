import { cp, mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { distNodes, root } from "./paths";

interface Catalogue {
  [key: string]: string | Catalogue;
}

export async function copyIcons(): Promise<void> {
  await cp(path.join(root, "icons"), path.join(distNodes, "icons"), { recursive: true });
}

/** Copies the catalogues and merges shared.json (statuses, common labels) into the catalogue of every node. */
export async function copyLocales(): Promise<void> {
  const locales = path.join(root, "locales");
  for (const language of await readdir(locales)) {
    const target = path.join(distNodes, "locales", language);
    await mkdir(target, { recursive: true });
    const shared = await readCatalogue(path.join(locales, language, "shared.json"));
    for (const file of await readdir(path.join(locales, language))) {
      const source = path.join(locales, language, file);
      if (file === "shared.json") continue;
      if (file.endsWith(".json")) {
        const merged = merge(shared, await readCatalogue(source));
        await writeFile(path.join(target, file), JSON.stringify(merged, null, 2));
      } else {
        await cp(source, path.join(target, file));
      }
    }
  }
}

async function readCatalogue(file: string): Promise<Catalogue> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Catalogue;
  } catch (error) {
    throw new Error(`${path.relative(root, file)}: ${(error as Error).message}`, { cause: error });
  }
}

function merge(base: Catalogue, over: Catalogue): Catalogue {
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = base[key];
    merged[key] = typeof value === "object" && typeof below === "object" ? merge(below, value) : value;
  }
  return merged;
}
