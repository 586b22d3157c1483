import assert from "node:assert/strict";
import { parseStreamUrl } from "../../../src/rtsp/stream-url";

describe("parseStreamUrl", () => {
  const urlOf = (text: string, login = {}): string => parseStreamUrl(text, login).url;

  it("encodes every special character of URLs and scripts in user name and password", () => {
    assert.equal(
      urlOf("rtsp://cam.local/live", { username: "o'n", password: `a:b@c/d#e?f%g"h i(é)` }),
      "rtsp://o%27n:a%3Ab%40c%2Fd%23e%3Ff%25g%22h%20i%28%C3%A9%29@cam.local/live",
    );
  });

  it("accepts userinfo with and without percent-encoding", () => {
    const expected = "rtsp://admin:p%40ss@10.0.0.2:8554/a";
    assert.equal(urlOf("rtsp://admin:p%40ss@10.0.0.2:8554/a"), expected);
    assert.equal(urlOf("rtsp://admin:p@ss@10.0.0.2:8554/a"), expected);
    assert.equal(urlOf("rtsp://admin:50%@10.0.0.2/a"), "rtsp://admin:50%25@10.0.0.2/a");
    assert.equal(urlOf("rtsp://admin:x/y@10.0.0.2/a"), "rtsp://admin:x%2Fy@10.0.0.2/a");
    assert.equal(urlOf("rtsp://admin:x#1@10.0.0.2/a"), "rtsp://admin:x%231@10.0.0.2/a");
  });

  it("keeps an @ in the path", () => {
    assert.equal(urlOf("rtsp://10.0.0.2:554/live@main"), "rtsp://10.0.0.2:554/live@main");
  });

  it("prefers the separate user name and password", () => {
    const login = { username: "viewer", password: "new" };
    assert.equal(urlOf("rtsp://admin:old@[fd00::2]:554/a", login), "rtsp://viewer:new@[fd00::2]:554/a");
  });

  it("names the camera by host and path, without secrets", () => {
    const nameOf = (text: string): string => parseStreamUrl(text).name;
    assert.equal(
      nameOf("rtsp://u:p@10.0.0.2:554/Streaming/Channels/101?t=1"),
      "10.0.0.2:554/Streaming/Channels/101",
    );
    assert.equal(
      nameOf("rtsp://10.0.0.2/user=admin&password=hush&channel=1"),
      "10.0.0.2/user=admin&password=***&channel=1",
    );
  });

  it("returns every spelling of the secrets, for the redactor", () => {
    const { secrets } = parseStreamUrl("rtsp://a:old%40@h/password=in-path", {
      username: "u",
      password: "new@",
    });
    for (const secret of ["new@", "new%40", "old@", "a:old%40", "in-path"])
      assert.ok(secrets.includes(secret), secret);
  });

  it("rejects other texts without quoting them", () => {
    const texts = [
      "http://u:hush@h/",
      "[sms:hush]",
      "rtsp://",
      "rtsp://u:hush@",
      "rtsp://h/hush\nfile x",
      "rtsp://u:hush@h:port/",
    ];
    for (const text of texts)
      assert.throws(
        () => parseStreamUrl(text),
        (error: Error & { code?: string }) =>
          error.code === "CONFIG_INVALID" && !error.message.includes("hush"),
        text,
      );
  });

  for (const [what, url, message] of [
    [
      "a web address",
      "http://10.0.0.2/ISAPI/Streaming/channels/101/picture",
      /web page or an image.*isapi-snapshot/,
    ],
    ["an encrypted web address", "https://u:hush@10.0.0.2/", /web page or an image/],
    ["another scheme", "rtmp://10.0.0.2/live", /rtmp:\/\/, which is not RTSP/],
    ["no scheme", "10.0.0.2:554/Streaming/Channels/101", /does not begin.*Put rtsp:\/\/ in front of it/],
    ["a hexadecimal address", "rtsp://0xC0A80001/live", /hexadecimal.*four decimal numbers/],
    ["hexadecimal parts", "rtsp://0xc0.0xa8.0.1:554/live", /hexadecimal/],
    ["octal parts", "rtsp://192.168.001.010/live", /octal/],
    ["one number", "rtsp://3232235521/live", /one number/],
  ] as const) {
    it(`explains the error in ${what}, and what to enter`, () => {
      assert.throws(
        () => parseStreamUrl(url),
        (error: Error & { code?: string }) =>
          error.code === "CONFIG_INVALID" && message.test(error.message) && !error.message.includes("hush"),
      );
    });
  }

  it("accepts names that look like numbers", () => {
    for (const host of ["10.0.0.2", "0.0.0.0", "cam1", "0xcafe.local", "1.camera", "[fd00::2]"])
      assert.doesNotThrow(() => parseStreamUrl(`rtsp://${host}/live`), host);
  });

  it("rejects a login that ffmpeg would cut off", () => {
    assert.throws(() => parseStreamUrl("rtsp://h/", { username: "u", password: "é".repeat(30) }), {
      code: "CONFIG_INVALID",
    });
    assert.doesNotThrow(() => parseStreamUrl("rtsp://h/", { username: "u", password: "x".repeat(100) }));
  });
});
