import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { errorCodes } from "../../src/core/errors";

const locales = path.resolve(__dirname, "../../locales");
/** The longest status text, in characters, that keeps flows readable. */
const STATUS_LENGTH = 20;

interface Catalogue {
  [key: string]: string | Catalogue;
}

function read(language: string, file: string): Catalogue {
  return JSON.parse(readFileSync(path.join(locales, language, file), "utf8")) as Catalogue;
}

function leaves(catalogue: Catalogue, prefix = ""): [string, string][] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[prefix + key, value] as [string, string]]
      : leaves(value, `${prefix}${key}.`),
  );
}

describe("the message catalogues", () => {
  const catalogues = readdirSync(path.join(locales, "en-US")).filter((file) => file.endsWith(".json"));

  for (const language of readdirSync(locales)) {
    for (const file of catalogues) {
      it(`${language}/${file} has the keys and placeholders of the English catalogue`, () => {
        const placeholders = (text: string): string[] => (text.match(/__\w+__/g) ?? []).sort();
        const shape = (lang: string): [string, string[]][] =>
          leaves(read(lang, file)).map(([key, text]) => [key, placeholders(text)]);
        assert.deepEqual(Object.fromEntries(shape(language)), Object.fromEntries(shape("en-US")));
      });
    }

    it(`${language} has a short status text for every error code`, () => {
      const texts = (read(language, "shared.json").status as Catalogue).error as Catalogue;
      assert.deepEqual(Object.keys(texts).sort(), ["OTHER", ...Object.keys(errorCodes)].sort());
    });

    it(`${language} keeps its status texts short`, () => {
      const long = catalogues
        .flatMap((file) => leaves(read(language, file)))
        .filter(
          ([key, text]) => key.startsWith("status.") && text.replace(/__\w+__/g, "00").length > STATUS_LENGTH,
        );
      assert.deepEqual(long, []);
    });
  }
});

describe("the help texts", () => {
  const texts = readdirSync(locales).flatMap((language) =>
    readdirSync(path.join(locales, language))
      .filter((file) => file.endsWith(".html"))
      .map((file) => path.join(language, file)),
  );

  for (const file of texts) {
    it(`${file} has no blank line in a list of fields`, () => {
      const text = readFileSync(path.join(locales, file), "utf8");
      assert.doesNotMatch(
        text,
        /\n: .*\n\n+: /,
        "a blank line ends the list, and the next field is plain text",
      );
    });

    it(`${file} has no indented code by accident`, () => {
      assert.doesNotMatch(readFileSync(path.join(locales, file), "utf8"), /^ {4,}\S/m);
    });
  }

  for (const file of texts.filter((each) => !each.startsWith("en-US"))) {
    it(`${file} has the terms and paragraphs of the English text`, () => {
      // Fields, codes and values are the same in every language. Terms with placeholders are translated.
      const terms = (of: string): string[] => {
        const all = readFileSync(path.join(locales, of), "utf8").match(/`[^`\n]+`/g) ?? [];
        return [...new Set<string>(all)].filter((term) => !term.includes("<")).sort();
      };
      const paragraphs = (of: string): number =>
        readFileSync(path.join(locales, of), "utf8").split(/\n\s*\n/).length;
      const english = path.join("en-US", path.basename(file));
      assert.deepEqual(terms(file), terms(english));
      assert.equal(paragraphs(file), paragraphs(english));
    });
  }
});
