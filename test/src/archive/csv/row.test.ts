import assert from "node:assert/strict";
import { csvLine } from "../../../../src/archive/csv/row";

describe("csvLine", () => {
  it("quotes what would break a line (RFC 4180)", () => {
    assert.equal(
      csvLine(["plain", "a,b", 'say "hi"', "two\r\nlines", ""]),
      'plain,"a,b","say ""hi""","two\r\nlines",\r\n',
    );
  });

  it("quotes a field that holds the other separator or a tab: a spreadsheet may split at any of them", () => {
    assert.equal(csvLine(["a,b", "c;d", "e\tf"], ","), '"a,b","c;d","e\tf"\r\n');
    assert.equal(csvLine(["a,b", "c;d", "e\tf"], ";"), '"a,b";"c;d";"e\tf"\r\n');
  });

  it("protects a spreadsheet that expects the other separator from a formula behind it", () => {
    assert.equal(csvLine(["x;=1+1", "x,=1+1"], ","), `"x;'=1+1","x,=1+1"\r\n`);
    assert.equal(csvLine(["x;=1+1", "x,=1+1"], ";"), `"x;=1+1";"x,'=1+1"\r\n`);
  });

  it("protects a spreadsheet that reads no quotes from a formula at the start of a line", () => {
    assert.equal(csvLine(["x\n=1+1"]), `"x\n'=1+1"\r\n`);
  });

  it("cuts off text that does not fit into a cell", () => {
    const [field = ""] = csvLine(["=".padEnd(40_000, "1")]).split("\r\n");
    assert.equal(field.length, 32_767);
    assert.ok(field.endsWith("…"));
  });

  it("protects a spreadsheet from a formula behind a tab or a line end", () => {
    assert.equal(csvLine(["\t=1"]), `"'\t'=1"\r\n`);
    assert.equal(csvLine(["\r=1"]), `"'\r'=1"\r\n`);
  });

  for (const field of ["=1+1", "+1", "-1", "@SUM(A1)"]) {
    it(`keeps a spreadsheet from running ${JSON.stringify(field)}`, () => {
      assert.equal(csvLine([field]), `'${field}\r\n`);
    });
  }
});
