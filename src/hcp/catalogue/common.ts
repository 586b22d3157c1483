/** Guide, section 5.1. */
import { section } from "./define";

const { operation } = section("5.1", "Platform");

export const commonOperations = [
  operation("/api/common/v1/version", {
    summary: "Read the product name and software version of the platform",
    result: ["produceName", "softVersion"],
  }),
];
