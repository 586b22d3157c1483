import assert from "node:assert/strict";
import { distTagOf } from "../../tools/release";

describe("distTagOf", () => {
  const changelog =
    "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-01-31\n\n## [1.3.0-beta.1] - 2026-02-01\n";

  it("returns latest for a version, and next for a version with a suffix", () => {
    assert.equal(distTagOf("v1.2.3", "1.2.3", changelog), "latest");
    assert.equal(distTagOf("v1.3.0-beta.1", "1.3.0-beta.1", changelog), "next");
  });

  it("rejects a tag that differs from the version", () => {
    assert.throws(() => distTagOf("v1.2.4", "1.2.3", changelog), /v1\.2\.4 is not .* Expected: v1\.2\.3/);
    assert.throws(() => distTagOf("1.2.3", "1.2.3", changelog), /Expected: v1\.2\.3/);
  });

  it("rejects a version without a dated section in the changelog", () => {
    assert.throws(() => distTagOf("v1.2.0", "1.2.0", changelog), /no dated section of 1\.2\.0/);
    assert.throws(() => distTagOf("v1.0.0", "1.0.0", "## [1.0.0] - soon\n"), /no dated section/);
  });
});
