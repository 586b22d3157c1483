import assert from "node:assert/strict";
import { csvLine } from "../../../../src/archive/csv/row";

describe("csvLine", () => {
  it("quotes fields that would break a line (RFC 4180)", () => {
    assert.equal(
      csvLine(["plain", "a,b", 'say "hi"', "two\r\nlines", ""]),
      'plain,"a,b","say ""hi""","two\r\nlines",\r\n',
    );
  });

  it("quotes a field that contains the other separator or a tab, at which a spreadsheet may split", () => {
    assert.equal(csvLine(["a,b", "c;d", "e\tf"], ","), '"a,b","c;d","e\tf"\r\n');
    assert.equal(csvLine(["a,b", "c;d", "e\tf"], ";"), '"a,b";"c;d";"e\tf"\r\n');
  });

  it("escapes a formula behind the other separator, for a spreadsheet that expects it", () => {
    assert.equal(csvLine(["x;=1+1", "x,=1+1"], ","), `"x;'=1+1","x,=1+1"\r\n`);
    assert.equal(csvLine(["x;=1+1", "x,=1+1"], ";"), `"x;=1+1";"x,'=1+1"\r\n`);
  });

  it("escapes a formula at the start of a line, for a spreadsheet that ignores quotes", () => {
    assert.equal(csvLine(["x\n=1+1"]), `"x\n'=1+1"\r\n`);
  });

  it("cuts off text that is too long for a cell", () => {
    const [field = ""] = csvLine(["=".padEnd(40_000, "1")]).split("\r\n");
    assert.equal(field.length, 32_767);
    assert.ok(field.endsWith("…"));
  });

  it("escapes a formula behind a tab or a line end", () => {
    assert.equal(csvLine(["\t=1"]), `"'\t'=1"\r\n`);
    assert.equal(csvLine(["\r=1"]), `"'\r'=1"\r\n`);
  });

  for (const field of ["=1+1", "+1", "-1", "@SUM(A1)"]) {
    it(`escapes ${JSON.stringify(field)}`, () => {
      assert.equal(csvLine([field]), `'${field}\r\n`);
    });
  }
});
