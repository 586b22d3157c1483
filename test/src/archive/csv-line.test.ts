import assert from "node:assert/strict";
import { csvLine } from "../../../src/archive/csv-line";

describe("csvLine", () => {
  it("quotes what would break a line (RFC 4180)", () => {
    assert.equal(
      csvLine(["plain", "a,b", 'say "hi"', "two\r\nlines", ""]),
      'plain,"a,b","say ""hi""","two\r\nlines",\r\n',
    );
  });

  for (const field of ["=1+1", "+1", "-1", "@SUM(A1)", "\tx"]) {
    it(`keeps a spreadsheet from running ${JSON.stringify(field)}`, () => {
      assert.equal(csvLine([field]), `'${field}\r\n`);
    });
  }
});
