import { readFileSync } from "node:fs";
import path from "node:path";

const read = (file: string): string => readFileSync(path.join(__dirname, "tls", file), "utf8");

/**
 * A self-signed certificate for localhost and 127.0.0.1, valid for a hundred years, and its key. Both are published with
 * the tests, so they protect nothing. Made with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout loopback-key.pem
 * -out loopback-cert.pem -days 36500 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1`.
 */
export const loopbackTls = { key: read("loopback-key.pem"), cert: read("loopback-cert.pem") };

/** A certificate for another host, which nobody trusts. Made in the same way for another.example. */
export const wrongTls = { key: read("wrong-key.pem"), cert: read("wrong-cert.pem") };
